"""Conversations and senders as small numbers, which the index is filtered by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import aiosqlite

from jarvis.records import ChatId
from jarvis.stores.queries import listed

_CHATS: Final = (
    "SELECT chat_id, min(number) FROM search_chat"
    " WHERE chat_id IN (SELECT value FROM json_each(?)) GROUP BY chat_id"
)
_SENDERS: Final = (
    "SELECT handle, number FROM search_sender"
    " WHERE handle IN (SELECT value FROM json_each(?))"
)


async def number_chats(
    db: aiosqlite.Connection, chat_ids: Collection[ChatId]
) -> dict[ChatId, int]:
    """The number of each conversation, new ones where none is. In a transaction."""
    numbers = await _numbers(db, _CHATS, chat_ids)
    if new := [(chat_id,) for chat_id in {*chat_ids} - {*numbers}]:
        await db.executemany(
            "INSERT INTO search_chat (chat_id) VALUES (?)", sorted(new)
        )
        numbers = await _numbers(db, _CHATS, chat_ids)
    return {ChatId(chat_id): number for chat_id, number in numbers.items()}


async def number_senders(
    db: aiosqlite.Connection, handles: Collection[str]
) -> dict[str, int]:
    """The number of each of these handles, new ones where none is. In a transaction."""
    numbers = await _numbers(db, _SENDERS, handles)
    if new := [(handle,) for handle in {*handles} - {*numbers}]:
        await db.executemany(
            "INSERT INTO search_sender (handle) VALUES (?)", sorted(new)
        )
        numbers = await _numbers(db, _SENDERS, handles)
    return numbers


async def chats_numbered(db: aiosqlite.Connection, chat_id: ChatId) -> tuple[int, ...]:
    """All numbers of a conversation; none: nothing of it is indexed."""
    sql = "SELECT number FROM search_chat WHERE chat_id = ? ORDER BY number"
    return tuple(row[0] for row in await db.execute_fetchall(sql, (chat_id,)))


async def senders_numbered(
    db: aiosqlite.Connection, handles: Collection[str]
) -> tuple[int, ...]:
    """The numbers of these handles, of those that the index knows."""
    return tuple(sorted((await _numbers(db, _SENDERS, handles)).values()))


async def all_senders(db: aiosqlite.Connection) -> dict[str, int]:
    """Every handle that wrote something, and its number."""
    rows = await db.execute_fetchall("SELECT handle, number FROM search_sender")
    return {row[0]: row[1] for row in rows}


async def rename_chats(
    db: aiosqlite.Connection, renamed: Mapping[ChatId, ChatId]
) -> None:
    """What was indexed under one id is found under another. In a transaction."""
    await db.executemany(
        "UPDATE search_chat SET chat_id = ?2 WHERE chat_id = ?1", renamed.items()
    )


async def _numbers(
    db: aiosqlite.Connection, sql: str, names: Collection[str]
) -> dict[str, int]:
    asked = listed(names)
    rows = await db.execute_fetchall(sql, (asked,))
    return {row[0]: row[1] for row in rows}
