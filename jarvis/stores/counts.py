"""How many messages each chat holds, in jarvis.db: counted once, then kept.

The count walks the rows of chat.db from the newest down, a slice at a time, so that it can
stop anywhere and go on; what arrives meanwhile is added as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import aiosqlite

_READ: Final = "SELECT chat_rowid, max(messages, recounted) FROM chat_count"
_ADD: Final = """
INSERT INTO chat_count VALUES (:chat, max(:n, 0), max(:r, 0))
ON CONFLICT (chat_rowid) DO UPDATE SET
  messages = max(messages + :n, 0), recounted = max(recounted + :r, 0)
"""
DONE: Final = 1
"""What `below` is when no row is left to count."""


@dataclass(frozen=True)
class Counts:
    """Messages by ROWID of the chat; rows below `below` are still to be counted.

    `deletions`: how many chat.db had noted when the count began.
    """

    by_chat: Mapping[int, int] = field(default_factory=dict)
    below: int = DONE
    deletions: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every row has been counted."""
        return self.below <= DONE

    def added(self, more: Mapping[int, int]) -> Counts:
        """The same with so many more in these chats."""
        by_chat = dict(self.by_chat)
        for chat, number in more.items():
            by_chat[chat] = max(by_chat.get(chat, 0) + number, 0)
        return Counts(by_chat, self.below, self.deletions)


async def read_counts(db: aiosqlite.Connection) -> Counts | None:
    """What is counted so far; None before a count has begun."""
    for below, deletions in await db.execute_fetchall(
        "SELECT below, deletions FROM counting"
    ):
        by_chat = [tuple(row) for row in await db.execute_fetchall(_READ)]
        return Counts(dict(by_chat), below, deletions)
    return None


async def begin(
    db: aiosqlite.Connection, *, below: int, deletions: int, anew: bool
) -> None:
    """Begin a count of all rows below `below`; anew: what was known is of another file.

    Else what was known stands until the count is complete. Inside a transaction.
    """
    if anew:
        await db.execute("DELETE FROM chat_count")
    await db.execute("UPDATE chat_count SET recounted = 0")
    await _note(db, below, deletions)


async def add(db: aiosqlite.Connection, more: Mapping[int, int]) -> None:
    """So many more, or fewer, in these chats. Inside a transaction."""
    await db.executemany(
        _ADD, [{"chat": chat, "n": n, "r": n} for chat, n in more.items() if n]
    )


async def add_counted(
    db: aiosqlite.Connection, found: Mapping[int, int], counts: Counts, *, below: int
) -> None:
    """A slice was counted, down to `below`; with the last the count is complete.

    Inside a transaction.
    """
    await db.executemany(
        _ADD, [{"chat": chat, "n": 0, "r": number} for chat, number in found.items()]
    )
    await _note(db, below, counts.deletions)
    if below <= DONE:
        await db.execute("UPDATE chat_count SET messages = recounted")


async def note_deletions(db: aiosqlite.Connection, deletions: int) -> None:
    """So many deletions are taken into account. Inside a transaction."""
    await db.execute("UPDATE counting SET deletions = ?", (deletions,))


async def _note(db: aiosqlite.Connection, below: int, deletions: int) -> None:
    await db.execute(
        "INSERT OR REPLACE INTO counting VALUES (1, ?, ?)", (below, deletions)
    )
