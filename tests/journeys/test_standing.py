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

from jarvis.cli.main import EXIT_FAILED, EXIT_NOT_RUNNING
from jarvis.client import BlockingClient, Client, Disconnected, RemoteError
from tests.cli.test_main import run
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.house import House, living, on_inbox


def jarvis(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in the house's home."""
    return run(*words, JARVIS_HOME=str(house.home), JARVIS_ENGINE="scripted")


@pytest.mark.parametrize("command", ["list", "ping", "status", "draft", "stop"])
async def test_a_daemon_whose_socket_was_removed_is_found_again(
    house: House, app: MessagesApp, command: str
) -> None:
    """By whichever command comes first; no advice goes round in a circle."""
    house.socket.unlink()
    words = [command, app.chat_guid] if command == "draft" else [command]
    found = await asyncio.to_thread(jarvis, house, *words)
    assert (found.returncode, found.stdout != "") == (0, True), found.stderr
    if command == "stop":
        assert await house.ended() == 0
    else:
        assert (await house.ask("ping"))["pid"] == house.process.pid


async def test_connections_that_stand_outlive_the_socket(house: House) -> None:
    """Who is connected notices nothing, before and after."""
    async with house.raw() as before:
        house.socket.unlink()
        await asyncio.to_thread(jarvis, house, "ping")
        before.ask(1, "ping")
        assert (await before.answer(1))["result"]["status"] == "ok"
        async with house.raw() as after:
            after.ask(1, "ping")
            assert (await after.answer(1))["result"]["pid"] == house.process.pid


async def test_serving_twice_mends_the_socket_and_says_who_serves(house: House) -> None:
    """What it advises then works."""
    house.socket.unlink()
    second = await asyncio.to_thread(jarvis, house, "serve")
    assert second.returncode == EXIT_FAILED
    assert f"pid {house.process.pid}" in second.stderr
    assert "jarvis stop" in second.stderr
    assert (await asyncio.to_thread(jarvis, house, "stop")).returncode == 0
    assert await house.ended() == 0


async def test_a_foreign_file_in_its_place_is_named_and_kept(house: House) -> None:
    """Nothing is replaced that is no socket; the daemon can be ended all the same."""
    house.socket.unlink()
    house.socket.write_text("precious")
    for command in ("list", "ping", "status", "serve"):
        refused = await asyncio.to_thread(jarvis, house, command)
        assert refused.returncode in (EXIT_FAILED, EXIT_NOT_RUNNING)
        assert refused.stderr.count("\n") == 1
        assert "jarvis.sock is a file of somebody else's" in refused.stderr
    assert (await asyncio.to_thread(jarvis, house, "stop")).returncode == 0
    assert await house.ended() == 0
    assert house.socket.read_text() == "precious"


async def test_a_lock_file_that_was_removed_lets_no_second_daemon_in(
    house: House,
) -> None:
    """The first goes on, and holds the lock again as soon as it looks."""
    (house.home / "daemon.lock").unlink()
    second = await asyncio.to_thread(jarvis, house, "serve")
    assert second.returncode == EXIT_FAILED
    assert "listens at" in second.stderr
    house.process.send_signal(signal.SIGUSR1)
    async with asyncio.timeout(10):
        while f"pid {house.process.pid}" not in second.stderr:
            second = await asyncio.to_thread(jarvis, house, "serve")
    assert (await house.ask("ping"))["pid"] == house.process.pid


@pytest.mark.parametrize("deleted", [False, True], ids=["moved", "deleted"])
async def test_a_daemon_whose_home_went_makes_room(
    app: MessagesApp, short_path: Path, deleted: bool
) -> None:
    """Nobody could find it; it ends in order."""
    home = short_path / "home"
    async with living(home, *on_inbox(app.path.parent)) as house:
        home.rename(short_path / "moved")
        if deleted:
            await asyncio.to_thread(shutil.rmtree, short_path / "moved")
        house.process.send_signal(signal.SIGUSR1)
        assert await house.ended() == 0


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
def full(house: House) -> Iterator[None]:
    """All the connections that it takes are taken."""
    with BlockingClient(house.socket) as only:
        only.call("ping")
        yield


async def test_one_connection_too_many_is_told_why(
    app: MessagesApp, short_path: Path
) -> None:
    """Whatever kind of client it is; and the daemon can still be stopped."""
    (short_path / "config.toml").write_text("[limits]\nconnections = 1\n")
    reason = "Jarvis serves 1 connections at a time"
    async with living(short_path, *on_inbox(app.path.parent)) as house:
        held = full(house)
        await asyncio.to_thread(held.__enter__)
        for command in ("list", "ping", "status"):
            refused = await asyncio.to_thread(jarvis, house, command)
            assert refused.returncode == EXIT_FAILED
            assert reason in refused.stderr
        client = Client(house.socket)
        running = asyncio.create_task(client.run())
        notice = await anext(client.notices())
        assert isinstance(notice, Disconnected)
        assert reason in notice.reason
        running.cancel()
        assert (await asyncio.to_thread(jarvis, house, "stop")).returncode == 0
        assert await house.ended() == 0
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
    from tests.journeys.house import start

    (short_path / "config.toml").write_text("[limits]\nconnections = 1\n")
    house = start(short_path, *on_inbox(app.path.parent))
    try:
        with (
            full(house),
            BlockingClient(house.socket) as second,
            pytest.raises(RemoteError, match="connections at a time") as refused,
        ):
            second.call("ping")
        assert (refused.value.kind, refused.value.retryable) == ("Busy", True)
    finally:
        house.process.terminate()
        house.process.communicate(timeout=15)
