"""Vectors in: their rows and codes, in the places that are free; out again by slot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import count
from struct import unpack
from typing import Any, Final

import aiosqlite

from jarvis.stores.index.chunks import (
    MODEL_CHUNKS,
    MODEL_SLOTS,
    next_version,
    read_chunk,
    remove_slots,
    slots_of,
    write_chunks,
)
from jarvis.stores.index.codes import (
    FROM_ME,
    FROM_OTHERS,
    SEVERAL,
    SLOTS,
    WITH_ATTACHMENT,
    WITHOUT_ATTACHMENT,
    Chunk,
    Place,
    number,
    seconds,
)
from jarvis.stores.index.records import Kind, Ref, StoredRow, Wanted
from jarvis.stores.index.segments import MEMBERS
from jarvis.stores.index.texts import restored
from jarvis.stores.queries import listed

_NEWEST_WANTED: Final = """
SELECT kind, ref FROM search_wanted ORDER BY date_ms DESC, kind DESC, ref DESC LIMIT ?
"""
_PLACE: Final = """
  min(m.chat), max(m.chat), min(m.sender), max(m.sender), min(m.date_ms), max(m.date_ms),
  max(m.sender = 0), max(m.sender <> 0), max(m.attachment), max(NOT m.attachment)
"""
_TEXT_PLACES: Final = f"""
SELECT m.text_id, {_PLACE} FROM search_message AS m
WHERE m.text_id IN (SELECT value FROM json_each(?)) GROUP BY m.text_id
"""
_SEGMENT_PLACES: Final = f"""
SELECT g.id, {_PLACE} {MEMBERS}
WHERE g.id IN (SELECT value FROM json_each(?)) GROUP BY g.id
"""
_ROWS: Final = """
SELECT slot, kind, ref, scale, v FROM search_vector
WHERE slot IN (SELECT value FROM json_each(?))
"""
_FREE: Final = """
SELECT chunk FROM search_code WHERE free > 0 AND chunk >= ? AND chunk < ?
ORDER BY free DESC
"""
_LAST: Final = "SELECT max(chunk) FROM search_code WHERE chunk >= ? AND chunk < ?"
_TEXTS: Final = (
    "SELECT id, body FROM search_text WHERE id IN (SELECT value FROM json_each(?))"
)
_SEGMENT_TEXTS: Final = f"""
SELECT g.id, coalesce(c.display_name, ''), t.body {MEMBERS}
JOIN search_text AS t ON t.id = m.text_id
JOIN search_chat AS n ON n.number = g.chat
LEFT JOIN conversation AS c ON c.chat_id = n.chat_id
WHERE g.id IN (SELECT value FROM json_each(?))
ORDER BY g.id, m.date_ms, m.id
"""


async def texts_without_vector(db: aiosqlite.Connection, limit: int) -> list[Wanted]:
    """What the newest model has no vector of, the newest first."""
    refs = [
        Ref(Kind(kind), id_)
        for kind, id_ in await db.execute_fetchall(_NEWEST_WANTED, (limit,))
    ]
    texts = await _wanted_texts(db, refs)
    # What holds nothing, a segment whose messages went, is answered too: it is to be
    # written as having no vector, or it would be asked for again.
    return [texts.get(ref, Wanted(ref, ())) for ref in refs]


async def write_vectors(
    db: aiosqlite.Connection,
    model_id: int,
    refs: Sequence[Ref],
    *,
    rows: bytes,
    scales: bytes,
    codes: bytes,
) -> None:
    """The vectors of these in their order, as StoredVectors (inference) has them.

    Inside a transaction. What was deleted since is passed over, and so is a model that was
    given up; what has a vector of the model gets another.
    """
    dims = await _dims(db, model_id)
    if dims is None:
        return
    places = await places_of(db, refs)
    await _remove(db, model_id, refs)
    taken = [at for at, ref in enumerate(refs) if ref in places]
    size = len(codes) // max(len(refs), 1)
    put = [(codes[at * size : (at + 1) * size], places[refs[at]]) for at in taken]
    slots = await _take_slots(db, model_id, size, put)
    scale = unpack(f"<{len(refs)}f", scales)
    await db.executemany(
        "INSERT INTO search_vector VALUES (?, ?, ?, ?, ?)",
        [
            (slot, *refs[at], scale[at], rows[at * dims : (at + 1) * dims])
            for slot, at in zip(slots, taken, strict=True)
        ],
    )
    await db.executemany("DELETE FROM search_wanted WHERE kind = ? AND ref = ?", refs)


async def rows_of(
    db: aiosqlite.Connection, model_id: int, slots: Sequence[int]
) -> list[StoredRow]:
    """The vectors in these slots, as far as there are any, in no order."""
    first = model_id * MODEL_SLOTS
    asked = listed(first + slot for slot in slots)
    rows = await db.execute_fetchall(_ROWS, (asked,))
    return [
        StoredRow(slot - first, Ref(Kind(kind), ref), scale, v)
        for slot, kind, ref, scale, v in rows
    ]


async def vectors_of(
    db: aiosqlite.Connection, model_id: int, refs: Sequence[Ref]
) -> list[StoredRow]:
    """The model's vectors of these, as far as there are any, in no order."""
    slots = [
        slot - model_id * MODEL_SLOTS
        for slot, _ in await slots_of(db, refs)
        if slot // MODEL_SLOTS == model_id
    ]
    return await rows_of(db, model_id, slots)


async def _dims(db: aiosqlite.Connection, model_id: int) -> int | None:
    sql = "SELECT dims FROM search_model WHERE id = ?"
    for (dims,) in await db.execute_fetchall(sql, (model_id,)):
        return int(dims)
    return None


async def _remove(db: aiosqlite.Connection, model_id: int, refs: Sequence[Ref]) -> None:
    """What this model has of these."""
    slots = [
        slot for slot, _ in await slots_of(db, refs) if slot // MODEL_SLOTS == model_id
    ]
    await remove_slots(db, slots)


async def places_of(db: aiosqlite.Connection, refs: Sequence[Ref]) -> dict[Ref, Place]:
    """Whose these may be; what is not there any more is left out."""
    places: dict[Ref, Place] = {}
    for kind, sql in ((Kind.TEXT, _TEXT_PLACES), (Kind.SEGMENT, _SEGMENT_PLACES)):
        rows = await _ask(db, sql, refs, kind)
        places.update((Ref(kind, row[0]), _place(*row[1:])) for row in rows)
    return places


def _place(
    chat: int, last_chat: int, sender: int, last_sender: int, *rest: int
) -> Place:
    first_ms, last_ms, *are = rest
    flags = (FROM_ME, FROM_OTHERS, WITH_ATTACHMENT, WITHOUT_ATTACHMENT)
    return Place(
        number(chat) if chat == last_chat else SEVERAL,
        number(sender) if sender == last_sender else SEVERAL,
        seconds(first_ms),
        seconds(last_ms),
        sum(flag for flag, is_so in zip(flags, are, strict=True) if is_so),
    )


async def _take_slots(
    db: aiosqlite.Connection,
    model_id: int,
    code_bytes: int,
    put: Sequence[tuple[bytes, Place]],
) -> list[int]:
    """Where each of these now is: free slots of chunks there are, then of new ones."""
    chunks: dict[int, Chunk] = {}
    slots: list[int] = []
    left = iter(put)
    async for at, chunk in _room(db, model_id, code_bytes):
        for slot, (code, place) in zip(list(chunk.free_slots()), left, strict=False):
            chunk.put(slot, code, place)
            slots.append(at * SLOTS + slot)
            chunks[at] = chunk
        if len(slots) == len(put):
            break
    if chunks:
        await write_chunks(db, chunks, await next_version(db))
    return slots


async def _room(
    db: aiosqlite.Connection, model_id: int, code_bytes: int
) -> AsyncIterator[tuple[int, Chunk]]:
    """Chunks with free slots, without end."""
    first = model_id * MODEL_CHUNKS
    rows = await db.execute_fetchall(_FREE, (first, first + MODEL_CHUNKS))
    for (at,) in rows:
        if (chunk := await read_chunk(db, at)) is not None:
            yield at, chunk
    ((last,),) = await db.execute_fetchall(_LAST, (first, first + MODEL_CHUNKS))
    for at in count(first if last is None else last + 1):
        yield at, Chunk.empty(code_bytes)


async def _wanted_texts(
    db: aiosqlite.Connection, refs: Sequence[Ref]
) -> dict[Ref, Wanted]:
    found: dict[Ref, Wanted] = {}
    for id_, body in await _ask(db, _TEXTS, refs, Kind.TEXT):
        ref = Ref(Kind.TEXT, id_)
        found[ref] = Wanted(ref, (restored(body),))
    for id_, title, body in await _ask(db, _SEGMENT_TEXTS, refs, Kind.SEGMENT):
        ref = Ref(Kind.SEGMENT, id_)
        before = found.get(ref, Wanted(ref, ()))
        found[ref] = Wanted(ref, (*before.texts, restored(body)), title)
    return found


async def _ask(
    db: aiosqlite.Connection, sql: str, refs: Sequence[Ref], kind: Kind
) -> Iterable[Any]:
    asked = listed(ref.id for ref in refs if ref.kind is kind)
    return await db.execute_fetchall(sql, (asked,))
