"""One connection and its promises, over a real socket with handlers made for the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jarvis.config import Limits
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.subscriptions import Push
from jarvis.errors import ModelUnavailable, UnknownChat
from jarvis.protocol.jsonrpc import encode_notification
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.mail import ListMessagesParams
from jarvis.protocol.methods.writing import GenerateDraftParams
from tests.daemon.server import Server, open_server


class Writer:
    """Stands in for the model: writes until stopped, or as many tokens as told."""

    def __init__(self) -> None:
        self.running = 0
        self.most_running = 0
        self.cancelled = asyncio.Event()
        self.started = asyncio.Event()
        self.go_on = asyncio.Event()
        self.tokens = 3
        self.fail_after: int | None = None
        self.size = 1

    async def generate_draft(
        self, _: None, params: GenerateDraftParams, caller: Caller
    ) -> object:
        """Write `tokens` tokens and wait for `go_on` before the last."""
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.started.set()
        try:
            for index in range(self.tokens):
                if index == self.fail_after:
                    raise ModelUnavailable("The model went away; ask again.")
                if index == self.tokens - 1:
                    await self.go_on.wait()
                if caller.stream is not None:
                    caller.stream.token(f"{params.chat_id}{index} " * self.size)
            return {"suggestions": [params.chat_id]}
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        finally:
            self.running -= 1


def ping(_services: None, _params: NoParams, _caller: Caller) -> object:
    """Answered where it is read."""
    return {"status": "ok"}


async def list_messages(
    _services: None, params: ListMessagesParams, _caller: Caller
) -> object:
    """A large answer, a defect, or an error, by chat."""
    if params.chat_id == "unknown":
        raise UnknownChat("There is no such chat.")
    if params.chat_id == "defect":
        raise RuntimeError("secret text of a message")
    if params.chat_id == "surrogate":
        return {"text": "\ud800"}
    return {"text": "x" * params.limit * 1000}


@pytest.fixture
def writer() -> Writer:
    """The model of this test."""
    return Writer()


@pytest.fixture
async def server(short_path: Path, writer: Writer) -> AsyncIterator[Server]:
    """A server with three methods and small limits."""
    limits = Limits(
        running_requests=2,
        waiting_requests=8,
        unread_bytes=200_000,
        unread_stream_bytes=20_000,
        unread_stream_s=0.05,
    )
    handlers: dict[str, Handler[None]] = {
        "ping": ping,
        "list_messages": list_messages,
        "generate_draft": writer.generate_draft,
    }
    async with open_server(short_path / "s", handlers, limits) as opened:
        yield opened


async def test_tokens_come_in_order_and_before_the_response(
    server: Server, writer: Writer
) -> None:
    """Numbered from 0, ended by an empty final one, with the request's own id."""
    writer.go_on.set()
    async with server.client() as client:
        client.ask("seven", "generate_draft", chat_id="a")
        *tokens, answer = await client.until_answer("seven")
    params = [token["params"] for token in tokens]
    assert [token["method"] for token in tokens] == ["stream.token"] * 4
    assert [p["token"] for p in params] == ["a0 ", "a1 ", "a2 ", ""]
    assert [p["index"] for p in params] == [0, 1, 2, 3]
    assert [p["final"] for p in params] == [False, False, False, True]
    assert {p["request_id"] for p in params} == {"seven"}
    assert answer["result"] == {"suggestions": ["a"]}


async def test_progress_does_not_queue_for_a_client_that_does_not_read(
    short_path: Path,
) -> None:
    """It is told of again when the client has caught up; tokens wait for it."""
    size = 4 * 2**20

    async def generate_draft(
        _: None, params: GenerateDraftParams, caller: Caller
    ) -> object:
        stream = caller.stream
        assert stream is not None
        stream.progress("reading", 1, 2)
        if params.chat_id == "unread":
            stream.token("x" * size)
        stream.progress("writing", 1, None)
        return {"suggestions": []}

    handlers: dict[str, Handler[None]] = {"generate_draft": generate_draft}
    async with (
        open_server(short_path / "s", handlers) as server,
        server.client() as client,
    ):
        for chat, told in (("read", ["reading", "writing"]), ("unread", ["reading"])):
            client.ask(chat, "generate_draft", chat_id=chat)
            lines = await client.until_answer(chat)
            progress = [each for each in lines if "phase" in each.get("params", ())]
            assert [each["params"]["phase"] for each in progress] == told


async def test_without_streaming_there_are_no_tokens(
    server: Server, writer: Writer
) -> None:
    """`stream: false` gives one line."""
    writer.go_on.set()
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a", stream=False)
        assert len(await client.until_answer(1)) == 1


async def test_a_ping_overtakes_a_draft(server: Server, writer: Writer) -> None:
    """Answers come when they are ready, not in the order of the questions."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a")
        client.ask(2, "ping")
        assert (await client.answer(2))["result"] == {"status": "ok"}
        writer.go_on.set()
        assert "result" in await client.answer(1)


@pytest.mark.parametrize("as_request", [False, True])
async def test_cancelling_stops_the_work_and_answers(
    server: Server, writer: Writer, as_request: bool
) -> None:
    """The answer says how far it came; as a request, the cancel is answered too."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a")
        await writer.started.wait()
        if as_request:
            client.ask(2, "$/cancelRequest", id=1)
            assert (await client.answer(2))["result"] == {"cancelled": True}
        else:
            client.notify("$/cancelRequest", id=1)
        error = (await client.answer(1))["error"]
    assert error["code"] == -32800
    assert error["data"]["tokens"] == 2
    assert error["data"]["partial"] == "a0 a1 "
    assert writer.running == 0


async def test_cancelling_what_is_not_there_is_answered_with_false(
    server: Server,
) -> None:
    """Also for another connection's ids."""
    async with server.client() as client:
        client.ask(2, "$/cancelRequest", id=1)
        assert (await client.answer(2))["result"] == {"cancelled": False}
        client.send({"jsonrpc": "2.0", "id": 3, "method": "$/cancelRequest"})
        assert (await client.answer(3))["result"] == {"cancelled": False}


async def test_a_waiting_request_can_be_cancelled(
    server: Server, writer: Writer
) -> None:
    """Before it ever ran."""
    async with server.client() as client:
        for request_id in (1, 2, 3):
            client.ask(request_id, "generate_draft", chat_id="a", stream=False)
        client.notify("$/cancelRequest", id=3)
        assert (await client.answer(3))["error"]["code"] == -32800
        assert writer.most_running <= 2


async def test_only_so_many_requests_run_and_none_is_lost(
    server: Server, writer: Writer
) -> None:
    """More than run at a time wait; more than may wait are read later."""
    async with server.client() as client:
        for request_id in range(200):
            client.ask(request_id, "generate_draft", chat_id="a", stream=False)
        await writer.started.wait()
        writer.go_on.set()
        answered = {(await client.line())["id"] for _ in range(200)}
    assert answered == set(range(200))
    assert writer.most_running == 2


async def test_hanging_up_cancels(server: Server, writer: Writer) -> None:
    """A client that leaves takes its requests along."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a", stream=False)
        await writer.started.wait()
    async with asyncio.timeout(30):
        await writer.cancelled.wait()


async def test_half_closing_still_gets_every_answer(
    server: Server, writer: Writer
) -> None:
    """And then the daemon closes."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a", stream=False)
        client.writer.write(b'{"jsonrpc":"2.0","id":2,"method":"ping"}')
        client.writer.write_eof()
        assert (await client.line())["id"] == 2
        writer.go_on.set()
        assert (await client.line())["id"] == 1
        assert await client.line() is None


async def test_hanging_up_after_half_closing_cancels(
    server: Server, writer: Writer
) -> None:
    """Nobody is left to read the answer."""
    raw = server.raw_socket()
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "generate_draft",
        "params": {"chat_id": "a", "stream": False},
    }
    raw.sendall(json.dumps(request).encode() + b"\n")
    raw.shutdown(1)
    async with asyncio.timeout(30):
        await writer.started.wait()
        raw.close()
        await writer.cancelled.wait()


async def test_an_error_in_mid_stream_is_said_twice(
    server: Server, writer: Writer
) -> None:
    """Once on the stream, once as the response."""
    writer.fail_after = 2
    async with server.client() as client:
        client.ask(5, "generate_draft", chat_id="a")
        *_, broken, answer = await client.until_answer(5)
    assert broken["method"] == "stream.error"
    assert broken["params"]["request_id"] == 5
    assert broken["params"]["code"] == answer["error"]["code"] == -32004
    assert answer["error"]["data"] == {"kind": "ModelUnavailable", "retryable": True}


async def test_errors_have_their_codes_and_never_a_traceback(server: Server) -> None:
    """Known ones as they are, defects as an incident."""
    async with server.client() as client:
        client.ask(1, "list_messages", chat_id="unknown")
        assert (await client.answer(1))["error"]["code"] == -32001
        for request_id, chat_id in enumerate(("defect", "surrogate"), 2):
            client.ask(request_id, "list_messages", chat_id=chat_id)
            error = (await client.answer(request_id))["error"]
            assert error["code"] == -32603
            assert "incident" in error["message"]
            assert "secret" not in json.dumps(error)
        client.ask(4, "no_such_method")
        assert (await client.answer(4))["error"]["code"] == -32601
        client.ask(5, "semantic_search", query="a")
        assert (await client.answer(5))["error"]["data"]["kind"] == "NotYetServed"
        client.ask(6, "list_messages")
        assert (await client.answer(6))["error"]["data"]["field"] == "chat_id"


async def test_notifications_are_run_but_never_answered(
    server: Server, writer: Writer
) -> None:
    """Streaming ones are not even run: nothing could be matched to them."""
    async with server.client() as client:
        client.notify("generate_draft", chat_id="a")
        client.notify("nonsense")
        client.notify("list_messages", chat_id="unknown")
        client.ask(1, "ping")
        assert len(await client.until_answer(1)) == 1
    assert not writer.started.is_set()


async def test_a_batch_runs_side_by_side_and_keeps_order(
    server: Server, writer: Writer
) -> None:
    """The method `batch`: results in order, errors in place, no nesting, no tokens."""
    writer.go_on.set()
    calls: list[dict[str, Any]] = [
        {"id": "a", "method": "generate_draft", "params": {"chat_id": "a"}, "x": 1},
        {"id": "b", "method": "ping"},
        {"method": "nothing"},
        {"id": "d", "method": "batch", "params": {"requests": []}},
    ]
    async with server.client() as client:
        client.ask(1, "batch", requests=calls)
        (answer,) = await client.until_answer(1)
    first, second, third, fourth = answer["result"]["results"]
    assert first == {"id": "a", "result": {"suggestions": ["a"]}}
    assert second == {"id": "b", "result": {"status": "ok"}}
    assert third["id"] is None
    assert third["error"]["code"] == -32601
    assert fourth["error"]["code"] == -32602


async def test_pushes_wait_for_the_first_answer(server: Server, writer: Writer) -> None:
    """A client that takes the first line for its answer is right."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a", stream=False)
        await writer.started.wait()
        server.broadcast.publish(Push.of("new_message", {"n": 1}, seq=1), after=0)
        writer.go_on.set()
        assert (await client.line())["id"] == 1
        assert (await client.line())["method"] == "new_message"
        server.broadcast.publish(Push.of("new_message", {"n": 2}, seq=2), after=1)
        assert (await client.line())["params"] == {"n": 2}


async def test_one_that_does_not_read_loses_its_pushes_and_delays_nobody(
    server: Server,
) -> None:
    """It is told so, once, and hears no more."""
    raw = server.raw_socket()
    async with server.client() as other:
        other.ask(0, "ping")
        await other.answer(0)
        event = {"text": "y" * 50_000}
        for number in range(20):
            push = Push.of("new_message", event, seq=number)
            server.broadcast.publish(push, after=number - 1)
            assert (await other.line())["method"] == "new_message"
        sleepy = raw.makefile("rb")
        names: list[str] = []
        raw.settimeout(5)
        while not names or names[-1] != "subscription.closed":
            line = json.loads(await asyncio.to_thread(sleepy.readline))
            names.append(line["method"])
        assert 1 < len(names) < 20
        assert line["params"]["reason"] == "lagging"
        sleepy.close()
        raw.close()


async def test_a_stream_that_is_not_read_is_ended(
    server: Server, writer: Writer
) -> None:
    """The model does not wait for the client, and is free for the next."""
    writer.tokens, writer.size = 400, 300
    raw = server.raw_socket()
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "generate_draft",
        "params": {"chat_id": "a"},
    }
    raw.sendall(json.dumps(request).encode() + b"\n")
    async with asyncio.timeout(30):
        await writer.cancelled.wait()
    raw.settimeout(5)
    lines = raw.makefile("rb")
    last: dict[str, Any] = {}
    while "error" not in last:
        last = json.loads(await asyncio.to_thread(lines.readline))
    assert last["error"]["data"]["kind"] == "ServerCancelled"
    lines.close()
    raw.close()


async def test_a_line_over_the_limit_does_not_end_the_connection(
    short_path: Path,
) -> None:
    """It is refused, and the next one answered."""
    limits = Limits(line_bytes=1000)
    async with (
        open_server(short_path / "t", {"ping": ping}, limits) as server,
        server.client() as client,
    ):
        client.writer.write(b"x" * 100_000 + b"\n")
        assert (await client.line())["error"]["code"] == -32700
        client.ask(1, "ping")
        assert (await client.line())["id"] == 1


async def test_a_client_too_many_is_told_so(short_path: Path) -> None:
    """One error line, then the end; those inside are not disturbed."""
    limits = Limits(connections=1)
    async with (
        open_server(short_path / "t", {"ping": ping}, limits) as server,
        server.client() as inside,
    ):
        inside.ask(1, "ping")
        await inside.answer(1)
        async with server.client() as outside:
            refused = await outside.line()
            assert refused["error"]["data"] == {"kind": "Busy", "retryable": True}
            assert await outside.line() is None
        inside.ask(2, "ping")
        assert (await inside.answer(2))["result"] == {"status": "ok"}


async def test_shutting_down_answers_what_runs_and_closes(
    server: Server, writer: Writer
) -> None:
    """With a retryable error, never with silence."""
    async with server.client() as client:
        client.ask(1, "generate_draft", chat_id="a", stream=False)
        await writer.started.wait()
        (connection,) = server.broadcast.connections
        connection.drain()
        client.ask(2, "generate_draft", chat_id="b", stream=False)
        assert (await client.answer(2))["error"]["code"] == -32802
        connection.stop(0)
        assert (await client.answer(1))["error"]["code"] == -32802
        assert (await client.line())["method"] == "subscription.closed"
        assert await client.line() is None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0):
            await writer.cancelled.wait()
    assert writer.running == 0


async def test_a_push_is_encoded_as_a_notification() -> None:
    """No id: nobody answers it."""
    line = json.loads(encode_notification("new_message", {"a": 1}))
    assert line == {"jsonrpc": "2.0", "method": "new_message", "params": {"a": 1}}
