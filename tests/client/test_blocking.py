"""BlockingClient: calls, streams and events without a loop, and how it gives up."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jarvis.client import BlockingClient, RemoteError, StreamProgress, blocking
from jarvis.errors import ConnectionLost, NotRunning
from jarvis.records import ChatId
from tests.client.daemon import Connection, FakeDaemon, fake_daemon
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.pushing import pushing


@pytest.fixture
async def daemon(short_path: Path) -> AsyncIterator[FakeDaemon]:
    """A daemon whose words are the test's."""
    async with fake_daemon(short_path / "s") as daemon:
        yield daemon


async def connected(
    daemon: FakeDaemon, timeout_s: float = 10
) -> tuple[BlockingClient, Connection]:
    """Both ends."""
    client = await asyncio.to_thread(BlockingClient, daemon.path, timeout_s=timeout_s)
    return client, await daemon.connection()


async def test_no_daemon_is_said_at_once(short_path: Path) -> None:
    """With what to do."""
    with pytest.raises(NotRunning, match="jarvis serve"):
        await asyncio.to_thread(BlockingClient, short_path / "s")


async def test_an_error_carries_what_the_daemon_said(daemon: FakeDaemon) -> None:
    """Its sentence and kind, also one that only a newer daemon knows."""
    client, connection = await connected(daemon)
    with client:
        calling = asyncio.create_task(asyncio.to_thread(client.call, "ping"))
        connection.push(1)
        connection.refuse(await connection.asked("ping"), "OfTheFuture", "Not yet.")
        with pytest.raises(RemoteError, match="Not yet") as refused:
            await calling
    assert refused.value.kind == "OfTheFuture"


async def test_an_answer_too_late_is_given_up_and_taken_back(
    daemon: FakeDaemon,
) -> None:
    """Pushes do not prolong the wait, and the connection serves the next call."""
    client, connection = await connected(daemon, timeout_s=0.05)
    with client:
        with pytest.raises(ConnectionLost, match="in time"):
            await asyncio.to_thread(client.call, "ping")
        late = await connection.asked("ping")
        assert await connection.line() == {
            "jsonrpc": "2.0",
            "method": "$/cancelRequest",
            "params": {"id": late["id"]},
        }
        client.timeout_s = 10
        calling = asyncio.create_task(asyncio.to_thread(client.call, "ping"))
        connection.answer_with(late, "too late")
        connection.answer_with(await connection.asked("ping"), "in time")
        assert await calling == "in time"


async def test_leaving_a_stream_early_takes_it_back(daemon: FakeDaemon) -> None:
    """The model is free for the next."""
    client, connection = await connected(daemon)

    def first_token() -> tuple[str, int]:
        for token in client.stream("generate_draft", chat_id=ChatId("c")):
            return token
        raise AssertionError("there was no token")

    with client:
        reading = asyncio.create_task(asyncio.to_thread(first_token))
        request = await connection.asked("generate_draft")
        connection.notify(
            "stream.token", token="Sure", suggestion=1, request_id=request["id"]
        )
        assert await reading == ("Sure", 1)
        assert (await connection.line())["params"] == {"id": request["id"]}


async def test_signs_of_life_keep_a_stream_that_says_nothing(
    daemon: FakeDaemon,
) -> None:
    """However long it reads; each is passed on, and other lines are no sign."""
    silence_s = 0.5
    client, connection = await connected(daemon, timeout_s=silence_s)
    heard: asyncio.Queue[StreamProgress] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def note(progress: StreamProgress) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, progress)

    def read() -> list[tuple[str, int]]:
        return list(client.stream("summarize", chat_id=ChatId("c"), on_progress=note))

    with client:
        reading = asyncio.create_task(asyncio.to_thread(read))
        request = await connection.asked("summarize")
        end_s, done = loop.time() + 2 * silence_s, 0
        while loop.time() < end_s:
            done += 1
            connection.be_at({"id": "another"}, "reading", 1, 2)
            connection.be_at(request, "reading", done, None)
            assert await heard.get() == StreamProgress("reading", done, None)
        with pytest.raises(ConnectionLost, match="in time"):
            await reading
        assert done > 1
        assert (await connection.line())["method"] == "$/cancelRequest"


async def test_a_line_without_end_is_not_read(
    daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded, whoever listens there."""
    monkeypatch.setattr(blocking, "ANSWER_LINE_BYTES", 100_000)
    client, connection = await connected(daemon)
    with client:
        connection.writer.write(b"x" * 400_000)
        with pytest.raises(ConnectionLost, match="more than 100000 bytes"):
            await asyncio.to_thread(client.call, "ping")


async def test_ctrl_c_in_a_stream_stops_the_work(daemon: FakeDaemon) -> None:
    """By hanging up, or by a word where the token was being shown; nobody else acts."""
    code = (
        "import signal, sys, pathlib, jarvis.client\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"client = jarvis.client.BlockingClient(pathlib.Path({str(daemon.path)!r}))\n"
        "try:\n"
        "    for text, _ in client.stream('generate_draft', chat_id='c'):\n"
        "        print(text, flush=True)\n"
        "except KeyboardInterrupt:\n"
        "    sys.stdin.read()\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            connection = await daemon.connection()
            request = await connection.asked("generate_draft")
            connection.notify(
                "stream.token", token="Sure", suggestion=0, request_id=request["id"]
            )
            assert await process.stdout.readline() == b"Sure\n"
            process.send_signal(signal.SIGINT)
            last = await connection.line()
        assert last is None or last["method"] == "$/cancelRequest"
        assert process.returncode is None, "it lives on, and has stopped all the same"
    finally:
        process.kill()
        await process.communicate()


async def test_events_are_told_until_the_connection_ends(
    app: MessagesApp, short_path: Path
) -> None:
    """What was missed, then what comes, in order; nothing is waited for too long."""
    async with pushing(short_path / "s", app) as server:
        await server.tell("one", "two")

        def begin() -> tuple[BlockingClient, Any]:
            client = BlockingClient(server.path)
            return client, client.events(since=0, timeout_s=0.5)

        client, events = await asyncio.to_thread(begin)
        with client:
            await server.tell("three")
            found = [await asyncio.to_thread(next, events) for _ in range(3)]
            assert [each["params"]["seq"] for each in found] == [1, 2, 3]
            assert found[2]["method"] == "new_message"
            with pytest.raises(ConnectionLost, match="in time"):
                await asyncio.to_thread(next, events)


async def test_lost_events_begin_with_a_gap(daemon: FakeDaemon) -> None:
    """And a subscription that the daemon closed is at its end."""
    client, connection = await connected(daemon)
    with client:
        asking = asyncio.create_task(
            asyncio.to_thread(client.events, None, ChatId("c"), 1)
        )
        assert await connection.subscribed(9, gap=True) == {"chat_id": "c", "since": 1}
        connection.push(10)
        connection.lagging(10)
        events = await asyncio.to_thread(list, await asking)
    assert [event["method"] for event in events] == [
        "gap",
        "new_message",
        "subscription.closed",
    ]
    assert events[0]["params"] == {"seq": 9, "epoch": "e"}
