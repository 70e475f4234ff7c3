"""A jarvis.db of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.stores.index.words import prepare_words
from jarvis.stores.jarvisdb import JarvisDb, open_writer


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[JarvisDb]:
    """Ready to be written to."""
    writer = await open_writer(tmp_path / "jarvis.db")
    async with writer.transaction() as db:
        await prepare_words(db)
    yield writer
    await writer.close()
