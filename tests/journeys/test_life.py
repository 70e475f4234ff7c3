"""The daemon's life: one of its kind, stopped cleanly, alive whatever chat.db is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from jarvis.cli.entry import EXIT_FAILED
from jarvis.client import BlockingClient
from jarvis.errors import NotRunning
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


async def test_a_second_daemon_is_refused_in_one_sentence(
    daemon: DaemonProcess,
) -> None:
    """It names the pid of the first, which is not disturbed."""
    command = [sys.executable, "-m", "jarvis", "serve", "--home", str(daemon.home)]
    second = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=50, check=False
    )
    assert second.returncode == EXIT_FAILED
    assert f"pid {daemon.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert (await daemon.ask("ping"))["status"] == "ok"


async def test_a_signal_ends_it_cleanly(daemon: DaemonProcess) -> None:
    """The socket is gone, subscribers are told, the exit code is 0."""
    async with daemon.raw() as client:
        client.ask(1, "ping")
        await client.answer(1)
        daemon.process.send_signal(signal.SIGTERM)
        closed = await client.line()
        assert closed["method"] == "subscription.closed"
        assert closed["params"]["reason"] == "shutdown"
        assert await client.line() is None
    assert await daemon.ended() == 0
    assert not daemon.socket.exists()


def test_a_signal_ends_it_while_it_is_starting(
    app: MessagesApp, short_path: Path
) -> None:
    """Before the first list as after it: nothing that waits for the list is waited for."""
    command = [sys.executable, "-m", "jarvis", "serve", "--home", str(short_path)]
    for _ in range(3):
        process = subprocess.Popen(
            [*command, *on_inbox(app.path.parent)], stderr=subprocess.DEVNULL
        )
        try:
            wait_for_an_answer(short_path / "jarvis.sock")
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()


def wait_for_an_answer(socket: Path) -> None:
    """Until a daemon answers there at all."""
    end = time.monotonic() + 50
    while time.monotonic() < end:
        with contextlib.suppress(NotRunning), BlockingClient(socket) as client:
            client.call("ping")
            return
    raise AssertionError("it never answered")


async def test_shutdown_is_answered_before_the_end(daemon: DaemonProcess) -> None:
    """The method, as `jarvis stop` calls it."""
    assert await daemon.ask("shutdown") == {"success": True}
    assert await daemon.ended() == 0


async def test_after_a_kill_the_next_start_needs_no_help(
    app: MessagesApp, short_path: Path
) -> None:
    """Neither the lock nor the socket file is in its way."""
    for _ in range(2):
        async with living(short_path, *on_inbox(app.path.parent)) as daemon:
            assert (await daemon.ask("ping"))["status"] == "ok"
            daemon.process.kill()
            await daemon.ended()


async def test_a_killed_daemon_takes_its_worker_along(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """The socketpair ends, and so does the model's process."""
    await daemon.ask("generate_draft", chat_id=app.chat_guid, stream=False)
    worker = await daemon.worker_pid()
    daemon.process.kill()
    await daemon.ended()

    async with asyncio.timeout(30):
        with contextlib.suppress(psutil.NoSuchProcess):
            while psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110
                await asyncio.sleep(0)


def nothing(path: Path) -> None:
    """No file at all."""


def directory(path: Path) -> None:
    """A directory where the file should be."""
    path.mkdir()


def text(path: Path) -> None:
    """A file that is no database."""
    path.write_text("this is not SQLite, and long enough to be looked at" * 100)


def empty(path: Path) -> None:
    """No bytes."""
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    """A database of somebody else."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()


def unreadable(path: Path) -> None:
    """A file this user may not read."""
    path.write_bytes(b"secret")
    path.chmod(0)


def mend(inbox: Path) -> MessagesApp:
    """Put a whole chat.db in the place of whatever is there."""
    made = MessagesApp(inbox.with_name("made"))
    made.close()
    path = inbox / "chat.db"
    if path.is_dir():
        path.rmdir()
    made.path.replace(path)
    made.open(path)
    return made


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (nothing, "There is no Messages history"),
        (directory, "is a folder"),
        (text, "is not a SQLite database"),
        (empty, "empty database"),
        (foreign, "recipes"),
        pytest.param(
            unreadable,
            "may not be read",
            marks=pytest.mark.skipif(os.getuid() == 0, reason="root reads everything"),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_chat_db_that_cannot_be_read_is_said_and_forgiven(
    tmp_path: Path,
    short_path: Path,
    now: datetime,
    make: Callable[[Path], None],
    reason: str,
) -> None:
    """The daemon serves what it can, and comes alive by itself when it is mended."""
    inbox = tmp_path / "Messages"
    inbox.mkdir()
    make(inbox / "chat.db")
    async with living(short_path, *on_inbox(inbox)) as daemon:
        assert (await daemon.ask("ping"))["status"] == "degraded"
        refused = await daemon.ask("list_conversations")
        assert refused["data"] == {"kind": "StoreUnavailable", "retryable": True}
        assert reason in refused["message"]
        assert reason in (await daemon.ask("get_status"))["stores"]["problem"]

        app = await asyncio.to_thread(mend, inbox)
        async with asyncio.timeout(30), daemon.raw() as client:
            while True:
                client.ask(1, "ping")
                if (await client.answer(1))["result"]["status"] == "ok":
                    break
            await asyncio.to_thread(app.write, "alive", date=now)
            while (line := await client.line()).get("method") != "new_message":
                pass
            assert line["params"]["text"] == "alive"
        app.close()


@pytest.mark.parametrize(
    ("flags", "environment", "reason"),
    [
        (["--socket", "/" + "s" * 120], {}, "bytes long"),
        (["--home", "/dev/null/home"], {}, "Not a directory"),
        (["--engine", "gpt"], {}, "must be one of"),
        ([], {"JARVIS_SCRIPTED_TOKEN_MS": "soon"}, "must be a number"),
    ],
    ids=["socket too long", "home impossible", "engine", "environment"],
)
def test_what_keeps_it_from_starting_is_one_sentence(
    short_path: Path, flags: list[str], environment: dict[str, str], reason: str
) -> None:
    """And an exit code; nothing is left behind."""
    command = [sys.executable, "-m", "jarvis", "serve", "--home", str(short_path)]
    result = subprocess.run(
        [*command, *flags],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, **environment},
        check=False,
    )
    assert result.returncode == EXIT_FAILED
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
    assert not (short_path / "jarvis.sock").exists()
