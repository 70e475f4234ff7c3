"""Messages of the index: by id, beside one another, the newest; and what passes filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import aiosqlite

from jarvis.records import ChatId
from jarvis.stores.index.chunks import MODEL_SLOTS
from jarvis.stores.index.records import USER, Filters, Kind, Ref, StoredMessage
from jarvis.stores.index.segments import MEMBERS, OVER
from jarvis.stores.index.texts import restored
from jarvis.stores.queries import listed

_COLUMNS: Final = """
SELECT m.id, m.chat, n.chat_id, CASE WHEN m.sender <> 0 THEN coalesce(s.handle, '') END,
  m.date_ms, m.text_id, t.body, m.extra, m.attachment
"""
_JOINED: Final = """
JOIN search_text AS t ON t.id = m.text_id
JOIN search_chat AS n ON n.number = m.chat
LEFT JOIN search_sender AS s ON s.number = m.sender
"""
_BY_ID: Final = (
    f"{_COLUMNS} FROM search_message AS m {_JOINED}"
    " WHERE m.id IN (SELECT value FROM json_each(?))"
)
_NEIGHBOURS: Final = f"""
{_COLUMNS} FROM (
  SELECT * FROM (
    SELECT * FROM search_message WHERE chat = ?1 AND (date_ms, id) < (?2, ?3)
    ORDER BY date_ms DESC, id DESC LIMIT ?4
  ) UNION ALL SELECT * FROM (
    SELECT * FROM search_message WHERE chat = ?1 AND (date_ms, id) > (?2, ?3)
    ORDER BY date_ms, id LIMIT ?4
  )
) AS m {_JOINED} ORDER BY m.date_ms, m.id
"""
_FROM: Final = "FROM search_message AS m"
_SAYING: Final = f"""
SELECT m.text_id, m.id, max(m.date_ms), count(*) {_FROM}
WHERE m.text_id IN (SELECT value FROM json_each(?))
"""
_IN_SEGMENT: Final = f"""
SELECT g.id, m.id {MEMBERS} WHERE g.id IN (SELECT value FROM json_each(?))
"""
# CROSS JOIN has SQLite go from left to right: from the messages that pass.
_TEXT_SLOTS: Final = f"""
SELECT v.slot {_FROM} CROSS JOIN search_vector AS v
  ON v.kind = 0 AND v.ref = m.text_id AND v.slot >> 32 = ?
"""
_SEGMENT_SLOTS: Final = f"""
SELECT v.slot {_FROM} CROSS JOIN search_segment AS g
  ON g.id IN ({OVER}) AND (g.last_ms, g.last_id) >= (m.date_ms, m.id)
CROSS JOIN search_vector AS v ON v.kind = 1 AND v.ref = g.id AND v.slot >> 32 = ?
"""


class Said(NamedTuple):
    """Messages that pass, behind a text the newest one, behind a segment all, newest first.

    `messages` is how many there are.
    """

    ids: tuple[int, ...]
    messages: int


async def messages(
    db: aiosqlite.Connection, ids: Iterable[int]
) -> dict[int, StoredMessage]:
    """Those of these that are indexed, by id."""
    asked = listed(ids)
    rows = await db.execute_fetchall(_BY_ID, (asked,))
    return {row[0]: _message(row) for row in rows}


async def neighbours(
    db: aiosqlite.Connection, message: StoredMessage, count: int
) -> list[StoredMessage]:
    """Up to `count` messages before and after it in its conversation, oldest first."""
    asked = (message.chat, message.date_ms, message.id, count)
    return [_message(row) for row in await db.execute_fetchall(_NEIGHBOURS, asked)]


async def newest(
    db: aiosqlite.Connection,
    filters: Filters,
    limit: int,
    before: tuple[int, int] | None = None,
) -> list[StoredMessage]:
    """The newest that pass; `before`: date and id of the last one of the page before."""
    where, values = _passing(filters)
    if before is not None:
        where += " AND (m.date_ms, m.id) < (?, ?)"
        values += before
    rows = await db.execute_fetchall(
        f"{_COLUMNS} FROM (SELECT * FROM search_message AS m WHERE {where}"
        f" ORDER BY m.date_ms DESC, m.id DESC LIMIT ?) AS m {_JOINED}"
        " ORDER BY m.date_ms DESC, m.id DESC",
        (*values, limit),
    )
    return [_message(row) for row in rows]


async def messages_of(
    db: aiosqlite.Connection, refs: Sequence[Ref], filters: Filters
) -> dict[Ref, Said]:
    """The messages behind each text or segment that pass the filters, exactly.

    What has none is left out.
    """
    where, values = _passing(filters, leads="+")
    found: dict[Ref, Said] = {}
    asked = _ids(refs, Kind.TEXT)
    sql = f"{_SAYING} AND {where} GROUP BY m.text_id"
    for text_id, newest_id, _, count in await db.execute_fetchall(
        sql, (asked, *values)
    ):
        found[Ref(Kind.TEXT, text_id)] = Said((newest_id,), count)
    asked = _ids(refs, Kind.SEGMENT)
    sql = f"{_IN_SEGMENT} AND {where} ORDER BY m.date_ms DESC, m.id DESC"
    for segment_id, message_id in await db.execute_fetchall(sql, (asked, *values)):
        ref = Ref(Kind.SEGMENT, segment_id)
        ids = (*found[ref].ids, message_id) if ref in found else (message_id,)
        found[ref] = Said(ids, len(ids))
    return found


async def slots_passing(
    db: aiosqlite.Connection, model_id: int, filters: Filters, limit: int
) -> list[int] | None:
    """The slots of all texts and segments of messages that pass, in no order.

    None where more than `limit` messages pass.
    """
    where, values = _passing(filters)
    sql = f"SELECT count(*) FROM (SELECT 1 {_FROM} WHERE {where} LIMIT ?)"
    ((count,),) = await db.execute_fetchall(sql, (*values, limit + 1))
    if count > limit:
        return None
    slots: set[int] = set()
    for sql in (_TEXT_SLOTS, _SEGMENT_SLOTS):
        rows = await db.execute_fetchall(f"{sql} WHERE {where}", (model_id, *values))
        slots.update(row[0] - model_id * MODEL_SLOTS for row in rows)
    return [*slots]


def _passing(filters: Filters, leads: str = "") -> tuple[str, list[Any]]:
    """A condition on search_message AS m, and its values.

    `leads` stands before each column: "+" has SQLite find the rows some other way.
    """
    tests = ["1"]
    values: list[Any] = []
    for column, numbers in (("chat", filters.chats), ("sender", filters.senders)):
        if numbers is not None:
            tests.append(f"{leads}m.{column} IN ({', '.join('?' * len(numbers))})")
            values += numbers
    for test, value in (
        (f"{leads}m.date_ms >= ?", filters.after_ms),
        (f"{leads}m.date_ms < ?", filters.before_ms),
        (f"(m.sender = {USER}) = ?", filters.from_me),
        ("(m.attachment <> 0) = ?", filters.has_attachment),
    ):
        if value is not None:
            tests.append(test)
            values.append(value)
    return " AND ".join(tests), values


def _ids(refs: Sequence[Ref], kind: Kind) -> str:
    return listed(ref.id for ref in refs if ref.kind is kind)


def _message(row: Any) -> StoredMessage:
    return StoredMessage(
        id=row[0],
        chat=row[1],
        chat_id=ChatId(row[2]),
        sender=row[3],
        date_ms=row[4],
        text_id=row[5],
        text=restored(row[6]),
        extra=restored(row[7] or ""),
        has_attachment=bool(row[8]),
    )
