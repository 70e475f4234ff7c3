"""A pool with the shipped table, and an indexer that uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.inference.pool.embedding import EmbedderPool, embedding
from jarvis.inference.states import Selection
from tests.daemon.inbox.followed import Followed
from tests.daemon.indexing.indexed import KINDS, Indexed, running


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[EmbedderPool]:
    """What makes vectors when nothing was chosen."""
    log_path = tmp_path / "embedder.log"
    async with embedding(Selection(), KINDS, log_path=log_path) as pool:
        yield pool


@pytest.fixture
async def indexed(followed: Followed, pool: EmbedderPool) -> AsyncIterator[Indexed]:
    """An indexer at work."""
    async with running(followed, pool) as indexed:
        yield indexed
