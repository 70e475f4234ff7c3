"""Whatever is removed from under a daemon: it is found again, or makes room for another."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jarvis.cli.entry import EXIT_FAILED, EXIT_NOT_RUNNING
from jarvis.client import BlockingClient, Client, Disconnected, RemoteError
from tests.cli.test_main import run
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


def jarvis(daemon: DaemonProcess, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in the daemon's home."""
    return run(*words, JARVIS_HOME=str(daemon.home), JARVIS_ENGINE="scripted")


@pytest.mark.parametrize("command", ["list", "ping", "status", "draft", "stop"])
async def test_a_daemon_whose_socket_was_removed_is_found_again(
    daemon: DaemonProcess, app: MessagesApp, command: str
) -> None:
    """By whichever command comes first; no advice goes round in a circle."""
    daemon.socket.unlink()
    words = [command, app.chat_guid] if command == "draft" else [command]
    found = await asyncio.to_thread(jarvis, daemon, *words)
    assert (found.returncode, found.stdout != "") == (0, True), found.stderr
    if command == "stop":
        assert await daemon.ended() == 0
    else:
        assert (await daemon.ask("ping"))["pid"] == daemon.process.pid


async def test_connections_that_stand_outlive_the_socket(daemon: DaemonProcess) -> None:
    """Who is connected notices nothing, before and after."""
    async with daemon.raw() as before:
        daemon.socket.unlink()
        await asyncio.to_thread(jarvis, daemon, "ping")
        before.ask(1, "ping")
        assert (await before.answer(1))["result"]["status"] == "ok"
        async with daemon.raw() as after:
            after.ask(1, "ping")
            assert (await after.answer(1))["result"]["pid"] == daemon.process.pid


async def test_serving_twice_mends_the_socket_and_says_who_serves(
    daemon: DaemonProcess,
) -> None:
    """What it advises then works."""
    daemon.socket.unlink()
    second = await asyncio.to_thread(jarvis, daemon, "serve")
    assert second.returncode == EXIT_FAILED
    assert f"pid {daemon.process.pid}" in second.stderr
    assert "jarvis stop" in second.stderr
    assert (await asyncio.to_thread(jarvis, daemon, "stop")).returncode == 0
    assert await daemon.ended() == 0


async def test_a_foreign_file_in_its_place_is_named_and_kept(
    daemon: DaemonProcess,
) -> None:
    """Nothing is replaced that is no socket; the daemon can be ended all the same."""
    daemon.socket.unlink()
    daemon.socket.write_text("precious")
    for command in ("list", "ping", "status", "serve"):
        refused = await asyncio.to_thread(jarvis, daemon, command)
        assert refused.returncode in (EXIT_FAILED, EXIT_NOT_RUNNING)
        assert refused.stderr.count("\n") == 1
        assert "jarvis.sock is a file of somebody else's" in refused.stderr
    assert (await asyncio.to_thread(jarvis, daemon, "stop")).returncode == 0
    assert await daemon.ended() == 0
    assert daemon.socket.read_text() == "precious"


async def test_a_lock_file_that_was_removed_lets_no_second_daemon_in(
    daemon: DaemonProcess,
) -> None:
    """The first goes on, and holds the lock again as soon as it looks."""
    (daemon.home / "daemon.lock").unlink()
    second = await asyncio.to_thread(jarvis, daemon, "serve")
    assert second.returncode == EXIT_FAILED
    assert "listens at" in second.stderr
    daemon.process.send_signal(signal.SIGUSR1)
    async with asyncio.timeout(10):
        while f"pid {daemon.process.pid}" not in second.stderr:
            second = await asyncio.to_thread(jarvis, daemon, "serve")
    assert (await daemon.ask("ping"))["pid"] == daemon.process.pid


@pytest.mark.parametrize("deleted", [False, True], ids=["moved", "deleted"])
async def test_a_daemon_whose_home_went_makes_room(
    app: MessagesApp, short_path: Path, deleted: bool
) -> None:
    """Nobody could find it; it ends in order."""
    home = short_path / "home"
    async with living(home, *on_inbox(app.path.parent)) as daemon:
        home.rename(short_path / "moved")
        if deleted:
            await asyncio.to_thread(shutil.rmtree, short_path / "moved")
        daemon.process.send_signal(signal.SIGUSR1)
        assert await daemon.ended() == 0


async def test_many_first_commands_share_one_daemon(
    app: MessagesApp, short_path: Path
) -> None:
    """Only one of them starts it; the others find it, ready."""
    environment = {
        "JARVIS_HOME": str(short_path),
        "JARVIS_CHAT_DB": str(app.path),
        "JARVIS_ENGINE": "scripted",
    }
    ended = await asyncio.gather(
        *(asyncio.to_thread(run, "list", "--json", **environment) for _ in range(4))
    )
    assert {(each.returncode, each.stderr) for each in ended} == {(0, "")}
    assert len({each.stdout for each in ended}) == 1
    assert (await asyncio.to_thread(run, "stop", **environment)).returncode == 0


@contextmanager
def full(daemon: DaemonProcess) -> Iterator[None]:
    """All the connections that it takes are taken."""
    with BlockingClient(daemon.socket) as only:
        only.call("ping")
        yield


async def test_one_connection_too_many_is_told_why(
    app: MessagesApp, short_path: Path
) -> None:
    """Whatever kind of client it is; and the daemon can still be stopped."""
    (short_path / "config.toml").write_text("[limits]\nconnections = 1\n")
    reason = "Jarvis serves 1 connections at a time"
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        held = full(daemon)
        await asyncio.to_thread(held.__enter__)
        for command in ("list", "ping", "status"):
            refused = await asyncio.to_thread(jarvis, daemon, command)
            assert refused.returncode == EXIT_FAILED
            assert reason in refused.stderr
        client = Client(daemon.socket)
        running = asyncio.create_task(client.run())
        notice = await anext(client.notices())
        assert isinstance(notice, Disconnected)
        assert reason in notice.reason
        running.cancel()
        assert (await asyncio.to_thread(jarvis, daemon, "stop")).returncode == 0
        assert await daemon.ended() == 0
        await asyncio.to_thread(held.__exit__, None, None, None)


@pytest.mark.parametrize(("files", "serves"), [(64, True), (30, False)])
def test_few_open_files_are_enough_or_are_said(
    app: MessagesApp, short_path: Path, files: int, serves: bool
) -> None:
    """With 64 it serves; with fewer than it needs it says how to allow more."""
    command = f'ulimit -n {files}; exec "{sys.executable}" -m jarvis'
    environment = {
        **os.environ,
        "JARVIS_HOME": str(short_path),
        "JARVIS_CHAT_DB": str(app.path),
        "JARVIS_ENGINE": "scripted",
    }

    def limited(words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", f"{command} {words}"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    listed = limited("list --json")
    if serves:
        assert json.loads(listed.stdout)["total_count"]
        assert limited(f"draft '{app.chat_guid}'").returncode == 0
        assert limited("stop").returncode == 0
    else:
        assert listed.returncode == EXIT_NOT_RUNNING
        assert "ulimit -n" in listed.stderr


def test_a_client_without_a_loop_raises_what_it_was_told(
    app: MessagesApp, short_path: Path
) -> None:
    """As the daemon's own error, not as a lost connection."""
    from tests.journeys.daemon_process import start

    (short_path / "config.toml").write_text("[limits]\nconnections = 1\n")
    daemon = start(short_path, *on_inbox(app.path.parent))
    try:
        with (
            full(daemon),
            BlockingClient(daemon.socket) as second,
            pytest.raises(RemoteError, match="connections at a time") as refused,
        ):
            second.call("ping")
        assert (refused.value.kind, refused.value.retryable) == ("Busy", True)
    finally:
        daemon.process.terminate()
        daemon.process.communicate(timeout=15)
