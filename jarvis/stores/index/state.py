"""What the index remembers of itself: by which fold it was written, how far it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiosqlite

WORDS_FROM: Final = "words_from"
"""Messages from this id on are in search_words, unless it says otherwise: all of them."""
CLEARING: Final = "clearing"
"""There is where words of deleted messages are still in the file, though nowhere found."""
FOLD: Final = "fold"
VERSION: Final = "codes_version"

_PUT: Final = "INSERT OR REPLACE INTO search_state VALUES (?, ?)"


async def get_state(db: aiosqlite.Connection) -> dict[str, str]:
    """All that is remembered."""
    rows = await db.execute_fetchall("SELECT key, value FROM search_state")
    return {row[0]: row[1] for row in rows}


async def put_state(
    db: aiosqlite.Connection, values: Mapping[str, str | int | None]
) -> None:
    """Remember these beside the others; null forgets one. Inside a transaction."""
    kept = [(key, str(value)) for key, value in values.items() if value is not None]
    gone = [(key,) for key, value in values.items() if value is None]
    if kept:
        await db.executemany(_PUT, kept)
    if gone:
        await db.executemany("DELETE FROM search_state WHERE key = ?", gone)


async def get_number(db: aiosqlite.Connection, key: str) -> int:
    """A number that is remembered; 0 where none is."""
    sql = "SELECT CAST(value AS INTEGER) FROM search_state WHERE key = ?"
    for (value,) in await db.execute_fetchall(sql, (key,)):
        return int(value)
    return 0
