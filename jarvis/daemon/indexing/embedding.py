"""Vectors made while the machine can spare it, until every text has one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

import aiosqlite

from jarvis.daemon.indexing.pace import Pace
from jarvis.daemon.indexing.throttle import DRAFTING, FEW_TEXTS, Throttle
from jarvis.daemon.indexing.vectors import VectorIndex
from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.stores.index.backlog import count_vectors, count_wanted
from jarvis.stores.jarvisdb import JarvisDb

LOOK_AGAIN_S: Final = 30.0
"""How often it is asked whether the machine can spare it by now, while there is work."""
DRAFT_S: Final = 0.5
"""The same while a reply is being written."""
TRIES: Final = 6
"""So often in a row it is tried again, with fewer texts, before a person is told."""

log = logging.getLogger("jarvis.index")


class Embedding:
    """Knows how far the vectors are. `is_allowed` tells whether the user lets it work.

    `objection` says why it waits, `problem` what is wrong with the model, `no_model` that
    none was chosen; `on_change` hears whenever one of them or the counts changed.
    """

    def __init__(
        self,
        pool: EmbedderPool,
        writer: JarvisDb,
        reader: aiosqlite.Connection,
        throttle: Throttle,
        *,
        is_allowed: Callable[[], bool],
        on_change: Callable[[], None],
    ) -> None:
        self.embedded = 0
        self.wanted = 0
        self.model: str | None = None
        self.objection: str | None = None
        self.problem: str | None = None
        self.no_model: str | None = None
        self.is_done = False
        """Whether all there is has a vector, or did until a few texts came."""
        self.pace = Pace()
        self.nudge = asyncio.Event()
        """Set when something else may be possible now than a moment before."""
        self._pool = pool
        self._vectors = VectorIndex(pool, writer, reader)
        self._reader = reader
        self._throttle = throttle
        self._is_allowed = is_allowed
        self._on_change = on_change

    def reset(self) -> None:
        """There is nothing any more that has a vector, or could get one."""
        self.embedded = self.wanted = 0
        self.is_done = False

    async def embed_all(self) -> int:
        """Embed what is without a vector, as long as it is allowed; how many that were.

        Raises:
            NoModelChosen: the user wants no vectors.
            ModelUnavailable: the model fails over and over.
            StoreUnavailable: jarvis.db cannot be written.
        """
        self.no_model = None
        try:
            record = await self._pool.model()
        except NoModelChosen as error:
            self.model, self.no_model = None, str(error)
            raise
        if self.model != record.name:
            self.model, self.is_done = record.name, False
        done = failures = 0
        while self._is_allowed():
            try:
                made = await self._embed_some(record, is_first=not done)
            except NoModelChosen:
                raise
            except ModelUnavailable:
                failures += 1
                if failures == TRIES:
                    raise
                await self._pool.model_named(record.name)  # it may be gone
                log.warning("the model that makes vectors failed; it is tried again")
                continue
            if not made:
                break
            done, failures, self.problem = done + made, 0, None
        if done > FEW_TEXTS:
            self._pool.release()
        return done

    async def _embed_some(self, record: ModelRecord, *, is_first: bool) -> int:
        """One batch; how many texts that were, 0 at the end or when it is not allowed."""
        self.wanted = await count_wanted(self._reader)
        if not await self._is_spared(record):
            return 0
        model = await self._vectors.begin(record, self._is_allowed)
        if model is None:
            self._finished()
            return 0
        if is_first:
            self.wanted = await count_wanted(self._reader)
            self.embedded = await count_vectors(self._reader, model.id)
            self.is_done = self.is_done and self.wanted <= FEW_TEXTS
            self.pace.begin()
            self._on_change()
        done = await self._vectors.embed_batch(model)
        if not done:
            await self._vectors.finish(model)
            self.embedded = await count_vectors(self._reader, model.id)
            self._finished()
            return 0
        self.embedded += done
        self.wanted = max(self.wanted - done, 0)
        self.pace.note(done)
        self._on_change()
        return done

    def _finished(self) -> None:
        if self._is_allowed():
            self.is_done, self.problem, self.wanted = True, None, 0
            self._on_change()

    async def _is_spared(self, record: ModelRecord) -> bool:
        """Wait until nothing speaks against it; False: it is not allowed any more."""
        while (why := await self._throttle.objection(record, self.wanted)) is not None:
            if why != DRAFTING:
                self._pool.release()
            self._object(why)
            self.nudge.clear()
            wait_s = DRAFT_S if why == DRAFTING else LOOK_AGAIN_S
            await news(self.nudge, wait_s)
            if not self._is_allowed():
                self._object(None)
                return False
        self._object(None)
        return True

    def _object(self, why: str | None) -> None:
        if self.objection != why:
            self.objection = why
            self.pace.begin()
            self._on_change()


async def news(event: asyncio.Event, wait_s: float | None) -> None:
    """Wait for it, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            await event.wait()
