"""What all tests share: nothing blocks the event loop, nothing reads the user's home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from tests.daemon.inbox.messages_app import MessagesApp

# The same examples each time: a change is judged by what it changed. `--thorough` looks
# for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=10_000, deadline=None)
settings.load_profile("thorough" if "JARVIS_THOROUGH" in os.environ else "same")


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Blocking calls made by jarvis on the event loop fail the test."""
    with blockbuster_ctx("jarvis") as guard:
        yield guard


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings, the home or the messages of the person running it."""
    for name in (
        "SOCKET",
        "CHAT_DB",
        "CONTACTS_DB",
        "ENGINE",
        "SCRIPTED_TOKEN_MS",
        "SENDER",
    ):
        monkeypatch.delenv(f"JARVIS_{name}", raising=False)
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
