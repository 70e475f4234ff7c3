"""The rows of chat.db that may still change, in jarvis.db as they were last seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import aiosqlite

from jarvis.records import ChatId


class Watched(NamedTuple):
    """A row as it was last seen; `chat_id` None: in no conversation.

    `target` is what a reaction is tied to; `mark` is equal as long as nothing changed.
    """

    rowid: int
    guid: str
    date_ns: int
    chat_id: ChatId | None
    target: str | None
    mark: str


async def read_watched(db: aiosqlite.Connection) -> dict[int, Watched]:
    """All of them by ROWID."""
    sql = "SELECT rowid, guid, date_ns, chat_id, target, mark FROM watched"
    return {row[0]: Watched(*row) for row in await db.execute_fetchall(sql)}


async def write_watched(
    db: aiosqlite.Connection, seen: Iterable[Watched], gone: Iterable[int] = ()
) -> None:
    """Note how rows look now, and forget others. Inside a transaction."""
    await db.executemany(
        "INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?, ?, ?)", seen
    )
    await db.executemany(
        "DELETE FROM watched WHERE rowid = ?", [(row,) for row in gone]
    )


async def forget_watched(db: aiosqlite.Connection) -> None:
    """Begin anew with another chat.db. Inside a transaction."""
    await db.execute("DELETE FROM watched")
