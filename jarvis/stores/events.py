"""The pushes in jarvis.db: stored with the change they tell of, then sent.

Their numbers only rise; the epoch says which row of numbers it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import aiosqlite
import msgspec

from jarvis.records import ChatId, Record, Timestamp

KEPT_EVENTS: Final = 10_000
"""How many of the newest events are kept; older ones can no longer be replayed."""


class StoredEvent(Record, frozen=True, kw_only=True):
    """A push. `params` is its JSON exactly as it goes out, seq and epoch included."""

    seq: int
    name: str
    chat_id: ChatId | None
    params: msgspec.Raw


async def epoch(db: aiosqlite.Connection) -> str:
    """The id of this history; another one means: what you know is void."""
    ((value,),) = await db.execute_fetchall("SELECT epoch FROM meta")
    return str(value)


async def begin_epoch(db: aiosqlite.Connection) -> str:
    """A new history: the stored events are dropped, numbers go on rising.

    To be called inside a transaction.
    """
    await db.execute("UPDATE meta SET epoch = lower(hex(randomblob(8)))")
    await db.execute("DELETE FROM event")
    return await epoch(db)


async def newest_seq(db: aiosqlite.Connection) -> int:
    """The number of the last event that was ever stored, 0 before the first."""
    rows = await db.execute_fetchall(
        "SELECT seq FROM sqlite_sequence WHERE name = 'event'"
    )
    return next((int(seq) for (seq,) in rows), 0)


async def oldest_seq(db: aiosqlite.Connection) -> int | None:
    """The number of the oldest event that can be replayed; None when there is none."""
    ((seq,),) = await db.execute_fetchall("SELECT min(seq) FROM event")
    return None if seq is None else int(seq)


async def append(
    db: aiosqlite.Connection, events: Sequence[StoredEvent], made_at: Timestamp
) -> None:
    """Store events, whose seq must go on from newest_seq; the oldest make room.

    To be called inside a transaction, in which newest_seq was asked.
    """
    if not events:
        return
    await db.executemany(
        "INSERT INTO event (seq, name, chat_id, params, made_at) VALUES (?, ?, ?, ?, ?)",
        [
            (
                event.seq,
                event.name,
                event.chat_id,
                bytes(event.params).decode(),
                made_at,
            )
            for event in events
        ],
    )
    await db.execute(
        "DELETE FROM event WHERE seq <= ?", (events[-1].seq - KEPT_EVENTS,)
    )


async def events_since(
    db: aiosqlite.Connection,
    seq: int,
    *,
    until: int | None = None,
    names: Collection[str] | None = None,
    chat_id: ChatId | None = None,
    limit: int,
) -> list[StoredEvent]:
    """The events after seq up to and with `until`, oldest first.

    Only those names and that chat, where given.
    """
    rows = await db.execute_fetchall(
        """
        SELECT seq, name, chat_id, params FROM event
        WHERE seq > :seq
          AND (:until IS NULL OR seq <= :until)
          AND (:names IS NULL OR name IN (SELECT value FROM json_each(:names)))
          AND (:chat_id IS NULL OR chat_id = :chat_id)
        ORDER BY seq LIMIT :limit
        """,
        {
            "seq": seq,
            "until": until,
            "names": None if names is None else msgspec.json.encode(names).decode(),
            "chat_id": chat_id,
            "limit": limit,
        },
    )
    return [
        StoredEvent(
            seq=seq, name=name, chat_id=chat_id, params=msgspec.Raw(params.encode())
        )
        for seq, name, chat_id, params in rows
    ]
