"""What is nearest to a query by meaning, under exact filters, as jarvis.db is now.

    vectors = VectorSearch()
    near = await vectors.nearest(db, query, 50, Filters(chats=(3,)))

The codes of the model that answers are read at the first search and then follow the file:
each change of them has a number, so only what was committed is ever seen, by whomever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import aiosqlite

from jarvis.later import later
from jarvis.stores.index import codes
from jarvis.stores.index.chunks import codes_version, load_codes
from jarvis.stores.index.models import answering_model
from jarvis.stores.index.reading import newest_of, slots_passing
from jarvis.stores.index.records import Filters, IndexModel, Ref
from jarvis.stores.index.vectors import rows_of, vectors_of

if TYPE_CHECKING:
    from jarvis.search import flat
else:
    flat = later("jarvis.search.flat")  # numpy, at the first search

SCAN: Final = 2_000
KEEP: Final = 300
"""Codes that are looked at again, and vectors that are read of those, at the least: so of
a million .98 of the ten nearest are found."""
FEW: Final = 5_000
"""Where no more messages pass the filters, their texts are looked at alone."""


class Near(NamedTuple):
    """A text or a segment, its cosine with the query, and messages of it that pass.

    `ids`: behind a text the newest, behind a segment all of them, newest first.
    """

    ref: Ref
    similarity: float
    ids: tuple[int, ...]


class VectorSearch:
    """Searches by meaning; the codes stay in memory until they are dropped."""

    def __init__(self) -> None:
        self._loading = asyncio.Lock()
        self._model: IndexModel | None = None
        self._version = 0
        self._index: flat.FlatIndex | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether the codes are in memory: 60 bytes a vector of 384 numbers."""
        return self._index is not None

    def drop(self) -> None:
        """Let go of the codes; the next search reads them again, in half a second."""
        self._index = None

    async def nearest(
        self,
        db: aiosqlite.Connection,
        query: bytes,
        count: int,
        filters: Filters | None = None,
    ) -> list[Near]:
        """The `count` nearest, the best first; fewer only where no more pass.

        `query`: little-endian float32, as many as the answering model's dims.
        """
        model = await answering_model(db)
        if model is None:
            self.drop()
            return []
        index = await self._loaded(db, model)
        filters = filters or Filters()
        mask = _mask(filters)
        few = None
        if mask is not None:
            few = await slots_passing(db, model.id, filters, FEW)
        scan, keep = SCAN, max(KEEP, count)
        while True:
            slots = await asyncio.to_thread(
                index.nearest, query, max(scan, keep), keep, mask, few
            )
            found = await _exact(db, model.id, query, slots, filters, few)
            if len(found) >= count or len(slots) < keep:
                return found[:count]
            # Places let through too much: those that pass lie further down.
            scan, keep = 4 * scan, 4 * keep

    async def similarities(
        self, db: aiosqlite.Connection, query: bytes, refs: Sequence[Ref]
    ) -> dict[Ref, float]:
        """The cosines of these with the query, of those that have a vector."""
        model = await answering_model(db)
        if model is None:
            return {}
        rows = await vectors_of(db, model.id, refs)
        similarities = await asyncio.to_thread(flat.closeness, query, rows)
        return {row.ref: each for row, each in zip(rows, similarities, strict=True)}

    async def _loaded(
        self, db: aiosqlite.Connection, model: IndexModel
    ) -> flat.FlatIndex:
        """The codes as they are in jarvis.db now."""
        async with self._loading:
            index = self._index
            if index is None or self._model != model:
                index = await asyncio.to_thread(_empty, model)
                self._index, self._model, self._version = index, model, 0
            version = await codes_version(db)
            if version != self._version:
                async for chunks in load_codes(db, model.id, self._version):
                    await asyncio.to_thread(index.put, chunks)
                self._version = version
            return index


async def _exact(
    db: aiosqlite.Connection,
    model_id: int,
    query: bytes,
    slots: Sequence[int],
    filters: Filters,
    few: Mapping[int, tuple[int, ...]] | None,
) -> list[Near]:
    """Those of these with messages that pass, ordered by their vectors.

    `few`: those messages by slot, where they are known.
    """
    rows = await rows_of(db, model_id, slots)
    similarities = await asyncio.to_thread(flat.closeness, query, rows)
    if few is None:
        passing = await newest_of(db, [row.ref for row in rows], filters)
    else:
        passing = {row.ref: few[row.slot] for row in rows}
    near = [
        Near(row.ref, similarity, passing[row.ref])
        for row, similarity in zip(rows, similarities, strict=True)
        if row.ref in passing
    ]
    return sorted(near, key=lambda each: (-each.similarity, -each.ids[0]))


def _empty(model: IndexModel) -> flat.FlatIndex:
    return flat.FlatIndex(model.dims, model.mean)


def _mask(filters: Filters) -> flat.Mask | None:
    """What the filters ask of a place; None: nothing."""
    if filters == Filters():
        return None
    flags = []
    for asked, yes, no in (
        (filters.from_me, codes.FROM_ME, codes.FROM_OTHERS),
        (filters.has_attachment, codes.WITH_ATTACHMENT, codes.WITHOUT_ATTACHMENT),
    ):
        if asked is not None:
            flags.append(yes if asked else no)
    after, before = filters.after_ms, filters.before_ms
    return flat.Mask(
        chats=filters.chats,
        senders=filters.senders,
        after_s=None if after is None else codes.seconds(after),
        before_s=None if before is None else codes.seconds(before),
        flags=tuple(flags),
    )
