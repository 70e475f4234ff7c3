"""How much of the index is made and what is still wanted, or given up."""

from __future__ import annotations

from collections.abc import Sequence

import aiosqlite

from jarvis.records import ChatId
from jarvis.stores.index.chunks import MODEL_CHUNKS
from jarvis.stores.index.codes import SLOTS
from jarvis.stores.index.records import Ref
from jarvis.stores.index.texts import restored


async def count_vectors(db: aiosqlite.Connection, model_id: int) -> int:
    """How many texts and segments have a vector of this model."""
    first = model_id * MODEL_CHUNKS
    ((vectors,),) = await db.execute_fetchall(
        f"SELECT coalesce(sum({SLOTS} - free), 0) FROM search_code"
        " WHERE chunk >= ? AND chunk < ?",
        (first, first + MODEL_CHUNKS),
    )
    return int(vectors)


async def count_messages(db: aiosqlite.Connection) -> int:
    """How many are indexed."""
    ((number,),) = await db.execute_fetchall("SELECT count(*) FROM search_message")
    return int(number)


async def count_wanted(db: aiosqlite.Connection) -> int:
    """What has no vector of the newest model yet."""
    ((wanted,),) = await db.execute_fetchall("SELECT count(*) FROM search_wanted")
    return int(wanted)


async def chats_of(
    db: aiosqlite.Connection, first: int, last: int
) -> dict[int, ChatId]:
    """In which conversation each indexed message from first to last stands."""
    rows = await db.execute_fetchall(
        "SELECT m.id, c.chat_id FROM search_message AS m"
        " JOIN search_chat AS c ON c.number = m.chat WHERE m.id BETWEEN ? AND ?",
        (first, last),
    )
    return {id_: ChatId(chat_id) for id_, chat_id in rows}


async def sample_texts(db: aiosqlite.Connection, limit: int) -> list[str]:
    """Up to `limit` of the texts that get a vector, spread over all of them."""
    sql = (
        "SELECT body FROM search_text WHERE embed AND id %"
        " (SELECT max(1, max(id) / ?1) FROM search_text) = 0 LIMIT ?1"
    )
    return [restored(body) for (body,) in await db.execute_fetchall(sql, (limit,))]


async def give_up(db: aiosqlite.Connection, refs: Sequence[Ref]) -> None:
    """These get no vector. Inside a transaction."""
    await db.executemany("DELETE FROM search_wanted WHERE kind = ? AND ref = ?", refs)


async def return_to(db: aiosqlite.Connection, model_id: int) -> None:
    """Give up every other model; what this one lacks is wanted. Inside a transaction."""
    await db.execute("DELETE FROM search_model WHERE id <> ?", (model_id,))
    await db.execute("DELETE FROM search_wanted")
    has_none = (
        "NOT EXISTS (SELECT 1 FROM search_vector AS v WHERE v.kind = {kind}"
        " AND v.ref = {table}.id AND v.slot >> 32 = ?)"
    )
    await db.execute(
        "INSERT INTO search_wanted SELECT 0, id,"
        " (SELECT max(date_ms) FROM search_message WHERE text_id = search_text.id)"
        f" FROM search_text WHERE embed AND {has_none.format(kind=0, table='search_text')}",
        (model_id,),
    )
    await db.execute(
        "INSERT INTO search_wanted SELECT 1, id, last_ms FROM search_segment"
        f" WHERE {has_none.format(kind=1, table='search_segment')}",
        (model_id,),
    )
