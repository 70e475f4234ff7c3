"""Commands that wait for a slow model: what they show meanwhile, and how one leaves."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.child import WAIT_S
from tests.inference.model_server import DONE, Speech, chunk, head, hold
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import writes, written_by

READ = {"total": 1900, "processed": 640}
READING = (
    b'data: {"choices": [], "prompt_progress": %s}\n\n' % json.dumps(READ).encode()
)


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon on an inbox in which somebody asks something."""
    now = datetime.now().astimezone()
    await asyncio.to_thread(app.write, "when do we meet?", date=now)
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        yield daemon


class Command:
    """`jarvis …` as it runs, with what it shows on a terminal."""

    def __init__(self, process: subprocess.Popen[str], terminal: int) -> None:
        self.process = process
        self.shown = ""
        self._terminal = terminal

    async def shows(self, text: str) -> None:
        """Until this stands there."""
        async with asyncio.timeout(20):
            while text not in self.shown:
                self.shown += await asyncio.to_thread(self._read)

    def _read(self) -> str:
        try:
            return os.read(self._terminal, 2**16).decode()
        except OSError as error:
            raise AssertionError(f"it has ended: {self.shown}") from error

    async def ends(self) -> str:
        """What it printed, once it has ended."""
        out, _ = await asyncio.to_thread(self.process.communicate, timeout=20)
        return out


@contextmanager
def running(daemon: DaemonProcess, *arguments: str) -> Iterator[Command]:
    """A command whose stderr is a terminal."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "jarvis", *arguments],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            env={**os.environ, "JARVIS_HOME": str(daemon.home)},
        ) as process:
            os.close(theirs)
            try:
                yield Command(process, ours)
            finally:
                process.kill()
    finally:
        os.close(ours)


def reads_until(goes_on: Event, *text: bytes) -> Speech:
    """Says how much it has read, and writes when it is let."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(head() + READING)
        assert goes_on.wait(WAIT_S)
        connection.sendall(b"".join(text) + chunk(finish="stop") + DONE)

    return speak


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "JSON"])
@pytest.mark.parametrize("verb", ["draft", "summarize"])
async def test_what_a_slow_model_is_at_stands_there_until_text_comes(
    daemon: DaemonProcess, app: MessagesApp, verb: str, more: list[str]
) -> None:
    """On stderr, and written over; a pipe gets the text alone."""
    goes_on = Event()
    speech = reads_until(goes_on, chunk("We meet "), chunk("at six"))
    async with written_by(daemon, speech):
        with running(daemon, verb, app.chat_guid, *more) as command:
            await command.shows("reading 640 of 1,900 tokens")
            goes_on.set()
            out = await command.ends()
    assert command.process.returncode == 0
    if more:
        assert "we meet at six" in json.dumps(json.loads(out)).lower()
    else:
        assert out.lower().rstrip(".\n") == "we meet at six"


async def test_nothing_of_it_stands_where_no_terminal_is(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """A script reads what a draft is made of, not what it waited for."""
    goes_on = Event()
    goes_on.set()
    async with written_by(daemon, reads_until(goes_on, chunk("at six"))):
        done = await asyncio.to_thread(
            lambda: subprocess.run(
                [sys.executable, "-m", "jarvis", "draft", app.chat_guid],
                env={**os.environ, "JARVIS_HOME": str(daemon.home)},
                capture_output=True,
                text=True,
                timeout=20,
            )
        )
    assert "reading" not in done.stderr
    assert "\x1b" not in done.stderr


def holds_after(said: bytes, was_left: Event) -> Speech:
    """Says this and then nothing, until the other end hangs up."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(said)
        hold(connection)
        was_left.set()

    return speak


async def test_ctrl_c_leaves_a_model_that_reads_and_frees_it(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """The server hears it too, and the next draft is not held up."""
    was_left = Event()
    speech = holds_after(head() + READING, was_left)
    async with written_by(daemon, speech, writes("at six")):
        with running(daemon, "draft", app.chat_guid) as command:
            await command.shows("reading 640")
            command.process.send_signal(signal.SIGINT)
            assert await command.ends() == ""
        assert command.process.returncode == 130
        assert await asyncio.to_thread(was_left.wait, WAIT_S)
        with running(daemon, "draft", app.chat_guid) as command:
            assert (await command.ends()).lower().startswith("at six")


async def test_ctrl_c_leaves_a_server_that_loads_and_frees_the_model(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """It had said to come again in half a minute."""
    has_said_so = Event()
    later = holds_after(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n"
        b"Content-Length: 0\r\n\r\n",
        has_said_so,
    )
    async with written_by(daemon, later, writes("at six")):
        with running(daemon, "draft", app.chat_guid) as command:
            await command.shows("loading the model")
            assert await asyncio.to_thread(has_said_so.wait, WAIT_S)
            command.process.send_signal(signal.SIGINT)
            await command.ends()
        assert command.process.returncode == 130
        with running(daemon, "draft", app.chat_guid) as command:
            assert (await command.ends()).lower().startswith("at six")


async def test_ctrl_c_leaves_a_daemon_that_hangs(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """It finds the connection gone when it wakes, and lets go of the model."""
    was_left = Event()
    async with written_by(daemon, holds_after(head() + READING, was_left)):
        with running(daemon, "draft", app.chat_guid) as command:
            await command.shows("reading 640")
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                command.process.send_signal(signal.SIGINT)
                await command.ends()
            finally:
                daemon.process.send_signal(signal.SIGCONT)
            assert command.process.returncode == 130
        assert await asyncio.to_thread(was_left.wait, WAIT_S)
