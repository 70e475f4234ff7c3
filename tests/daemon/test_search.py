"""Search beside everything else: its connections, and what it does not load."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.daemon.search import MOST_CONNECTIONS, Connections
from jarvis.stores.jarvisdb import open_writer

ENDLESS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n
"""


@pytest.fixture
async def connections(tmp_path: Path) -> AsyncIterator[Connections]:
    """To an empty jarvis.db."""
    path = tmp_path / "jarvis.db"
    await (await open_writer(path)).close()
    connections = Connections(path)
    yield connections
    await connections.close()


async def test_a_search_that_is_taken_back_stops_reading(
    connections: Connections,
) -> None:
    """Its connection is there for the next one at once."""
    has_begun = asyncio.Event()

    async def look() -> None:
        async with connections.connect() as db:
            has_begun.set()
            await db.execute(ENDLESS)

    async with asyncio.timeout(30):
        looks = [asyncio.create_task(look()) for _ in range(MOST_CONNECTIONS)]
        await has_begun.wait()
        for task in looks:
            task.cancel()
        await asyncio.wait(looks)
        assert all(task.cancelled() for task in looks)
        async with connections.connect() as db:
            assert [*await db.execute_fetchall("SELECT 1")] == [(1,)]


async def test_a_search_sees_one_state_of_the_index(
    connections: Connections, tmp_path: Path
) -> None:
    """What is committed meanwhile is for the next one."""
    writer = await open_writer(tmp_path / "jarvis.db")
    count = "SELECT count(*) FROM search_state"
    async with connections.connect() as db:
        assert [*await db.execute_fetchall(count)] == [(0,)]
        async with writer.transaction() as writing:
            await writing.execute("INSERT INTO search_state VALUES ('a', 'b')")
        assert [*await db.execute_fetchall(count)] == [(0,)]
    async with connections.connect() as db:
        assert [*await db.execute_fetchall(count)] == [(1,)]
    await writer.close()


async def test_one_that_fails_leaves_its_connection_sound(
    connections: Connections,
) -> None:
    """An error of one search is none of the next."""
    with pytest.raises(sqlite3.OperationalError):
        async with connections.connect() as db:
            await db.execute("SELECT nothing FROM nowhere")
    async with connections.connect() as db:
        assert db.in_transaction
