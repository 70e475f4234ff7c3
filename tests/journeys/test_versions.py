"""Jarvis updated under a running daemon: replaced when idle, named otherwise."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import jarvis
from jarvis import __version__
from jarvis.client import BlockingClient
from jarvis.client.blocking import RemoteError
from jarvis.errors import ConnectionLost
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess

NEWER = "99.0.0"
WRITES = ("get_smart_replies", "generate_draft", "summarize")
PACKAGE = Path(jarvis.__file__).parent


class Installed:
    """A version of Jarvis, in a folder of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._environment = environment

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """One of its commands."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "jarvis", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self._environment, "PYTHONPATH": str(self.folder)},
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run one to its end: exit code, output, what it said beside."""
        process = self.begin(*words)
        said, beside = process.communicate(timeout=30)
        return process.returncode, said, beside


@pytest.fixture
def environment(app: MessagesApp, short_path: Path) -> dict[str, str]:
    """A home, and what is read there."""
    return {
        "JARVIS_HOME": str(short_path),
        "JARVIS_CHAT_DB": str(app.path),
        "JARVIS_ENGINE": "scripted",
        "JARVIS_SCRIPTED_TOKEN_MS": "30",
    }


@pytest.fixture
def ours(environment: dict[str, str]) -> Iterator[Installed]:
    """This version; whatever daemon is left at the end is ended."""
    home = Path(environment["JARVIS_HOME"])
    installed = Installed(PACKAGE.parent, environment)
    yield installed
    installed.run("stop")
    with suppress(FileNotFoundError), (home / "daemon.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # its last act in this home lets go of it


@pytest.fixture
def newer(environment: dict[str, str], tmp_path: Path) -> Installed:
    """The same program under a later version."""
    folder = tmp_path / "newer"
    ignored = shutil.ignore_patterns("__pycache__", "*.safetensors")
    shutil.copytree(PACKAGE, folder / "jarvis", ignore=ignored)
    init = folder / "jarvis" / "__init__.py"
    init.write_text(init.read_text().replace(__version__, NEWER))
    return Installed(folder, environment)


def serving(environment: dict[str, str]) -> str:
    """The version that answers now."""
    with BlockingClient(Path(environment["JARVIS_HOME"]) / "jarvis.sock") as client:
        version: str = client.call("ping")["version"]
    return version


def test_an_idle_older_daemon_is_replaced_by_the_next_command(
    ours: Installed, newer: Installed, environment: dict[str, str]
) -> None:
    """Which says so once; and a newer daemon is left, and named to older commands."""
    ours.run("list")
    code, listed, beside = newer.run("list")
    assert (code, beside.count("\n")) == (0, 1)
    assert f"{NEWER} takes over from {__version__}" in beside
    assert serving(environment) == NEWER
    assert newer.run("list") == (0, listed, "")
    code, again, beside = ours.run("list")
    assert (code, again) == (0, listed)
    assert f"version {NEWER}, newer than this" in beside
    assert serving(environment) == NEWER


def test_a_busy_older_daemon_is_named_with_the_command(
    app: MessagesApp, ours: Installed, newer: Installed, environment: dict[str, str]
) -> None:
    """It does what it is asked, and finishes what it does."""
    writing = ours.begin("draft", app.chat_guid)
    assert writing.stdout is not None
    assert writing.stdout.read(1)
    code, listed, beside = newer.run("list")
    assert code == 0
    assert listed
    assert f"still of version {__version__}" in beside
    assert "jarvis stop" in beside
    assert serving(environment) == __version__
    draft, _ = writing.communicate(timeout=30)
    assert (writing.returncode, draft != "") == (0, True)
    newer.run("list")
    assert serving(environment) == NEWER


async def test_a_daemon_served_by_hand_is_named_and_left(
    daemon: DaemonProcess, newer: Installed
) -> None:
    """Its flags are known to whoever gave them."""
    code, _, beside = await asyncio.to_thread(newer.run, "list")
    assert code == 0
    assert f"pid {daemon.process.pid}" in beside
    assert (await daemon.ask("ping"))["version"] == __version__


@pytest.mark.parametrize("is_loaded", [True, False], ids=["loaded", "just begun"])
def test_a_daemon_whose_program_is_gone_makes_no_mistakes(
    app: MessagesApp, newer: Installed, environment: dict[str, str], is_loaded: bool
) -> None:
    """What it needs is in memory; for the rest it says what happened to its program."""
    newer.run("list")
    home = Path(environment["JARVIS_HOME"])
    with BlockingClient(home / "jarvis.sock") as client:
        if is_loaded:
            client.call("get_smart_replies", chat_id=app.chat_guid)
        newer.folder.rename(newer.folder.with_name("gone"))
        for method in WRITES:
            with suppress(RemoteError, ConnectionLost):  # it ends once nobody waits
                client.call(method, chat_id=app.chat_guid)
    assert "incident" not in (home / "daemon.log").read_text()


@pytest.mark.parametrize("removed", [True, False], ids=["removed", "replaced"])
def test_a_daemon_without_its_program_says_so_and_makes_room(
    app: MessagesApp,
    ours: Installed,
    newer: Installed,
    environment: dict[str, str],
    removed: bool,
) -> None:
    """The next command is served by a new one."""
    newer.run("list")
    init = newer.folder / "jarvis" / "__init__.py"
    if removed:
        newer.folder.rename(newer.folder.with_name("gone"))
    else:
        init.write_text(init.read_text())
    code, _, beside = ours.run("draft", app.chat_guid)
    assert code == 1
    assert "Jarvis was updated or removed" in beside
    while (Path(environment["JARVIS_HOME"]) / "jarvis.sock").exists():
        pass
    code, draft, _ = ours.run("draft", app.chat_guid)
    assert (code, draft != "") == (0, True)
    assert serving(environment) == __version__
