"""The promises of streams, with a daemon's own worker behind the socket."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tests.daemon.server import RawClient
from tests.journeys.daemon_process import DaemonProcess


@pytest.fixture
async def chat_id(daemon: DaemonProcess) -> str:
    """A conversation to write for."""
    listed = await daemon.ask("list_conversations", limit=1)
    found: str = listed["conversations"][0]["chat_id"]
    return found


class Heard:
    """What a connection was sent, sorted by request; the order is checked as it comes."""

    def __init__(self) -> None:
        self.tokens: dict[Any, list[dict[str, Any]]] = {}
        self.progress: dict[Any, list[dict[str, Any]]] = {}
        self.answers: dict[Any, dict[str, Any]] = {}

    async def until(self, client: RawClient, *ids: object) -> None:
        """Listen until all of these are answered."""
        while not self.answers.keys() >= set(ids):
            self.take(await client.line())

    def take(self, line: dict[str, Any]) -> None:
        """One line: no token comes after its request's answer, or after its final one."""
        if line.get("method") == "stream.token":
            params = line["params"]
            before = self.tokens.setdefault(params["request_id"], [])
            assert params["request_id"] not in self.answers
            assert params["index"] == len(before)
            assert not any(token["final"] for token in before)
            before.append(params)
        elif line.get("method") == "stream.progress":
            params = line["params"]
            assert params["request_id"] not in self.answers
            self.progress.setdefault(params["request_id"], []).append(params)
        elif "id" in line:
            assert line["id"] not in self.answers
            self.answers[line["id"]] = line

    def text(self, request_id: object, suggestion: int = 0) -> str:
        """The joined tokens of one text."""
        return "".join(
            token["token"]
            for token in self.tokens[request_id]
            if token["suggestion"] == suggestion
        )


async def test_what_a_stream_is_at_is_told_until_it_is_answered(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """Also while it waits for others; never without a stream."""
    heard = Heard()
    async with daemon.raw() as client, daemon.raw() as other:
        client.ask(1, "generate_draft", chat_id=chat_id)
        while not heard.tokens:
            heard.take(await client.line())
        other.ask(2, "summarize", chat_id=chat_id)
        while "queued" not in [each["phase"] for each in heard.progress.get(2, [])]:
            heard.take(await other.line())
        await heard.until(client, 1)
        await heard.until(other, 2)
        other.ask(3, "summarize", chat_id=chat_id, stream=False)
        assert len(await other.until_answer(3)) == 1
    for told in heard.progress.values():
        assert told[-1]["phase"] == "writing"
    assert heard.progress[2][0] == {
        "request_id": 2,
        "phase": "queued",
        "done": 0,
        "total": 1,
    }
    first, *_ = [each for each in heard.progress[2] if each["phase"] == "reading"]
    assert first["done"] == first["total"] > 0


async def test_streams_and_pings_share_a_connection(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """Every token before its answer, numbered from 0, ended by an empty final one."""
    heard = Heard()
    async with daemon.raw() as client:
        client.ask("a", "generate_draft", chat_id=chat_id, num_suggestions=2)
        client.ask("b", "summarize", chat_id=chat_id)
        for number in range(50):
            client.ask(number, "ping")
        await heard.until(client, "a", "b", *range(50))
    assert list(heard.answers)[:50] == list(range(50))
    for request_id in ("a", "b"):
        last = heard.tokens[request_id][-1]
        assert (last["token"], last["final"]) == ("", True)
    draft = heard.answers["a"]["result"]
    assert len(draft["suggestions"]) == 2
    for each in draft["suggestions"]:
        assert heard.text("a", each["suggestion"]) == each["text"]
    summary = heard.answers["b"]["result"]
    points = [f"- {point}" for point in summary["key_points"]]
    assert heard.text("b") == "\n".join([summary["summary"], *points])


@pytest.mark.parametrize("as_request", [True, False])
async def test_cancelling_says_how_far_it_came(
    daemon: DaemonProcess, chat_id: str, as_request: bool
) -> None:
    """And nothing of the request comes after its answer; the next one is served."""
    heard = Heard()
    async with daemon.raw() as client:
        client.ask(1, "generate_draft", chat_id=chat_id)
        while len(heard.tokens.get(1, [])) < 3:
            heard.take(await client.line())
        if as_request:
            client.ask(2, "$/cancelRequest", id=1)
        else:
            client.notify("$/cancelRequest", id=1)
        client.ask(3, "generate_draft", chat_id=chat_id)
        await heard.until(client, 1, 3)
    error = heard.answers[1]["error"]
    assert error["code"] == -32800
    assert error["data"]["partial"] == heard.text(1)
    assert error["data"]["tokens"] == len(heard.tokens[1])
    assert "result" in heard.answers[3]
    if as_request:
        assert heard.answers[2]["result"] == {"cancelled": True}


async def test_half_closing_in_mid_stream_still_gets_it_all(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """The rest of the tokens, the answer, and then the end."""
    heard = Heard()
    async with daemon.raw() as client:
        client.ask(1, "generate_draft", chat_id=chat_id)
        while not heard.tokens:
            heard.take(await client.line())
        client.writer.write_eof()
        await heard.until(client, 1)
        assert await client.line() is None
    (suggestion,) = heard.answers[1]["result"]["suggestions"]
    assert heard.text(1) == suggestion["text"]


async def test_a_stream_that_breaks_is_said_twice(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """stream.error, then the error response; the next request has a new worker."""
    async with daemon.raw() as client:
        client.ask(1, "generate_draft", chat_id=chat_id)
        while (await client.line())["method"] != "stream.token":
            pass  # what it is at comes before what it writes
        os.kill(await daemon.worker_pid(), signal.SIGKILL)
        lines = await client.until_answer(1)
        broken, answer = lines[-2:]
        assert broken["method"] == "stream.error"
        assert broken["params"]["request_id"] == 1
        assert broken["params"]["code"] == answer["error"]["code"] == -32004
        assert answer["error"]["data"] == {
            "kind": "ModelUnavailable",
            "retryable": True,
        }
        client.ask(2, "generate_draft", chat_id=chat_id, stream=False)
        assert "result" in await client.answer(2)


async def test_within_a_batch_nothing_streams(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """Neither in the method nor is a call's error another's; the order is kept."""
    call = {"method": "generate_draft", "params": {"chat_id": chat_id}}
    requests = [
        {"id": "a", **call},
        {"id": "b", "method": "list_messages", "params": ["nobody"]},
        {"id": None, "method": "ping", "trace": "ignored"},
        {"method": "batch", "params": {"requests": []}},
    ]
    async with daemon.raw() as client:
        client.ask(1, "batch", requests=requests)
        (answer,) = await client.until_answer(1)
        draft, unknown, ping, nested = answer["result"]["results"]
        assert (draft["id"], draft["result"]["streamed"]) == ("a", False)
        assert (unknown["id"], unknown["error"]["code"]) == ("b", -32001)
        assert (ping["id"], ping["result"]["status"]) == (None, "ok")
        assert (nested["id"], nested["error"]["code"]) == (None, -32602)
        client.ask(2, "batch", requests=[{"method": "ping"}] * 51)
        error = (await client.answer(2))["error"]
        assert (error["code"], error["data"]["field"]) == (-32602, "requests")
        client.ask(3, "batch", requests=[])
        assert (await client.answer(3))["result"] == {"results": []}


async def test_in_a_batch_array_streams_go_on(
    daemon: DaemonProcess, chat_id: str
) -> None:
    """The tokens come as they are written, then one array with all answers."""
    heard = Heard()
    draft = {"method": "generate_draft", "params": {"chat_id": chat_id}}
    async with daemon.raw() as client:
        client.send(
            [
                {"jsonrpc": "2.0", "id": 1, **draft},
                {"jsonrpc": "2.0", "id": 2, "method": "ping"},
            ]
        )
        while isinstance(line := await client.line(), dict):
            heard.take(line)
    answers = {answer["id"]: answer["result"] for answer in line}
    assert heard.text(1) == answers[1]["suggestions"][0]["text"]
    assert answers[2]["status"] == "ok"
