"""The index as it was before anything was indexed."""

from __future__ import annotations

from typing import Final

import aiosqlite

from jarvis.stores.index.chunks import next_version

_TABLES: Final = (
    "search_wanted",
    "search_vector",
    "search_code",
    "search_model",
    "search_segment",
    "search_message",
    "search_text",
    "search_chat",
    "search_sender",
)
_KEPT: Final = ("fold", "codes_version", "paused")


async def forget_index(db: aiosqlite.Connection) -> None:
    """Nothing of what was said stays; that the user paused it does. In a transaction."""
    await db.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    for table in _TABLES:
        await db.execute(f"DELETE FROM {table}")
    marks = ", ".join("?" * len(_KEPT))
    await db.execute(f"DELETE FROM search_state WHERE key NOT IN ({marks})", _KEPT)
    await next_version(db)
