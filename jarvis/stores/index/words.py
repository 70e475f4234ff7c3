"""The full-text rows of messages: written, taken out again, and folded anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import aiosqlite

from jarvis.stores.index.fold import FOLD_VERSION, fold
from jarvis.stores.index.state import (
    CLEARING,
    FOLD,
    WORDS_FROM,
    get_state,
    put_state,
)
from jarvis.stores.index.texts import restored

_WRITE: Final = "INSERT INTO search_words (rowid, text, meta) VALUES (?, ?, ?)"
_REMOVE: Final = (
    "INSERT INTO search_words (search_words, rowid, text, meta)"
    " VALUES ('delete', ?, ?, ?)"
)
_LEAVES_NOTHING: Final = sqlite3.sqlite_version_info >= (3, 42)
"""Whether FTS5 can take words out of its lists at once, not only when it merges them."""
_MERGED_PAGES: Final = 500
"""A step of some 40 ms; new mail waits no longer than that."""
_BELOW: Final = """
SELECT m.id, m.chat, m.sender, t.body, m.extra, m.attachment
FROM search_message AS m JOIN search_text AS t ON t.id = m.text_id
WHERE m.id < ? ORDER BY m.id DESC LIMIT ?
"""


class Worded(NamedTuple):
    """A message as its full-text row is made of it."""

    id: int
    chat: int
    sender: int
    body: str
    extra: str
    has_attachment: bool


async def prepare_words(db: aiosqlite.Connection) -> None:
    """Begin anew what another fold wrote. To be called before anything is written.

    Inside a transaction. `refold` then writes the words of what is there.
    """
    state = await get_state(db)
    if state.get(FOLD) == FOLD_VERSION:
        return
    await db.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    if _LEAVES_NOTHING:
        await db.execute(
            "INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1)"
        )
    ((newest,),) = await db.execute_fetchall("SELECT max(id) FROM search_message")
    words_from = None if newest is None else newest + 1
    await put_state(db, {FOLD: FOLD_VERSION, WORDS_FROM: words_from, CLEARING: None})


async def refold(db: aiosqlite.Connection, limit: int) -> bool:
    """Write the words of the next `limit` messages, newest first; whether more are left.

    Inside a transaction. There is nothing to do unless another fold wrote the index.
    """
    below = await words_from(db)
    if below is None:
        return False
    rows = list(await db.execute_fetchall(_BELOW, (below, limit)))
    await write_words(db, [_worded(row) for row in rows])
    has_more = len(rows) == limit
    await put_state(db, {WORDS_FROM: rows[-1][0] if has_more else None})
    return has_more


async def clear_words(db: aiosqlite.Connection) -> bool:
    """Take words of deleted messages out of the file, a step; whether more are left.

    Inside a transaction, when nothing else is to be done: all steps together write the
    words of the index anew. Newer SQLite has them gone at once, and no step is to be done.
    """
    if not (await get_state(db)).get(CLEARING):
        return False
    before = db.total_changes
    await db.execute(
        "INSERT INTO search_words (search_words, rank) VALUES ('merge', ?)",
        (-_MERGED_PAGES,),
    )
    has_more = db.total_changes - before >= 2  # as FTS5's documentation tells it
    if not has_more:
        await put_state(db, {CLEARING: None})
    return has_more


async def words_from(db: aiosqlite.Connection) -> int | None:
    """The id from which on messages have words while they are folded anew."""
    value = (await get_state(db)).get(WORDS_FROM)
    return None if value is None else int(value)


async def write_words(db: aiosqlite.Connection, messages: Iterable[Worded]) -> None:
    """Of messages that have none. Inside a transaction.

    In the order of ids: a lower one than the last has FTS5 write out what it gathered.
    """
    rows = [_row(message) for message in sorted(messages)]
    await db.executemany(_WRITE, rows)


async def remove_words(db: aiosqlite.Connection, messages: Sequence[Worded]) -> None:
    """Exactly what was written of them. Inside a transaction."""
    await db.executemany(_REMOVE, [_row(message) for message in sorted(messages)])
    if messages and not _LEAVES_NOTHING:
        await put_state(db, {CLEARING: 1})


def _row(message: Worded) -> tuple[int, str, str]:
    text = f"{message.body}\n{message.extra}" if message.extra else message.body
    meta = f"c{message.chat} s{message.sender}"
    return message.id, fold(text), f"{meta} a" if message.has_attachment else meta


def _worded(row: sqlite3.Row) -> Worded:
    id_, chat, sender, body, extra, attachment = row
    return Worded(
        id_, chat, sender, restored(body), restored(extra or ""), bool(attachment)
    )
