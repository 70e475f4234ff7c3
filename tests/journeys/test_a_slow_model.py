"""A model that needs long before its first token: it is waited for while it lives."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from jarvis.client import Client, StreamProgress
from jarvis.errors import ModelUnavailable
from jarvis.records import Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.child import WAIT_S
from tests.inference.model_server import DONE, Speech, chunk, head, hold, says
from tests.inference.tiny_model import write_tiny_model
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import writes, written_by
from tests.needs import needs_mlx

LONG = 1900
SILENCE_S = 1.0
"""As long as these clients bear to hear nothing."""


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that waits for a silent server no longer than a client of these tests."""
    now = datetime.now().astimezone()
    await asyncio.to_thread(app.write, "when do we meet?", date=now)
    config = "server_patience_s = 0.5\n"
    await asyncio.to_thread((short_path / "config.toml").write_text, config)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        yield daemon


class Reader:
    """A server's model that reads a prompt as fast as the test lets it."""

    def __init__(self) -> None:
        self._steps: SimpleQueue[int | None] = SimpleQueue()

    def read(self, tokens: int) -> None:
        """It has read so many."""
        self._steps.put(tokens)

    def write(self) -> None:
        """It has read all, and writes."""
        self._steps.put(None)

    def speak(self, connection: socket.socket) -> None:
        """A Speech."""
        connection.sendall(head())
        while (tokens := self._steps.get(timeout=WAIT_S)) is not None:
            connection.sendall(b": keepalive %d/%d\n\n" % (tokens, LONG))
        connection.sendall(chunk("at six") + chunk(finish="stop") + DONE)


async def test_a_draft_is_waited_for_as_long_as_its_model_reads(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """Far beyond the silence that the client and the daemon would bear."""
    reader, heard = Reader(), asyncio.Queue[StreamProgress]()
    async with Client(daemon.socket) as client, written_by(daemon, reader.speak):
        draft = asyncio.create_task(
            _drafted(client, app, on_progress=heard.put_nowait, timeout_s=SILENCE_S)
        )
        loop = asyncio.get_running_loop()
        end_s, done = loop.time() + 3 * SILENCE_S, 0
        phases: list[str] = []
        while loop.time() < end_s:
            done += 1
            reader.read(done)
            async with asyncio.timeout(WAIT_S):
                while (told := await heard.get()) != StreamProgress(
                    "reading", done, LONG
                ):
                    phases.append(told.phase)
        reader.write()
        assert (await draft).suggestions[0].text.lower() == "at six"
    assert done > 1
    assert phases[0] == "loading"
    assert set(phases) <= {"loading", "reading"}
    assert heard.get_nowait().phase == "writing"


async def _drafted(client: Client, app: MessagesApp, **how: Any) -> Draft:
    async with client.stream("generate_draft", chat_id=app.chat_guid, **how) as stream:
        async for _ in stream:
            pass
    draft: Draft = stream.result
    return draft


async def test_a_server_that_says_nothing_is_given_up_when_the_settings_say(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """Then with a sentence; the next draft is written."""
    async with (
        Client(daemon.socket) as client,
        written_by(daemon, hold, writes("at six")),
    ):
        with pytest.raises(ModelUnavailable, match="says nothing any more"):
            await _drafted(client, app)
        assert (await _drafted(client, app)).suggestions


async def test_a_server_that_loads_its_model_is_waited_for(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """And the client is told that it loads."""
    heard: list[StreamProgress] = []
    loads = says(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\n\r\n",
        b'{"error": {"message": "Loading model"}}',
    )
    async with (
        Client(daemon.socket) as client,
        written_by(daemon, loads, loads, writes("at six")),
    ):
        draft = await _drafted(client, app, on_progress=heard.append)
    assert draft.suggestions[0].text.lower() == "at six"
    assert StreamProgress("loading", 0, None) in heard


async def test_a_server_with_a_small_window_is_asked_with_less(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """Its oldest lines are left out, as with a model of this machine."""
    await asyncio.to_thread(
        app.write,
        *(f"line {number} of a long talk" for number in range(30)),
        date=datetime.now().astimezone(),
    )
    too_long = says(
        head("400 Bad Request", "application/json"),
        b'{"error": {"message": "the request exceeds the available context size"}}',
    )
    async with (
        Client(daemon.socket) as client,
        written_by(daemon, too_long, writes("at six")) as server,
    ):
        draft = await _drafted(client, app, context_messages=30)
    assert 0 < draft.context_used.num_messages < 30
    assert draft.context_used.last_message == "line 29 of a long talk"
    first, second = (body["messages"] for body in server.bodies if body)
    assert len(str(second)) < len(str(first))


async def test_who_waits_behind_a_slow_text_is_told_so(
    app: MessagesApp, daemon: DaemonProcess
) -> None:
    """And comes next."""
    reader, heard = Reader(), asyncio.Queue[StreamProgress]()
    async with (
        Client(daemon.socket) as first,
        Client(daemon.socket) as second,
        written_by(daemon, reader.speak, writes("at seven")),
    ):
        drafts = [asyncio.create_task(_drafted(first, app))]
        reader.read(1)
        async with asyncio.timeout(WAIT_S):
            while not (await daemon.ask("get_status"))["model"]["pid"]:
                continue  # each question takes a while
            drafts.append(
                asyncio.create_task(_drafted(second, app, on_progress=heard.put_nowait))
            )
            assert await heard.get() == StreamProgress("queued", 0, 1)
        reader.write()
        texts = [(await draft).suggestions[0].text.lower() for draft in drafts]
    assert texts == ["at six", "at seven"]


@needs_mlx
async def test_a_model_in_the_worker_says_how_much_it_has_read(
    app: MessagesApp, short_path: Path, tmp_path: Path
) -> None:
    """In tokens, from the first to the last; then it writes."""
    folder = write_tiny_model(tmp_path / "model")
    now = datetime.now().astimezone()
    lines = [f"line {number} of a long talk" for number in range(20)]
    await asyncio.to_thread(app.write, *lines, date=now)
    flags = [*on_inbox(app.path.parent, "mlx"), "--model", str(folder)]
    heard: list[StreamProgress] = []
    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        # It writes noise, which mostly is no reply.
        with suppress(ModelUnavailable):
            await _drafted(client, app, on_progress=heard.append)
    phases = [each.phase for each in heard]
    assert phases[0] == "loading"
    assert phases[-1] == "writing"
    reading = [each for each in heard if each.phase == "reading"]
    assert all(each.total is not None and each.done <= each.total for each in reading)
    assert len({each.total for each in reading}) == 1


SPEECHES: dict[str, tuple[Speech, ...]] = {
    "generate_draft": (writes("at six"),),
    "summarize": (writes("They meet at six."),),
}


@pytest.mark.parametrize("method", SPEECHES)
async def test_without_a_stream_nothing_comes_before_the_answer(
    app: MessagesApp, daemon: DaemonProcess, method: str
) -> None:
    """Neither with `stream: false` nor in a batch."""
    params = {"chat_id": app.chat_guid}
    async with (
        daemon.raw() as client,
        written_by(daemon, *SPEECHES[method] * 2),
    ):
        client.ask(1, method, **params, stream=False)
        assert [line["id"] for line in await client.until_answer(1)] == [1]
        client.ask(2, "batch", requests=[{"method": method, "params": params}])
        assert [line["id"] for line in await client.until_answer(2)] == [2]
