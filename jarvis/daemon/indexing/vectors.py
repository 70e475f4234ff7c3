"""Texts made findable by what they mean, a batch at a time, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import aiosqlite

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import (
    ModelRecord,
    model_of_vectors,
    vectors_name,
)
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.search.segments import segment_text
from jarvis.stores.index.backlog import give_up, return_to, sample_texts
from jarvis.stores.index.models import (
    activate_model,
    begin_model,
    index_models,
    shed_vectors,
)
from jarvis.stores.index.records import IndexModel, Kind, Ref, Wanted
from jarvis.stores.index.vectors import texts_without_vector, write_vectors
from jarvis.stores.jarvisdb import JarvisDb

BATCH_TEXTS: Final = 256
"""One transaction: what a kill costs."""
SAMPLE_TEXTS: Final = 2_000
"""Of so many the mean is taken that all vectors of a model are centred on, for good."""
SHED_AT_A_TIME: Final = 2_000
_SMALLER: Final = 16
_HARMLESS: Final = "good morning"


class VectorIndex:
    """Has what is without a vector embedded by the pool's process, and stores it.

    Where the process dies of a batch, what was in it is embedded in smaller and smaller
    ones; the one text that it dies of twice is given up, so that it holds up no other.
    """

    def __init__(
        self, pool: EmbedderPool, writer: JarvisDb, reader: aiosqlite.Connection
    ) -> None:
        self._pool = pool
        self._writer = writer
        self._reader = reader
        self._batch_texts = BATCH_TEXTS
        self._suspects = 0
        """How many texts may hold the one that the process died of."""
        self._failed: Ref | None = None

    async def begin(
        self, model: ModelRecord, is_allowed: Callable[[], bool]
    ) -> IndexModel | None:
        """The model as the index knows it, from now on if need be; None: there is no text.

        Raises:
            ModelUnavailable: it cannot be loaded.
            StoreUnavailable: jarvis.db cannot be written.
        """
        assert model.embedding is not None, "the pool's models make vectors"
        name = vectors_name(model)
        known = await index_models(self._reader)
        if known and known[-1].name == name:
            return known[-1]
        active = next((each for each in known if each.name == name), None)
        if active is not None:
            async with self._writer.transaction() as db:
                await return_to(db, active.id)
            return active
        sample = await sample_texts(self._reader, SAMPLE_TEXTS)
        if not sample:
            return None
        mean = await self._pool.mean(sample, model=model.name)
        async with self._writer.transaction() as db:
            if not is_allowed():  # the texts may be gone by now
                return None
            return await begin_model(db, name, model.embedding.dims, mean)

    async def embed_batch(self, model: IndexModel) -> int:
        """Embed the newest that have no vector; how many that were, 0 at the end.

        Raises:
            ModelUnavailable: the model failed; it may be tried again.
            StoreUnavailable: jarvis.db cannot be written.
        """
        batch = await texts_without_vector(self._reader, self._batch_texts)
        if not batch:
            return 0
        refs = [each.ref for each in batch]
        try:
            made = await self._pool.store(
                [*map(_text, batch)], model.mean, model=_plain(model)
            )
        except ModelUnavailable:
            if not await self._is_given_up(model, refs):
                raise
            return len(refs)
        async with self._writer.transaction() as db:
            await write_vectors(
                db, model.id, refs, rows=made.rows, scales=made.scales, codes=made.codes
            )
        self._suspects -= len(refs)
        if self._suspects <= 0:
            self._batch_texts = BATCH_TEXTS
        return len(refs)

    async def _is_given_up(self, model: IndexModel, refs: Sequence[Ref]) -> bool:
        """Whether the batch was one text that the process dies of; else try fewer."""
        if len(refs) > 1:
            self._suspects = max(self._suspects, len(refs))
            self._batch_texts = max(1, len(refs) // _SMALLER)
            return False
        if refs[0] != self._failed:
            self._failed = refs[0]
            return False
        # Else it is not the text.
        await self._pool.store([_HARMLESS], model.mean, model=_plain(model))
        async with self._writer.transaction() as db:
            await give_up(db, refs)
        return True

    async def finish(self, model: IndexModel) -> None:
        """Everything has a vector: this model answers from now on.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        if not model.is_active:
            async with self._writer.transaction() as db:
                await activate_model(db, model.id)
        has_more = True
        while has_more:
            async with self._writer.transaction() as db:
                has_more = await shed_vectors(db, SHED_AT_A_TIME)


def _plain(model: IndexModel) -> str:
    return model_of_vectors(model.name)[0]


def _text(wanted: Wanted) -> str:
    if wanted.ref.kind is Kind.SEGMENT:
        return segment_text(wanted.title, wanted.texts)
    return "".join(wanted.texts)
