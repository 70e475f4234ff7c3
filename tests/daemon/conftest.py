"""A journal, and an inbox that follows Messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.stores.jarvisdb import JarvisDb, open_writer
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import MessagesApp


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[JarvisDb]:
    """An empty jarvis.db."""
    journal = await open_writer(tmp_path / "jarvis.db")
    yield journal
    await journal.close()


@pytest.fixture
async def followed(app: MessagesApp, journal: JarvisDb) -> AsyncIterator[Followed]:
    """An inbox that has taken its first look and counted everything."""
    followed = Followed(app.path, journal)
    assert await followed.poll() == []
    assert followed.inbox.problem is None
    await followed.settled()
    yield followed
    await followed.inbox.close()
