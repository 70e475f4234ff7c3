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
SELECT m.text_id, count(*) {_FROM}
WHERE m.text_id IN (SELECT value FROM json_each(?))
"""
_USES: Final = """
SELECT id, uses FROM search_text WHERE id IN (SELECT value FROM json_each(?))
"""
# From the newest down, until one passes.
_NEWEST_SAYING: Final = """
SELECT value, (
  SELECT m.id FROM search_message AS m
  WHERE m.text_id = value AND {where} ORDER BY m.date_ms DESC, m.id DESC LIMIT 1
) FROM json_each(?)
"""
_IN_SEGMENT: Final = f"""
SELECT g.id, m.id {MEMBERS} WHERE g.id IN (SELECT value FROM json_each(?))
"""
# CROSS JOIN has SQLite go from left to right: from the messages that pass.
_TEXT_SLOTS: Final = f"""
SELECT v.slot, m.id {_FROM} CROSS JOIN search_vector AS v
  ON v.kind = 0 AND v.ref = m.text_id AND v.slot >> 32 = ?
"""
_SEGMENT_SLOTS: Final = f"""
SELECT v.slot, m.id {_FROM} CROSS JOIN search_segment AS g
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


async def newest_of(
    db: aiosqlite.Connection, refs: Sequence[Ref], filters: Filters
) -> dict[Ref, tuple[int, ...]]:
    """Of each text the newest message that passes, of each segment all, newest first.

    What has none is left out: the filters are exact.
    """
    where, values = _passing(filters, leads="+")
    found: dict[Ref, tuple[int, ...]] = {}
    asked = (*values, _ids(refs, Kind.TEXT))
    rows = await db.execute_fetchall(_NEWEST_SAYING.format(where=where), asked)
    for text_id, message_id in rows:
        if message_id is not None:
            found[Ref(Kind.TEXT, text_id)] = (message_id,)
    asked = (_ids(refs, Kind.SEGMENT), *values)
    sql = f"{_IN_SEGMENT} AND {where} ORDER BY m.date_ms DESC, m.id DESC"
    for segment_id, message_id in await db.execute_fetchall(sql, asked):
        ref = Ref(Kind.SEGMENT, segment_id)
        found[ref] = (*found.get(ref, ()), message_id)
    return found


async def messages_of(
    db: aiosqlite.Connection, refs: Sequence[Ref], filters: Filters
) -> dict[Ref, Said]:
    """As newest_of, and how many messages that pass say each of them.

    Where filters are set, to count what very many say takes milliseconds.
    """
    ids = await newest_of(db, refs, filters)
    where, values = _passing(filters, leads="+")
    sql = f"{_SAYING} AND {where} GROUP BY m.text_id"
    if filters == Filters():
        sql, values = _USES, []
    asked = (_ids(ids, Kind.TEXT), *values)
    uses = {row[0]: row[1] for row in await db.execute_fetchall(sql, asked)}
    return {
        ref: Said(of, uses[ref.id] if ref.kind is Kind.TEXT else len(of))
        for ref, of in ids.items()
    }


async def slots_passing(
    db: aiosqlite.Connection, model_id: int, filters: Filters, limit: int
) -> dict[int, tuple[int, ...]] | None:
    """The slots of all texts and segments of messages that pass, and those messages.

    Behind a text the newest, behind a segment all, newest first. None where more than
    `limit` messages pass.
    """
    where, values = _passing(filters)
    sql = f"SELECT count(*) FROM (SELECT 1 {_FROM} WHERE {where} LIMIT ?)"
    ((count,),) = await db.execute_fetchall(sql, (*values, limit + 1))
    if count > limit:
        return None
    slots: dict[int, tuple[int, ...]] = {}
    ordered = f"WHERE {where} ORDER BY m.date_ms DESC, m.id DESC"
    first = model_id * MODEL_SLOTS
    asked = (model_id, *values)
    for slot, id_ in await db.execute_fetchall(f"{_TEXT_SLOTS} {ordered}", asked):
        slots.setdefault(slot - first, (id_,))
    for slot, id_ in await db.execute_fetchall(f"{_SEGMENT_SLOTS} {ordered}", asked):
        slots[slot - first] = (*slots.get(slot - first, ()), id_)
    return slots


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


def _ids(refs: Iterable[Ref], kind: Kind) -> str:
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
