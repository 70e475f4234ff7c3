"""Messages by what they mean: each by its own text and by the few around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, NamedTuple

import aiosqlite

from jarvis.search.ranking import Meant, own_weight
from jarvis.search.vectors import VectorSearch
from jarvis.stores.index.finding import segments_over
from jarvis.stores.index.reading import messages
from jarvis.stores.index.records import Filters, Kind, Ref, StoredMessage

IDLE_S: Final = 600.0
"""How long the codes stay in memory unused: 57 MB a million, read in half a second."""
NEAREST: Final = 100
"""Texts and segments that are looked at; the messages of a segment are up to five."""

Connect = Callable[[], AbstractAsyncContextManager[aiosqlite.Connection]]


class NearMessages(NamedTuple):
    """Messages near a question, in no order, and what the index has of them."""

    meant: Sequence[Meant]
    stored: dict[int, StoredMessage]


class Meaning:
    """Asks the vectors, and lets go of their codes when nobody has asked for a while."""

    def __init__(self, connect: Connect, idle_s: float = IDLE_S) -> None:
        self._connect = connect
        self._idle_s = idle_s
        self._vectors = VectorSearch()
        self._loading: asyncio.Task[None] | None = None
        self._dropping: asyncio.TimerHandle | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether the codes are in memory."""
        return self._vectors.is_loaded

    def drop(self) -> None:
        """Let go of the codes; the next search reads them again."""
        self._vectors.drop()
        if self._dropping is not None:
            self._dropping.cancel()
            self._dropping = None

    async def close(self) -> None:
        """Let go of everything, also of what is being read."""
        self.drop()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait([self._loading])

    async def near(
        self,
        db: aiosqlite.Connection,
        question: bytes,
        filters: Filters,
        single_weight: float,
    ) -> NearMessages:
        """Messages near the question that pass.

        `question` is its vector, as Vectors has it; `single_weight` how much a message's
        own similarity counts beside that of its segment.
        """
        await self._load(question)
        near = await self._vectors.nearest(db, question, NEAREST, filters)
        similarities = {each.ref: each.similarity for each in near}
        ids = {id_ for each in near for id_ in each.ids}
        stored = await messages(db, ids)
        over = await segments_over(db, stored)
        refs = {
            message.id: (
                Ref(Kind.TEXT, message.text_id),
                *(Ref(Kind.SEGMENT, each) for each in over.get(message.id, ())),
            )
            for message in stored.values()
        }
        others = {ref for some in refs.values() for ref in some} - similarities.keys()
        similarities |= await self._vectors.similarities(db, question, [*others])
        meant = [
            _meant(stored[message], some, similarities, single_weight)
            for message, some in refs.items()
        ]
        return NearMessages([each for each in meant if each is not None], stored)

    async def _load(self, question: bytes) -> None:
        """Have the codes read, for whoever searches next too if this one is given up."""
        self._keep()
        if self._vectors.is_loaded:
            return
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._read(question))
            self._loading.add_done_callback(_heard)
        await asyncio.shield(self._loading)

    async def _read(self, question: bytes) -> None:
        async with self._connect() as db:
            await self._vectors.nearest(db, question, 1)

    def _keep(self) -> None:
        if self._dropping is not None:
            self._dropping.cancel()
        loop = asyncio.get_running_loop()
        self._dropping = loop.call_later(self._idle_s, self.drop)


def _heard(loading: asyncio.Task[None]) -> None:
    """Whoever waits is told of an error; perhaps nobody does any more."""
    if not loading.cancelled():
        loading.exception()


def _meant(
    message: StoredMessage,
    refs: Collection[Ref],
    similarities: Mapping[Ref, float],
    single_weight: float,
) -> Meant | None:
    """How near a message is; None where nothing of it has a vector."""
    own = _highest(refs, Kind.TEXT, similarities)
    around = _highest(refs, Kind.SEGMENT, similarities)
    known = [each for each in (own, around) if each is not None]
    if not known:
        return None
    # What stands in no segment yet is as near as its own text.
    weight = single_weight * own_weight(len(message.text))
    score = known[-1] + weight * max(own or 0.0, 0.0)
    return Meant(message.id, max(known), score, is_own=own == max(known))


def _highest(
    refs: Iterable[Ref], kind: Kind, similarities: Mapping[Ref, float]
) -> float | None:
    found = (
        similarities[ref] for ref in refs if ref.kind is kind and ref in similarities
    )
    return max(found, default=None)
