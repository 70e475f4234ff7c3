"""What all tests share: nothing blocks the event loop, nothing reads the user's home."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from tests.daemon.inbox.messages_app import MessagesApp
from tests.thorough import IS_THOROUGH

# The same examples each time: a change is judged by what it changed. `--thorough` looks
# for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=10_000, deadline=None)
settings.load_profile("thorough" if IS_THOROUGH else "same")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A job in the background is deaf to ctrl-c, and so would be all that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_EXIT_STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how it went, for the very end."""
    session.config.stash[_EXIT_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A test that failed may leave a database open, whose thread would keep us for ever."""
    status = config.stash.get(_EXIT_STATUS, 0)
    left = [thread for thread in threading.enumerate() if not thread.daemon]
    if status and left != [threading.main_thread()]:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Blocking calls made by jarvis on the event loop fail the test."""
    with blockbuster_ctx("jarvis") as guard:
        # What counts the branches takes a lock of its own wherever a new file begins.
        for acquire in ("threading.Lock.acquire", "threading.Lock.acquire_lock"):
            if acquire in guard.functions:
                guard.functions[acquire].can_block_in(
                    "coverage/collector.py", {"lock_data"}
                )
        yield guard


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings, the home or the messages of the person running it."""
    for name in (
        "SOCKET",
        "CHAT_DB",
        "CONTACTS_DB",
        "ENGINE",
        "MODEL",
        "SERVER",
        "SCRIPTED_TOKEN_MS",
        "SENDER",
        "FM_PROGRAM",
    ):
        monkeypatch.delenv(f"JARVIS_{name}", raising=False)
    monkeypatch.setenv("JARVIS_SERVER_PORTS", "")  # nor their model servers
    for name in (
        "COLUMNS",
        "LINES",
    ):  # of whoever runs the tests, not of a test's terminal
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JARVIS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[MessagesApp]:
    """Messages, with a little history."""
    app = MessagesApp(tmp_path / "Messages")
    yield app
    app.close()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory whose path is short enough for a Unix socket."""
    with TemporaryDirectory(prefix="jv") as directory:
        yield Path(directory)


@pytest.fixture
def anyio_backend() -> str:
    """The daemon and the clients are written for asyncio."""
    return "asyncio"
