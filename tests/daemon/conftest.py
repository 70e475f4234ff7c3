"""A writer, and an inbox that follows Messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.stores.jarvisdb import JarvisDb, open_writer
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import MessagesApp


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[JarvisDb]:
    """An empty jarvis.db."""
    writer = await open_writer(tmp_path / "jarvis.db")
    yield writer
    await writer.close()


@pytest.fixture
async def followed(app: MessagesApp, writer: JarvisDb) -> AsyncIterator[Followed]:
    """An inbox that has taken its first look and counted everything."""
    followed = Followed(app.path, writer)
    assert await followed.poll() == []
    assert followed.inbox.problem is None
    await followed.settled()
    yield followed
    await followed.inbox.close()
