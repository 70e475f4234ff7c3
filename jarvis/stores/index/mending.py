"""Codes that do not agree with the vectors they were made of: told, and made anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import aiosqlite

from jarvis.stores.index.chunks import (
    MODEL_CHUNKS,
    MODEL_SLOTS,
    next_version,
    write_chunks,
)
from jarvis.stores.index.codes import SLOTS, Chunk
from jarvis.stores.index.records import IndexModel, Kind, Ref
from jarvis.stores.index.vectors import places_of

Sign = Callable[[IndexModel, Sequence[bytes], Sequence[float]], bytes]
"""Makes codes, one after another, of a model's rows and their scales."""

_MENDED: Final = 8
"""Chunks in a transaction: 2,048 vectors."""
_VECTORS: Final = """
SELECT count(*) FROM search_vector INDEXED BY search_vector_ref WHERE slot >> 32 = ?
"""
_CODES: Final = f"""
SELECT coalesce(sum({SLOTS} - free), 0),
  coalesce(min(length(live)) = {SLOTS // 8} AND max(length(live)) = {SLOTS // 8}
    AND min(length(codes)) = max(length(codes)) AND max(length(codes)) % {SLOTS} = 0, 1)
FROM search_code WHERE chunk >= ? AND chunk < ?
"""
_LAST: Final = """
SELECT max(
  coalesce((SELECT max(slot) FROM search_vector WHERE slot < ?1) / 256, 0),
  coalesce((SELECT max(chunk) FROM search_code WHERE chunk < ?1 / 256), 0)
)
"""
_ROWS: Final = """
SELECT slot, kind, ref, scale, v FROM search_vector
WHERE slot >= ? AND slot < ? ORDER BY slot
"""


async def codes_agree(db: aiosqlite.Connection, model: IndexModel) -> bool:
    """Whether there are as many codes as vectors, all of one size."""
    first = model.id * MODEL_CHUNKS
    ((vectors,),) = await db.execute_fetchall(_VECTORS, (model.id,))
    asked = (first, first + MODEL_CHUNKS)
    ((codes, are_alike),) = await db.execute_fetchall(_CODES, asked)
    return bool(vectors == codes and are_alike)


async def rebuild_codes(
    db: aiosqlite.Connection, model: IndexModel, sign: Sign, first: int
) -> int | None:
    """Make some chunks anew, from the first on; from which to go on, None at the end.

    Inside a transaction. Begin with 0. A vector of what is not there any more goes.
    """
    base = model.id * MODEL_CHUNKS
    low, high = base + first, base + first + _MENDED
    rows = list(await db.execute_fetchall(_ROWS, (low * SLOTS, high * SLOTS)))
    await db.execute(
        "DELETE FROM search_code WHERE chunk >= ? AND chunk < ?", (low, high)
    )
    places = await places_of(db, [Ref(Kind(row[1]), row[2]) for row in rows])
    there = [row for row in rows if Ref(Kind(row[1]), row[2]) in places]
    orphans = [(row[0],) for row in rows if Ref(Kind(row[1]), row[2]) not in places]
    await db.executemany("DELETE FROM search_vector WHERE slot = ?", orphans)
    codes = sign(model, [row[4] for row in there], [row[3] for row in there])
    size = len(codes) // max(len(there), 1)
    chunks: dict[int, Chunk] = {}
    for at, row in enumerate(there):
        chunk = chunks.setdefault(row[0] // SLOTS, Chunk.empty(size))
        code = codes[at * size : (at + 1) * size]
        chunk.put(row[0] % SLOTS, code, places[Ref(Kind(row[1]), row[2])])
    await write_chunks(db, chunks, await next_version(db))
    ((last,),) = await db.execute_fetchall(_LAST, ((model.id + 1) * MODEL_SLOTS,))
    return first + _MENDED if last >= high else None
