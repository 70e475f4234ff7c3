"""Which models made the vectors: one answers, a new one is completed beside it."""

from __future__ import annotations

from itertools import pairwise

import aiosqlite

from jarvis.stores.index.chunks import MODEL_CHUNKS, MODEL_SLOTS, next_version
from jarvis.stores.index.records import IndexModel

_COLUMNS = "id, name, dims, mean, active"


async def index_models(db: aiosqlite.Connection) -> list[IndexModel]:
    """All that have vectors here, the newest last."""
    rows = await db.execute_fetchall(f"SELECT {_COLUMNS} FROM search_model ORDER BY id")
    return [
        IndexModel(id_, name, dims, mean, bool(active))
        for id_, name, dims, mean, active in rows
    ]


async def answering_model(db: aiosqlite.Connection) -> IndexModel | None:
    """The one to ask: the active one, or the first of all while it is being completed."""
    models = await index_models(db)
    active = [model for model in models if model.is_active]
    return next(iter(active or models), None)


async def begin_model(
    db: aiosqlite.Connection, name: str, dims: int, mean: bytes
) -> IndexModel:
    """Every text and segment is wanted by this model from now on. Inside a transaction.

    The name tells apart what gives other vectors: model and revision. One that was not
    completed is given up (`shed_vectors`); the active one goes on answering.
    """
    await db.execute("DELETE FROM search_model WHERE NOT active OR name = ?", (name,))
    await db.execute(
        "INSERT INTO search_model (name, dims, mean, active) VALUES (?, ?, ?, 0)",
        (name, dims, mean),
    )
    await db.execute("DELETE FROM search_wanted")
    await db.execute(
        "INSERT INTO search_wanted SELECT 0, id,"
        " (SELECT max(date_ms) FROM search_message WHERE text_id = search_text.id)"
        " FROM search_text WHERE embed"
    )
    await db.execute(
        "INSERT INTO search_wanted SELECT 1, id, last_ms FROM search_segment"
    )
    return (await index_models(db))[-1]


async def activate_model(db: aiosqlite.Connection, model_id: int) -> None:
    """It is complete, and answers; the others are given up. Inside a transaction."""
    await db.execute("DELETE FROM search_model WHERE id <> ?", (model_id,))
    await db.execute("UPDATE search_model SET active = 1 WHERE id = ?", (model_id,))


async def shed_vectors(db: aiosqlite.Connection, limit: int) -> bool:
    """Delete `limit` vectors of models that were given up; whether more are left.

    Inside a transaction: a million in one would keep the writer for long.
    """
    left = limit
    for first, end in await _gaps(db):
        await _forget_codes(db, first, end)
        cursor = await db.execute(
            "DELETE FROM search_vector WHERE slot IN (SELECT slot FROM search_vector"
            " WHERE slot >= ? AND slot < ? LIMIT ?)",
            (first * MODEL_SLOTS, end * MODEL_SLOTS, left),
        )
        left -= cursor.rowcount
        if left <= 0:
            return True
    return False


async def _forget_codes(db: aiosqlite.Connection, first: int, end: int) -> None:
    cursor = await db.execute(
        "DELETE FROM search_code WHERE chunk >= ? AND chunk < ?",
        (first * MODEL_CHUNKS, end * MODEL_CHUNKS),
    )
    if cursor.rowcount:
        await next_version(db)


async def _gaps(db: aiosqlite.Connection) -> list[tuple[int, int]]:
    """Ids from, up to and without, that no model has."""
    ids = [0, *(model.id for model in await index_models(db)), 1 << 30]
    return [(low + 1, high) for low, high in pairwise(ids)]
