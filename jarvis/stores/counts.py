"""How many messages each chat holds, in jarvis.db: counted once, then kept.

The count walks the rows of chat.db from the newest down, a slice at a time, so that it can
stop anywhere and go on; what arrives meanwhile is added as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiosqlite
import msgspec

_READ: Final = "SELECT chat_rowid, max(messages, recounted) FROM chat_count"
_ADD: Final = """
INSERT INTO chat_count VALUES (:chat, max(:n, 0), max(:r, 0))
ON CONFLICT (chat_rowid) DO UPDATE SET
  messages = max(messages + :n, 0), recounted = max(recounted + :r, 0)
"""
_BELOW: Final = "INSERT OR REPLACE INTO counting VALUES (1, ?, ?)"
DONE: Final = 1
"""What `below` is when no row is left to count."""


class Counts(msgspec.Struct, frozen=True):
    """Messages by ROWID of the chat; rows below `below` are still to be counted.

    `deletions`: how many chat.db had noted when the count began.
    """

    by_chat: Mapping[int, int] = msgspec.field(default_factory=dict)
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


class CountBegun(msgspec.Struct, frozen=True):
    """All rows below `below` are to be counted, when chat.db had noted so many deletions.

    `anew`: what was known is of another file; else it stands until the count is complete.
    """

    below: int
    deletions: int
    anew: bool


class SliceCounted(msgspec.Struct, frozen=True):
    """Messages by ROWID of the chat, in rows down to `below`; at DONE the count is over."""

    messages: Mapping[int, int]
    below: int
    deletions: int


class DeletionsNoted(msgspec.Struct, frozen=True):
    """So many deletions are taken into account."""

    deletions: int


CountStep = CountBegun | SliceCounted | DeletionsNoted


async def read_counts(db: aiosqlite.Connection) -> Counts | None:
    """What is counted so far; None before a count has begun."""
    for below, deletions in await db.execute_fetchall(
        "SELECT below, deletions FROM counting"
    ):
        by_chat = [tuple(row) for row in await db.execute_fetchall(_READ)]
        return Counts(dict(by_chat), below, deletions)
    return None


async def add(db: aiosqlite.Connection, more: Mapping[int, int]) -> None:
    """So many more, or fewer, in these chats. Inside a transaction."""
    rows = [{"chat": chat, "n": n, "r": n} for chat, n in more.items() if n]
    if rows:
        await db.executemany(_ADD, rows)


async def write_step(db: aiosqlite.Connection, step: CountStep) -> None:
    """Note how far the count is. Inside a transaction."""
    match step:
        case CountBegun(below, deletions, anew):
            if anew:
                await db.execute("DELETE FROM chat_count")
            await db.execute("UPDATE chat_count SET recounted = 0")
            await db.execute(_BELOW, (below, deletions))
        case SliceCounted(messages, below, deletions):
            await db.executemany(
                _ADD, [{"chat": chat, "n": 0, "r": n} for chat, n in messages.items()]
            )
            await db.execute(_BELOW, (below, deletions))
            if below <= DONE:
                await db.execute("UPDATE chat_count SET messages = recounted")
        case DeletionsNoted(deletions):
            await db.execute("UPDATE counting SET deletions = ?", (deletions,))
