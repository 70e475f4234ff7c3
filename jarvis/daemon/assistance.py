"""What works with a model, and who reads messages for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from jarvis.assistant.generation.styles import PromptStyles
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.models import Models
from jarvis.daemon.prefetch import Prefetcher
from jarvis.daemon.warm_up import WarmUp
from jarvis.errors import StoreUnavailable
from jarvis.inference.pool.supervisor import Supervisor

if TYPE_CHECKING:
    from jarvis.daemon.drafts import Drafts
    from jarvis.daemon.indexing import Indexer
    from jarvis.daemon.search import Search


class Readers(msgspec.Struct, eq=False):
    """Those that read messages, and write jarvis.db.

    `drafts` and `indexer` are made when first asked for, or a moment after the first
    list; `search` at the first one.
    """

    feedback: Feedback
    prefetcher: Prefetcher
    new_drafts: Callable[[], Drafts]
    new_search: Callable[[], Search]
    new_indexer: Callable[[], Awaitable[Indexer]]
    drafts: Drafts | None = None
    search: Search | None = None
    indexer: Indexer | None = None
    making: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)
    """Held while the indexer is made: there is one."""


class Assistance(msgspec.Struct, eq=False):
    """What drafts, searches and indexes; `readers` only where jarvis.db can be used."""

    styles: PromptStyles
    supervisor: Supervisor
    models: Models
    warm_up: WarmUp
    problem: str | None
    """Why there are no readers."""
    readers: Readers | None = None

    @property
    def drafts(self) -> Drafts:
        """Who drafts.

        Raises:
            StoreUnavailable: jarvis.db cannot be used.
        """
        readers = self._readers
        if readers.drafts is None:
            readers.drafts = readers.new_drafts()
        return readers.drafts

    @property
    def search(self) -> Search:
        """Who searches.

        Raises:
            StoreUnavailable: messages cannot be read yet, or at all.
        """
        readers = self._readers
        if readers.search is None:
            readers.search = readers.new_search()
        return readers.search

    @property
    def prefetcher(self) -> Prefetcher:
        """Who has drafts made ready.

        Raises:
            StoreUnavailable: jarvis.db cannot be used.
        """
        return self._readers.prefetcher

    @property
    def feedback(self) -> Feedback:
        """What became of suggestions.

        Raises:
            StoreUnavailable: jarvis.db cannot be used.
        """
        return self._readers.feedback

    async def indexer(self) -> Indexer:
        """Who makes the search index, and has begun to.

        Raises:
            StoreUnavailable: jarvis.db cannot be used.
        """
        readers = self._readers
        async with readers.making:
            if readers.indexer is None:
                readers.indexer = await readers.new_indexer()
        return readers.indexer

    async def forget(self) -> None:
        """Let go of what is in memory of what jarvis.db no longer holds."""
        readers = self._readers
        await (await self.indexer()).forget()
        readers.prefetcher.invalidate("forgotten")
        if readers.drafts is not None:
            readers.drafts.forget()
        if readers.search is not None:
            readers.search.forget()
        await readers.feedback.begin()

    def begin_to_drain(self) -> None:
        """Take on nothing that nobody waits for."""
        if self.readers is not None:
            self.readers.prefetcher.close()

    @property
    def _readers(self) -> Readers:
        if self.readers is None:
            raise StoreUnavailable(self.problem or "jarvis.db cannot be used.")
        return self.readers
