"""What is nearest to a query by meaning, under exact filters, as jarvis.db is now.

vectors = VectorSearch(reader)
near = await vectors.nearest(query, 50, Filters(chats=(3,)))
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import aiosqlite

from jarvis.later import later
from jarvis.stores.index import codes
from jarvis.stores.index.chunks import codes_version, load_codes
from jarvis.stores.index.models import answering_model
from jarvis.stores.index.reading import Said, messages_of, slots_passing
from jarvis.stores.index.records import Filters, IndexModel, Ref
from jarvis.stores.index.vectors import rows_of

if TYPE_CHECKING:
    from jarvis.search import flat
else:
    flat = later("jarvis.search.flat")  # numpy, at the first search

SCAN: Final = 2_000
KEEP: Final = 200
FEW: Final = 5_000
"""Where no more messages pass the filters, their texts are looked at alone."""


class Near(NamedTuple):
    """A text or a segment, its cosine with the query, and the messages of it that pass."""

    ref: Ref
    similarity: float
    said: Said


class VectorSearch:
    """The codes of the model that answers, kept as jarvis.db has them."""

    def __init__(self, reader: aiosqlite.Connection) -> None:
        self._reader = reader
        self._busy = asyncio.Lock()
        self._model: IndexModel | None = None
        self._version = 0
        self._index: flat.FlatIndex | None = None

    async def model(self) -> IndexModel | None:
        """Which model's vectors are looked at; None: there are none yet."""
        return await answering_model(self._reader)

    async def nearest(
        self, query: bytes, count: int, filters: Filters | None = None
    ) -> list[Near]:
        """The `count` nearest, the best first; fewer only where no more pass.

        `query`: little-endian float32, of the length of the model's dims.
        """
        filters = filters or Filters()
        async with self._busy:
            index = await self._loaded()
            if index is None or self._model is None:
                return []
            return await self._nearest(index, self._model.id, query, count, filters)

    async def _nearest(
        self,
        index: flat.FlatIndex,
        model_id: int,
        query: bytes,
        count: int,
        filters: Filters,
    ) -> list[Near]:
        few = None
        if filters != Filters():
            few = await slots_passing(self._reader, model_id, filters, FEW)
        scan, keep = SCAN, max(KEEP, count)
        while True:
            slots = await asyncio.to_thread(
                index.nearest, query, max(scan, keep), keep, _mask(filters), few
            )
            found = await self._exact(model_id, query, slots, filters)
            if len(found) >= count or len(slots) < keep:
                return found[:count]
            # Places let through too much: those that pass lie further down.
            scan, keep = 4 * scan, 4 * keep

    async def _exact(
        self, model_id: int, query: bytes, slots: Sequence[int], filters: Filters
    ) -> list[Near]:
        """Those of these with messages that pass, by their vectors."""
        rows = await rows_of(self._reader, model_id, slots)
        similarities = await asyncio.to_thread(flat.closeness, query, rows)
        said = await messages_of(self._reader, [row.ref for row in rows], filters)
        near = [
            Near(row.ref, similarity, said[row.ref])
            for row, similarity in zip(rows, similarities, strict=True)
            if row.ref in said
        ]
        return sorted(near, key=lambda each: (-each.similarity, -each.said.ids[0]))

    async def _loaded(self) -> flat.FlatIndex | None:
        """The codes as they are in jarvis.db now; None: no model has any."""
        model = await answering_model(self._reader)
        if model is None:
            self._model = self._index = None
            return None
        if self._index is None or model.id != (self._model and self._model.id):
            self._index = flat.FlatIndex(model.dims, model.mean)
            self._version = 0
        self._model = model
        version = await codes_version(self._reader)
        if version != self._version:
            async for chunks in load_codes(self._reader, model.id, self._version):
                await asyncio.to_thread(self._index.put, chunks)
            self._version = version
        return self._index


def _mask(filters: Filters) -> flat.Mask | None:
    """What the filters ask of a place."""
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
