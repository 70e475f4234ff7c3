"""The index of Jarvis itself at one size, measured in a process of its own.

Processor time beside wall time, because other work shares the machine; memory is what the
process holds that is no file's.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import aiosqlite
import numpy as np

from benchmarks.search_scale.data import (
    QUERIES,
    STEP_MS,
    T0_MS,
    Generated,
    generated,
    one_number,
)
from jarvis.inference.embedders.vectors import stored
from jarvis.search import flat
from jarvis.search.vectors import VectorSearch
from jarvis.stores.index.fold import words_of
from jarvis.stores.index.keywords import keyword_hits, typed_hits
from jarvis.stores.index.models import answering_model
from jarvis.stores.index.reading import newest
from jarvis.stores.index.records import Filters, IndexedMessage
from jarvis.stores.index.vectors import rows_of, texts_without_vector, write_vectors
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer

WANTED: Final = 50
TURNS: Final = 30
TICK_S: Final = 0.001
NEW_ID: Final = 1 << 40

Samples = list[tuple[float, float]]
"""Wall and processor time of each, in ms."""


class Figures(dict[str, Samples | float]):
    """What was measured, by name."""

    async def take(
        self, name: str, act: Callable[[int], Awaitable[object]], turns: int = TURNS
    ) -> None:
        """So many times, after once that does not count."""
        await act(0)
        samples: Samples = []
        for turn in range(turns):
            wall, used = time.perf_counter(), time.process_time()
            await act(turn)
            used = time.process_time() - used
            samples.append(((time.perf_counter() - wall) * 1000, used * 1000))
        self[name] = samples


async def measure(data: Generated) -> Figures:
    """Everything, on a copy that may be written to."""
    figures = Figures()
    db = await open_reader(data.database)
    await _vectors(db, data, figures)
    await _keywords(db, figures)
    await db.close()
    with tempfile.TemporaryDirectory(dir=data.database.parent) as name:
        copy = Path(name) / "jarvis.db"
        shutil.copyfile(data.database, copy)
        writer = await open_writer(copy)
        await _changes(writer, data, figures)
        await writer.close()
    return figures


async def _vectors(db: aiosqlite.Connection, data: Generated, figures: Figures) -> None:
    search = VectorSearch()
    asked = [query.tobytes() for query in data.queries]
    flat.FlatIndex(64, bytes(256)).put([])  # numpy is there, as after a first search
    before = private_mb()

    async def load(_: int) -> None:
        search.drop()
        await search.nearest(db, asked[0], 1)

    await figures.take("load", load, turns=5)
    figures["memory MB"] = private_mb() - before
    newest_ms = T0_MS + STEP_MS * await one_number(
        db, "SELECT max(id) FROM search_message"
    )
    tenth_ms = newest_ms - (newest_ms - T0_MS) // 10
    for name, filters in (
        ("nearest", Filters()),
        ("nearest in a small chat", Filters(chats=(60,))),
        ("nearest in the largest chat", Filters(chats=(1,))),
        ("nearest of the last tenth", Filters(after_ms=tenth_ms)),
        ("nearest from me", Filters(from_me=True)),
    ):
        await figures.take(name, partial(_search, db, search, asked, filters))
    figures["recall"] = await _recall(db, search, data)
    await _gaps(db, search, asked, figures)


async def _search(
    db: aiosqlite.Connection,
    search: VectorSearch,
    asked: list[bytes],
    filters: Filters,
    turn: int,
) -> None:
    await search.nearest(db, asked[turn % QUERIES], WANTED, filters)


async def _hits(db: aiosqlite.Connection, query: str, filters: Filters, _: int) -> None:
    await keyword_hits(db, words_of(query), filters, WANTED)


async def _recall(
    db: aiosqlite.Connection, search: VectorSearch, data: Generated
) -> float:
    """The share of the true ten nearest that are among the ten found."""
    model = await answering_model(db)
    assert model is not None
    right = 0
    for query, nearest in zip(data.queries, data.nearest, strict=True):
        slots = [int(slot) for slot in nearest]
        true = {row.ref for row in await rows_of(db, model.id, slots)}
        found = await search.nearest(db, query.tobytes(), len(slots))
        right += len(true & {near.ref for near in found})
    return right / data.nearest.size


async def _gaps(
    db: aiosqlite.Connection, search: VectorSearch, asked: list[bytes], figures: Figures
) -> None:
    """How late a loop is that wants a turn each millisecond, idle and while searching."""
    for name, turns in (("loop gap idle", 0), ("loop gap while searching", 100)):
        gaps: Samples = []
        ticking = asyncio.create_task(_tick(gaps))
        for turn in range(turns):
            await search.nearest(db, asked[turn % QUERIES], WANTED)
        if not turns:
            await asyncio.sleep(1)
        ticking.cancel()
        figures[name] = gaps


async def _tick(gaps: Samples) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(TICK_S)
        now = time.perf_counter()
        gaps.append((max(now - last - TICK_S, 0) * 1000, 0.0))
        last = now


async def _keywords(db: aiosqlite.Connection, figures: Figures) -> None:
    tenth_ms = T0_MS + STEP_MS * (
        await one_number(db, "SELECT max(id) FROM search_message") * 9 // 10
    )
    for name, query, filters in (
        ("a word most have", "w1", Filters()),
        ("a word many have", "w3", Filters()),
        ("a word few have", "w300", Filters()),
        ("a rare word", "w20000", Filters()),
        ("three words", "w2 w40 w900", Filters()),
        ("characters", "火锅", Filters()),
        ("an emoji", "😂", Filters()),
        ("a word in the largest chat", "w1", Filters(chats=(1,))),
        ("a word in a small chat", "w1", Filters(chats=(60,))),
        ("a word from one sender", "w1", Filters(senders=(20,))),
        ("a word of the last tenth", "w1", Filters(after_ms=tenth_ms)),
        ("a word of the first nine tenths", "w1", Filters(before_ms=tenth_ms)),
    ):
        await figures.take(name, partial(_hits, db, query, filters))
    await figures.take(
        "typed", lambda _: typed_hits(db, ("w1", "w12"), Filters(), WANTED)
    )
    await figures.take(
        "newest in a chat", lambda _: newest(db, Filters(chats=(1,)), WANTED)
    )
    plain = (
        "SELECT rowid FROM search_words WHERE search_words MATCH 'w1'"
        " ORDER BY rank LIMIT 50"
    )
    await figures.take("plain FTS5", lambda _: db.execute_fetchall(plain), turns=5)


async def _changes(writer: JarvisDb, data: Generated, figures: Figures) -> None:
    """A message written, embedded, deleted; each then seen by the next search."""
    search = VectorSearch()
    asked = data.queries[0].tobytes()
    model = await answering_model(writer.connection)
    assert model is not None
    centre = np.frombuffer(model.mean, "<f4")

    async def write(turn: int, count: int) -> None:
        first = NEW_ID + turn * count
        async with writer.transaction() as db:
            await write_messages(db, [_new(first + at) for at in range(count)])
            wanted = await texts_without_vector(db, count)
            made = stored(data.queries[[0] * len(wanted)], centre)
            await write_vectors(
                db,
                model.id,
                [each.ref for each in wanted],
                rows=made.rows,
                scales=made.scales,
                codes=made.codes,
            )

    async def delete(turn: int, count: int) -> None:
        async with writer.transaction() as db:
            await delete_messages(db, range(1 + turn * count, 1 + (turn + 1) * count))

    async def follow(turn: int) -> None:
        await write(turn, 1)
        await search.nearest(writer.connection, asked, 1)

    await figures.take("write 1, and the next search", follow, 10)
    for count in (1, 1000):
        turns = 10 if count == 1 else 3
        await figures.take(f"write {count}", partial(write, count=count), turns)
        await figures.take(f"delete {count}", partial(delete, count=count), turns)


def _new(id_: int) -> IndexedMessage:
    return IndexedMessage(
        id=id_, chat=3, sender=1, date_ms=T0_MS + id_, text=f"something new {id_}"
    )


def private_mb() -> float:
    """What the process holds that no file backs; what was freed goes back first."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    kilobytes = next(
        line.split()[1] for line in rollup.splitlines() if line.startswith("Anonymous:")
    )
    return int(kilobytes) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(generated(int(sys.argv[1]))))))
