"""What the journeys share: an inbox with somebody writing into it, and a daemon on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


@pytest.fixture
def now() -> datetime:
    """The wall clock, which the daemon process reads too."""
    return datetime.now(UTC)


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon on that inbox, with the scripted engine; it writes only what is asked for.

    What a model writes is counted by most journeys; prefetch has journeys of its own.
    """
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags, JARVIS_PREFETCH="off") as daemon:
        assert daemon.ready.get("ok") == daemon.process.pid
        yield daemon
