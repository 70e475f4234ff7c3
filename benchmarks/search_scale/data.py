"""A made-up index of any size: messages and vectors from a seed, and the true nearest.

The vectors lie in 2,000 clusters of unequal size with twenty smaller ones in each, away
from zero as those of models are; a tenth are all but copies of others, as "ok" and "lol"
are. A query is one of them with noise.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import aiosqlite
import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import cache_directory
from jarvis.inference.embedders.vectors import stored
from jarvis.records import ChatId
from jarvis.stores.index.models import activate_model, begin_model
from jarvis.stores.index.numbers import number_chats, number_senders
from jarvis.stores.index.records import IndexedMessage, Segment
from jarvis.stores.index.segments import write_segments
from jarvis.stores.index.vectors import texts_without_vector, write_vectors
from jarvis.stores.index.words import prepare_words
from jarvis.stores.index.writing import write_messages
from jarvis.stores.jarvisdb import JarvisDb, open_writer

DIMS: Final = 384
QUERIES: Final = 100
NEAREST: Final = 10
CHATS: Final = 800
SENDERS: Final = 300
T0_MS: Final = 1_500_000_000_000
STEP_MS: Final = 120_000

_MADE: Final = 50_000
"""Vectors that are made together."""
_WRITTEN: Final = 5_000
_CLUSTERS: Final = 2_000
_SMALLER: Final = 20
_WORDS: Final = 30_000
_STOCK: Final = (
    *("ok", "lol", "thanks", "sounds good", "on my way", "see you tomorrow"),
    *("yes", "no", "haha", "good night", "where are you", "call me later"),
    *("happy birthday", "I'm home", "love you", "what's up"),
)

Vectors = NDArray[np.float32]


class Generated(NamedTuple):
    """An index of so many messages and vectors: the file, what is asked, what is right.

    `nearest`: of each query the numbers of the true nearest, the best first; the numbers
    are also the vectors' slots.
    """

    database: Path
    queries: Vectors
    nearest: NDArray[np.int64]


def generated(size: int) -> Generated:
    """Built once, kept in the user's cache."""
    directory = cache_directory() / f"search-{size}"
    database, truth = directory / "jarvis.db", directory / "truth.npz"
    if not truth.exists():
        directory.mkdir(parents=True, exist_ok=True)
        for file in directory.iterdir():
            file.unlink()
        asyncio.run(_build(database, size))
        queries = _queries(size)
        np.savez(truth, queries=queries, nearest=_nearest(queries, size))
    with np.load(truth) as kept:
        return Generated(database, kept["queries"], kept["nearest"])


def vectors(size: int) -> Iterator[Vectors]:
    """All vectors in the order of their slots, some at a time."""
    for first in range(0, size, _MADE):
        yield _vectors(first)[: size - first]


def mean() -> Vectors:
    """What signs are taken of the distance to."""
    centre: Vectors = _vectors(0).mean(axis=0)
    return centre


def _vectors(first: int) -> Vectors:
    chance = np.random.default_rng((7, first))
    # A few directions tell most, as in models, and lie across all dimensions.
    spectrum = 1 / (1 + np.arange(DIMS) / 20)
    fixed = np.random.default_rng(1)
    turned, _ = np.linalg.qr(fixed.normal(size=(DIMS, DIMS)))
    offset = 0.4 * fixed.normal(size=DIMS) * spectrum
    centres = fixed.normal(size=(_CLUSTERS, DIMS)) * spectrum
    smaller = fixed.normal(size=(_SMALLER, DIMS)) * spectrum
    sizes = 1 / np.arange(1, _CLUSTERS + 1)
    which = chance.choice(_CLUSTERS, _MADE, p=sizes / sizes.sum())
    made = centres[which] + 0.7 * smaller[chance.integers(0, _SMALLER, _MADE)]
    made += 0.8 * chance.normal(size=(_MADE, DIMS)) * spectrum + offset
    made = (made @ turned).astype(np.float32)
    copies = np.flatnonzero(chance.random(_MADE) < 0.1)
    made[copies] = made[chance.integers(0, _MADE, len(copies))]
    made[copies] += 0.02 * chance.normal(size=(len(copies), DIMS))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(made, np.float32)


def _queries(size: int) -> Vectors:
    chance = np.random.default_rng(3)
    made = _vectors(0)[chance.integers(0, min(size, _MADE), QUERIES)]
    made = made + 0.5 * chance.normal(size=made.shape) / DIMS**0.5
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(made, np.float32)


def _nearest(queries: Vectors, size: int) -> NDArray[np.int64]:
    cosines = np.empty((QUERIES, 0), np.float32)
    slots = np.empty((QUERIES, 0), np.int64)
    first = 0
    for made in vectors(size):
        here = queries @ made.T
        cosines = np.concatenate((cosines, here), axis=1)
        numbers = np.arange(first, first + len(made))
        slots = np.concatenate((slots, np.tile(numbers, (QUERIES, 1))), axis=1)
        best = np.argsort(-cosines, axis=1)[:, :NEAREST]
        cosines = np.take_along_axis(cosines, best, axis=1)
        slots = np.take_along_axis(slots, best, axis=1)
        first += len(made)
    return slots


async def _build(database: Path, size: int) -> None:
    writer = await open_writer(database)
    async with writer.transaction() as db:
        await prepare_words(db)
        await number_chats(db, [ChatId(f"chat{at}") for at in range(CHATS)])
        await number_senders(db, [f"+1555{at:07}" for at in range(SENDERS)])
    await _write_messages(writer, size + size // 5)  # many say the same
    async with writer.transaction() as db:
        model = await begin_model(db, "made", DIMS, mean().astype("<f4").tobytes())
    await _write_vectors(writer, model.id, size)
    async with writer.transaction() as db:
        await activate_model(db, model.id)
        await db.execute("DELETE FROM search_wanted")
    await writer.close()


async def _write_messages(writer: JarvisDb, size: int) -> None:
    chance = random.Random(5)
    last: defaultdict[int, list[IndexedMessage]] = defaultdict(list)
    for first in range(1, size + 1, _WRITTEN):
        ids = range(first, min(first + _WRITTEN, size + 1))
        messages = [_message(chance, id_) for id_ in ids]
        segments = []
        for message in messages:
            run = last[message.chat]
            run.append(message)
            if len(run) == 5:
                segments.append(_segment(run))
                del run[:3]
        async with writer.transaction() as db:
            await write_messages(db, messages)
            await write_segments(db, segments)


async def _write_vectors(writer: JarvisDb, model_id: int, size: int) -> None:
    centre = mean()
    for made in vectors(size):
        for at in range(0, len(made), _WRITTEN):
            some = made[at : at + _WRITTEN]
            made_of = stored(some, centre)
            async with writer.transaction() as db:
                wanted = await texts_without_vector(db, len(some))
                refs = [each.ref for each in wanted]
                await write_vectors(
                    db,
                    model_id,
                    refs,
                    rows=made_of.rows,
                    scales=made_of.scales,
                    codes=made_of.codes,
                )


def _message(chance: random.Random, id_: int) -> IndexedMessage:
    return IndexedMessage(
        id=id_,
        chat=_skewed(chance, CHATS, 1.0),
        sender=chance.choice((0, _skewed(chance, SENDERS, 1.0))),
        date_ms=T0_MS + id_ * STEP_MS,
        text=_text(chance),
        has_attachment=chance.random() < 0.08,
    )


def _text(chance: random.Random) -> str:
    if (kind := chance.random()) < 0.22:
        return chance.choice(_STOCK)
    words = [f"w{_skewed(chance, _WORDS, 3.7)}" for _ in range(chance.randint(1, 12))]
    if kind < 0.24:
        words.append("吃火锅")
    elif kind < 0.3:
        words.append("😂")
    return " ".join(words)


def _skewed(chance: random.Random, count: int, flat: float) -> int:
    """From 1 to `count`, the first most often; `flat` makes the first few more alike."""
    return int(flat * ((count + flat) / flat) ** chance.random() - flat) + 1


def _segment(run: list[IndexedMessage]) -> Segment:
    return Segment(
        chat=run[0].chat,
        first_ms=run[0].date_ms,
        first_id=run[0].id,
        last_ms=run[-1].date_ms,
        last_id=run[-1].id,
    )


async def one_number(db: aiosqlite.Connection, sql: str) -> int:
    """The first column of the first row."""
    ((number,),) = await db.execute_fetchall(sql)
    return int(number)
