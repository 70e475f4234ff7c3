"""Deleting what jarvis.db holds; chat.db is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aiosqlite

from jarvis.later import later
from jarvis.stores import events

if TYPE_CHECKING:
    from jarvis.stores.index import forgetting as index
else:
    index = later("jarvis.stores.index.forgetting")

_ALL = (
    "event",
    "sending",
    "conversation",
    "contact",
    "watched",
    "pending",
    "delivered",
    "cursor",
    "chat_count",
    "counting",
    "routed",
    "method_use",
    "dropped_texts",
    "offer",
    "outcome",
    "numbering",
)


async def forget_history(db: aiosqlite.Connection) -> None:
    """What was pushed. Inside a transaction.

    That a message was pushed stays known, by its guid, so that it is not pushed again;
    and the keys of what was sent, without which a client might send it again.
    """
    await db.execute("DELETE FROM event")


async def forget_everything(db: aiosqlite.Connection) -> str:
    """All there is; a new history begins, of which this is the epoch. In a transaction."""
    for table in _ALL:
        await db.execute(f"DELETE FROM {table}")
    await index.forget_index(db)
    await db.execute("UPDATE hashing SET hash_key = randomblob(16)")
    return await events.begin_epoch(db)


def database_bytes(path: Path) -> int:
    """How much disk jarvis.db takes, with what lies beside it; blocking."""
    return sum(file.stat().st_size for file in _files(path))


def remove_damaged(path: Path) -> int:
    """Delete the damaged files that were moved aside; how many bytes that frees."""
    freed = 0
    for file in path.parent.glob(f"{path.name}.corrupt-*"):
        freed += file.stat().st_size
        file.unlink()
    return freed


def _files(path: Path) -> list[Path]:
    names = (path.name, f"{path.name}-wal")
    return [file for name in names if (file := path.with_name(name)).exists()]
