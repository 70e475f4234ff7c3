"""How far chat.db has been read: the cursor, rows not yet whole, what was delivered.

All of it in jarvis.db, written in the transaction that stores the events, so that a kill
at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import aiosqlite
import msgspec

KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long it is remembered that a message was delivered: a week."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`last_seen_rowid` means seen, not delivered. `newest_date_ns`: of live messages."""

    last_seen_rowid: int
    newest_date_ns: int
    inode: int


async def read_cursor(db: aiosqlite.Connection) -> Cursor | None:
    """Where reading stopped; None before the first look."""
    sql = "SELECT last_seen_rowid, newest_date_ns, inode FROM cursor"
    for row in await db.execute_fetchall(sql):
        return Cursor(*row)
    return None


async def write_cursor(db: aiosqlite.Connection, cursor: Cursor) -> None:
    """To be called inside a transaction."""
    await db.execute(
        "INSERT OR REPLACE INTO cursor VALUES (1, ?, ?, ?)",
        (cursor.last_seen_rowid, cursor.newest_date_ns, cursor.inode),
    )


async def read_pending(db: aiosqlite.Connection) -> dict[int, int]:
    """Rows that were not whole when last seen: ROWID to ms since 1970, first seen."""
    rows = await db.execute_fetchall("SELECT rowid, first_seen_ms FROM pending")
    return {int(rowid): int(first_seen_ms) for rowid, first_seen_ms in rows}


async def write_pending(
    db: aiosqlite.Connection, added: Mapping[int, int], removed: Iterable[int]
) -> None:
    """To be called inside a transaction."""
    if removed := list(removed):
        await db.executemany(
            "DELETE FROM pending WHERE rowid = ?", [(rowid,) for rowid in removed]
        )
    if added:
        await db.executemany(
            "INSERT OR REPLACE INTO pending VALUES (?, ?)", list(added.items())
        )


async def delivered_among(
    db: aiosqlite.Connection, guids: Collection[str]
) -> frozenset[str]:
    """Those of the guids that were delivered within the last week."""
    rows = await db.execute_fetchall(
        "SELECT guid FROM delivered WHERE guid IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(guids)).decode(),),
    )
    return frozenset(guid for (guid,) in rows)


async def note_delivered(
    db: aiosqlite.Connection, delivered: Mapping[str, int], now_ms: int
) -> None:
    """Remember guids with their ROWIDs, forget old ones. Inside a transaction."""
    if not delivered:
        return
    await db.executemany(
        "INSERT OR REPLACE INTO delivered VALUES (?, ?, ?)",
        [(guid, rowid, now_ms) for guid, rowid in delivered.items()],
    )
    await db.execute(
        "DELETE FROM delivered WHERE delivered_ms < ?", (now_ms - KEPT_MS,)
    )


async def forget_rows(db: aiosqlite.Connection) -> None:
    """Begin anew with another chat.db: its ROWIDs mean other rows. In a transaction."""
    await db.execute("DELETE FROM pending")
    await db.execute("DELETE FROM cursor")
