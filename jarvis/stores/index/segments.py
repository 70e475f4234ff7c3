"""Segments: a few messages of one conversation in a row, as one text that is embedded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import aiosqlite

from jarvis.stores.index.chunks import remove_vectors
from jarvis.stores.index.records import Kind, Ref, Segment
from jarvis.stores.queries import listed

_INSERT: Final = "INSERT INTO search_segment VALUES (?, ?, ?, ?, ?, ?, ?)"
_LAST_ID: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'search_segment'"
_WANT: Final = "INSERT INTO search_wanted VALUES (1, ?, ?)"
_COLUMNS: Final = "id, chat, first_ms, first_id, last_ms, last_id, open"
OVER: Final = """
SELECT id FROM search_segment AS o
WHERE o.chat = m.chat AND (o.first_ms, o.first_id) <= (m.date_ms, m.id)
ORDER BY o.first_ms DESC, o.first_id DESC LIMIT 8
"""
"""Which segments may hold a message m: the last that begin before it. Of a conversation's
segments those that begin earlier end earlier, and a message is in two or three."""
_OVER: Final = f"""
SELECT g.id FROM search_message AS m CROSS JOIN search_segment AS g ON g.id IN ({OVER})
WHERE m.id IN (SELECT value FROM json_each(?))
  AND (g.last_ms, g.last_id) >= (m.date_ms, m.id)
"""
MEMBERS: Final = """
FROM search_segment AS g CROSS JOIN search_message AS m
  ON m.chat = g.chat
  AND (m.date_ms, m.id) >= (g.first_ms, g.first_id)
  AND (m.date_ms, m.id) <= (g.last_ms, g.last_id)
"""


class StoredSegment(NamedTuple):
    """A segment and its number."""

    id: int
    segment: Segment


async def write_segments(
    db: aiosqlite.Connection, segments: Iterable[Segment]
) -> list[int]:
    """Their numbers; each will be wanted as a vector. Inside a transaction."""
    new = [*segments]
    last = [row[0] for row in await db.execute_fetchall(_LAST_ID)]
    ids = [id_ for id_, _ in enumerate(new, sum(last) + 1)]
    await db.executemany(_INSERT, [_row(*each) for each in zip(ids, new, strict=True)])
    await db.executemany(
        _WANT,
        [(id_, segment.last_ms) for id_, segment in zip(ids, new, strict=True)],
    )
    return ids


async def delete_segments(db: aiosqlite.Connection, ids: Sequence[int]) -> None:
    """With their vectors. Inside a transaction."""
    if ids:
        await remove_vectors(db, [Ref(Kind.SEGMENT, id_) for id_ in ids])
        await db.executemany(
            "DELETE FROM search_segment WHERE id = ?", [(id_,) for id_ in ids]
        )


async def delete_segments_over(
    db: aiosqlite.Connection, message_ids: Sequence[int]
) -> None:
    """All that one of these messages is in. Inside a transaction."""
    asked = listed(message_ids)
    ids = {row[0] for row in await db.execute_fetchall(_OVER, (asked,))}
    await delete_segments(db, sorted(ids))


async def close_segments(db: aiosqlite.Connection, ids: Iterable[int]) -> None:
    """No message will join these any more. Inside a transaction."""
    await db.executemany(
        "UPDATE search_segment SET open = 0 WHERE id = ?", [(id_,) for id_ in ids]
    )


async def open_segments(
    db: aiosqlite.Connection, chat: int | None = None
) -> list[StoredSegment]:
    """Those that messages may still join, of one conversation or all."""
    sql = f"SELECT {_COLUMNS} FROM search_segment WHERE open"
    if chat is None:
        return [_segment(*row) for row in await db.execute_fetchall(sql)]
    rows = await db.execute_fetchall(f"{sql} AND chat = ?", (chat,))
    return [_segment(*row) for row in rows]


async def segments_of(
    db: aiosqlite.Connection, chat: int, first_ms: int, last_ms: int
) -> list[StoredSegment]:
    """Those of a conversation that begin between two times (inclusive), oldest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM search_segment WHERE chat = ?"
        " AND first_ms BETWEEN ? AND ? ORDER BY first_ms, first_id"
    )
    rows = await db.execute_fetchall(sql, (chat, first_ms, last_ms))
    return [_segment(*row) for row in rows]


async def segment_messages(
    db: aiosqlite.Connection, ids: Sequence[int]
) -> dict[int, list[int]]:
    """The ids of the messages in each of these segments, oldest first."""
    sql = (
        f"SELECT g.id, m.id {MEMBERS}"
        " WHERE g.id IN (SELECT value FROM json_each(?)) ORDER BY g.id, m.date_ms, m.id"
    )
    members: dict[int, list[int]] = {}
    asked = listed(ids)
    for segment_id, message_id in await db.execute_fetchall(sql, (asked,)):
        members.setdefault(segment_id, []).append(message_id)
    return members


def _row(id_: int, segment: Segment) -> tuple[int, ...]:
    return (
        id_,
        segment.chat,
        segment.first_ms,
        segment.first_id,
        segment.last_ms,
        segment.last_id,
        segment.is_open,
    )


def _segment(
    id_: int, chat: int, first_ms: int, first_id: int, *rest: int
) -> StoredSegment:
    last_ms, last_id, is_open = rest
    return StoredSegment(
        id_,
        Segment(
            chat=chat,
            first_ms=first_ms,
            first_id=first_id,
            last_ms=last_ms,
            last_id=last_id,
            is_open=bool(is_open),
        ),
    )
