"""How far chat.db has been read: the cursor, and what is known of single rows.

All of it in jarvis.db, written in the transaction that stores the events, so that a kill
at any moment loses nothing and doubles nothing. Pending rows are not whole yet. Tracked
rows may still change and are kept as they were last seen; their table is called watched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

import aiosqlite
import msgspec

from jarvis.records import ChatId

KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long it is remembered that a message was delivered: a week."""


class Cursor(msgspec.Struct, frozen=True):
    """`last_seen_rowid` means seen, not delivered. `newest_date_ns`: of live messages."""

    last_seen_rowid: int
    newest_date_ns: int
    inode: int


class TrackedRow(NamedTuple):
    """A row as it was last seen; `chat_id` None: in no conversation.

    `target` is what a reaction is tied to. `fingerprint` is equal as long as nothing
    changed.
    """

    rowid: int
    guid: str
    date_ns: int
    chat_id: ChatId | None
    target: str | None
    fingerprint: str


async def read_cursor(db: aiosqlite.Connection) -> Cursor | None:
    """Where reading stopped; None before the first look."""
    sql = "SELECT last_seen_rowid, newest_date_ns, inode FROM cursor"
    for row in await db.execute_fetchall(sql):
        return Cursor(*row)
    return None


async def read_pending(db: aiosqlite.Connection) -> dict[int, int]:
    """Rows that were not whole when last seen: ROWID to ms since 1970, first seen."""
    rows = await db.execute_fetchall("SELECT rowid, first_seen_ms FROM pending")
    return {int(rowid): int(first_seen_ms) for rowid, first_seen_ms in rows}


async def read_tracked(db: aiosqlite.Connection) -> dict[int, TrackedRow]:
    """All tracked rows by ROWID."""
    sql = "SELECT rowid, guid, date_ns, chat_id, target, mark FROM watched"
    return {row[0]: TrackedRow(*row) for row in await db.execute_fetchall(sql)}


async def delivered_among(
    db: aiosqlite.Connection, guids: Collection[str]
) -> frozenset[str]:
    """Those of the guids that were delivered within the last week."""
    rows = await db.execute_fetchall(
        "SELECT guid FROM delivered WHERE guid IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(guids)).decode(),),
    )
    return frozenset(guid for (guid,) in rows)


async def write_progress(
    db: aiosqlite.Connection,
    cursor: Cursor,
    *,
    pending_added: Mapping[int, int],
    pending_removed: Iterable[int],
    delivered: Mapping[str, int],
    now_ms: int,
) -> None:
    """Note how far reading came. Inside a transaction.

    `delivered` are ROWIDs by guid; those of more than a week ago are forgotten.
    """
    await db.execute(
        "INSERT OR REPLACE INTO cursor VALUES (1, ?, ?, ?)",
        (cursor.last_seen_rowid, cursor.newest_date_ns, cursor.inode),
    )
    if removed := [(rowid,) for rowid in pending_removed]:
        await db.executemany("DELETE FROM pending WHERE rowid = ?", removed)
    if pending_added:
        await db.executemany(
            "INSERT OR REPLACE INTO pending VALUES (?, ?)", pending_added.items()
        )
    if delivered:
        await db.executemany(
            "INSERT OR REPLACE INTO delivered VALUES (?, ?, ?)",
            [(guid, rowid, now_ms) for guid, rowid in delivered.items()],
        )
        await db.execute(
            "DELETE FROM delivered WHERE delivered_ms < ?", (now_ms - KEPT_MS,)
        )


async def write_tracked(
    db: aiosqlite.Connection, seen: Collection[TrackedRow], left: Collection[int]
) -> None:
    """Note how rows look now, and forget others. Inside a transaction."""
    if seen:
        await db.executemany(
            "INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?, ?, ?)", seen
        )
    if left:
        await db.executemany(
            "DELETE FROM watched WHERE rowid = ?", [(rowid,) for rowid in left]
        )


async def forget_rows(db: aiosqlite.Connection) -> None:
    """Begin anew with another chat.db: its ROWIDs mean other rows. In a transaction."""
    for table in ("pending", "cursor", "watched"):
        await db.execute(f"DELETE FROM {table}")
