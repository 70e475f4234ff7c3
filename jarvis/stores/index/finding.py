"""What a search asks of the index beside words and vectors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import aiosqlite

from jarvis.stores.index.segments import OVER
from jarvis.stores.queries import listed

_OVER: Final = f"""
SELECT m.id, g.id FROM search_message AS m JOIN search_segment AS g ON g.id IN ({OVER})
WHERE m.id IN (SELECT value FROM json_each(?))
  AND (g.last_ms, g.last_id) >= (m.date_ms, m.id)
"""


async def newest_indexed(db: aiosqlite.Connection) -> int:
    """The highest id of a message that is indexed; 0 where none is."""
    ((newest,),) = await db.execute_fetchall("SELECT max(id) FROM search_message")
    return newest or 0


async def segments_over(
    db: aiosqlite.Connection, message_ids: Iterable[int]
) -> dict[int, list[int]]:
    """The numbers of the segments that each of these messages stands in."""
    found: dict[int, list[int]] = {}
    for id_, segment in await db.execute_fetchall(_OVER, (listed(message_ids),)):
        found.setdefault(id_, []).append(segment)
    return found
