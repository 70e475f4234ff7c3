"""The rows of search_code: read, changed, and each change numbered for who has a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

import aiosqlite

from jarvis.stores.index.codes import SLOTS, Chunk, Place
from jarvis.stores.index.records import CodeChunk, Kind, Ref
from jarvis.stores.index.state import VERSION, get_number, put_state

MODEL_SLOTS: Final = 1 << 32
"""A model's slots begin at its id times this."""
MODEL_CHUNKS: Final = MODEL_SLOTS // SLOTS

_ASKED: Final = 500
"""So many values stand in one question."""
_LOADED: Final = 32
_CHANGED: Final = """
SELECT chunk, live, codes, places FROM search_code
WHERE chunk >= ? AND chunk < ? AND version > ?
"""
_WRITE: Final = """
INSERT INTO search_code (free, version, live, codes, places, chunk)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (chunk) DO UPDATE SET
  free = excluded.free, version = excluded.version,
  live = excluded.live, codes = excluded.codes, places = excluded.places
"""


async def load_codes(
    db: aiosqlite.Connection, model_id: int, above: int = 0
) -> AsyncIterator[list[CodeChunk]]:
    """The chunks of a model that changed after that version, some at a time.

    Ask for `codes_version` first: what is loaded then is of that version or a later one.
    """
    first = model_id * MODEL_CHUNKS
    async with db.execute(_CHANGED, (first, first + MODEL_CHUNKS, above)) as cursor:
        while rows := await cursor.fetchmany(_LOADED):
            yield [CodeChunk((row[0] - first) * SLOTS, *row[1:]) for row in rows]


async def codes_version(db: aiosqlite.Connection) -> int:
    """Which change of the codes was the last."""
    return await get_number(db, VERSION)


async def widen_places(db: aiosqlite.Connection, places: Mapping[int, Place]) -> None:
    """Let these slots through for more messages than before. Inside a transaction."""
    wider: defaultdict[int, dict[int, Place]] = defaultdict(dict)
    for slot, place in places.items():
        wider[slot // SLOTS][slot % SLOTS] = place
    version = 0
    for number, slots in wider.items():
        chunk = await read_chunk(db, number)
        if chunk is None or not _widen(chunk, slots):
            continue
        version = version or await next_version(db)
        await write_chunks(db, {number: chunk}, version)


def _widen(chunk: Chunk, slots: Mapping[int, Place]) -> bool:
    """Whether anything changed."""
    is_wider = False
    for slot, place in slots.items():
        was = chunk.place(slot)
        if (wide := was.widened(place)) != was:
            chunk.set_place(slot, wide)
            is_wider = True
    return is_wider


async def remove_vectors(db: aiosqlite.Connection, refs: Sequence[Ref]) -> None:
    """Vectors, codes and wishes for them of these, of every model. Inside a transaction."""
    await db.executemany("DELETE FROM search_wanted WHERE kind = ? AND ref = ?", refs)
    await remove_slots(db, [slot for slot, _ in await slots_of(db, refs)])


async def remove_slots(db: aiosqlite.Connection, slots: Sequence[int]) -> None:
    """The vectors in these slots and their codes. Inside a transaction."""
    if slots:
        await db.executemany(
            "DELETE FROM search_vector WHERE slot = ?", [(slot,) for slot in slots]
        )
        await _clear(db, slots)


async def slots_of(
    db: aiosqlite.Connection, refs: Sequence[Ref]
) -> list[tuple[int, Ref]]:
    """Where the vectors of these are, of every model."""
    found: list[tuple[int, Ref]] = []
    for kind in Kind:
        ids = [ref.id for ref in refs if ref.kind is kind]
        for at in range(0, len(ids), _ASKED):
            asked = ids[at : at + _ASKED]
            sql = (
                "SELECT slot, ref FROM search_vector"
                f" WHERE kind = {int(kind)} AND ref IN ({', '.join('?' * len(asked))})"
            )
            rows = await db.execute_fetchall(sql, asked)
            found += [(slot, Ref(kind, id_)) for slot, id_ in rows]
    return found


async def _clear(db: aiosqlite.Connection, slots: Iterable[int]) -> None:
    """Nothing of the codes in these slots stays."""
    by_chunk: defaultdict[int, list[int]] = defaultdict(list)
    for slot in slots:
        by_chunk[slot // SLOTS].append(slot % SLOTS)
    version = await next_version(db)
    for number, cleared in by_chunk.items():
        chunk = await read_chunk(db, number)
        if chunk is not None:
            chunk.clear(cleared)
            await write_chunks(db, {number: chunk}, version)


async def read_chunk(db: aiosqlite.Connection, number: int) -> Chunk | None:
    """A chunk to be changed."""
    sql = "SELECT live, codes, places FROM search_code WHERE chunk = ?"
    for row in await db.execute_fetchall(sql, (number,)):
        return Chunk(*row)
    return None


async def write_chunks(
    db: aiosqlite.Connection, chunks: Mapping[int, Chunk], version: int
) -> None:
    """Put these in the place of what stood there. Inside a transaction."""
    rows = [
        (
            chunk.free,
            version,
            bytes(chunk.live),
            bytes(chunk.codes),
            bytes(chunk.places),
            number,
        )
        for number, chunk in chunks.items()
    ]
    await db.executemany(_WRITE, rows)


async def next_version(db: aiosqlite.Connection) -> int:
    """The number of the change that is being made. Inside a transaction."""
    version = await get_number(db, VERSION) + 1
    await put_state(db, {VERSION: version})
    return version
