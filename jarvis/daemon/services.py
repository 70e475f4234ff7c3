"""What handlers may use: everything the daemon built, in one place."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from jarvis.assistant.generation.styles import PromptStyles
from jarvis.config import Settings
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.mail import Mail
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.models import Models
from jarvis.daemon.prefetch import Prefetcher
from jarvis.daemon.replay import Replay
from jarvis.daemon.sending.backend import SendBackend
from jarvis.daemon.warm_up import WarmUp
from jarvis.daemon.watcher import Watcher
from jarvis.errors import CannotSend, StoreUnavailable
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.inference.pool.supervisor import Supervisor
from jarvis.protocol.methods.search import IndexState
from jarvis.protocol.methods.status import PingStatus

if TYPE_CHECKING:
    from jarvis.daemon.drafts import Drafts
    from jarvis.daemon.indexing import Indexer
    from jarvis.daemon.search import Search
    from jarvis.daemon.sending.sending import Sending

STARTING = "Jarvis has only just started and is reading chat.db; ask again in a moment."


class Stores(msgspec.Struct, eq=False):
    """The databases and who follows them.

    `drafts` and `indexer` are made when first asked for, or a moment after the start;
    `search` at the first one.
    """

    inbox: Inbox
    mail: Mail
    new_drafts: Callable[[], Drafts]
    new_search: Callable[[], Search]
    feedback: Feedback
    replay: Replay
    sending: Sending | None
    watcher: Watcher
    prefetcher: Prefetcher
    notice: str | None
    """What was mended when they were opened, if anything."""
    new_indexer: Callable[[], Awaitable[Indexer]]
    drafts: Drafts | None = None
    search: Search | None = None
    indexer: Indexer | None = None
    making: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)
    """Held while the indexer is made: there is one."""

    async def begin_indexing(self) -> Indexer:
        """Who makes the search index, and has begun to.

        Raises:
            StoreUnavailable: jarvis.db cannot be read.
        """
        async with self.making:
            if self.indexer is None:
                self.indexer = await self.new_indexer()
        return self.indexer


class Services(msgspec.Struct, eq=False):
    """The parts of a running daemon. `stop` begins its end.

    `stores` comes a moment after the socket listens; `problem` says why it did not.
    """

    settings: Settings
    styles: PromptStyles
    supervisor: Supervisor
    embedding: EmbedderPool
    models: Models
    warm_up: WarmUp
    metrics: Metrics
    broadcast: Broadcast
    stop: Callable[[], None]
    look_at_program: Callable[[], None] = lambda: None
    """See at once whether this daemon's program is gone, and it has to make room."""
    send_backend: SendBackend | None = None
    cannot_send: str | None = None
    """Why nothing can be sent from this machine, as a sentence."""
    stores: Stores | None = None
    problem: str | None = None
    pid: int = msgspec.field(default_factory=os.getpid)
    started_s: float = msgspec.field(default_factory=time.monotonic)
    is_draining: bool = False

    @property
    def mail(self) -> Mail:
        """Messages and conversations.

        Raises:
            StoreUnavailable: they cannot be read yet, or at all.
        """
        if self.stores is None or not self.stores.mail.is_ready:
            raise StoreUnavailable(self.store_problem or STARTING)
        return self.stores.mail

    @property
    def drafts(self) -> Drafts:
        """Who drafts.

        Raises:
            StoreUnavailable: messages cannot be read yet, or at all.
        """
        stores = self._opened
        if stores.drafts is None:
            stores.drafts = stores.new_drafts()
        return stores.drafts

    @property
    def search(self) -> Search:
        """Who searches.

        Raises:
            StoreUnavailable: messages cannot be read yet, or at all.
        """
        stores, _ = self._opened, self.mail
        if stores.search is None:
            stores.search = stores.new_search()
        return stores.search

    @property
    def prefetcher(self) -> Prefetcher:
        """Who has drafts made ready.

        Raises:
            StoreUnavailable: jarvis.db cannot be used, or not yet.
        """
        return self._opened.prefetcher

    @property
    def feedback(self) -> Feedback:
        """What became of suggestions.

        Raises:
            StoreUnavailable: jarvis.db cannot be used, or not yet.
        """
        return self._opened.feedback

    @property
    def replay(self) -> Replay:
        """What was pushed.

        Raises:
            StoreUnavailable: it is not known yet how far that went, or never.
        """
        if self.stores is None or self.epoch is None:
            raise StoreUnavailable(self.store_problem or STARTING)
        return self.stores.replay

    @property
    def inbox(self) -> Inbox:
        """What follows chat.db and writes jarvis.db.

        Raises:
            StoreUnavailable: jarvis.db cannot be used, or not yet.
        """
        return self._opened.inbox

    async def indexer(self) -> Indexer:
        """Who makes the search index.

        Raises:
            StoreUnavailable: jarvis.db cannot be used, or not yet.
        """
        return await self._opened.begin_indexing()

    @property
    def index_state(self) -> IndexState:
        """How far the search index is."""
        indexer = self.stores.indexer if self.stores else None
        if indexer is None:
            return IndexState(state="waiting", reason=self.store_problem)
        return indexer.state()

    def begin_to_drain(self) -> None:
        """Take on nothing that nobody waits for."""
        self.is_draining = True
        if self.stores is not None:
            self.stores.prefetcher.close()

    async def forget(self) -> None:
        """Let go of what is in memory of what jarvis.db no longer holds."""
        await (await self.indexer()).forget()
        self.prefetcher.invalidate("forgotten")
        if (drafts := self._opened.drafts) is not None:
            drafts.forget()
        if (search := self._opened.search) is not None:
            search.forget()
        await self.feedback.begin()
        await self.metrics.forget()

    @property
    def _opened(self) -> Stores:
        if self.stores is None:
            raise StoreUnavailable(self.problem or STARTING)
        return self.stores

    @property
    def sending(self) -> Sending:
        """What sends messages.

        Raises:
            CannotSend: nothing does, on this machine.
            StoreUnavailable: messages cannot be read yet, or at all.
        """
        if self.send_backend is None:
            raise CannotSend(self.cannot_send or "This machine cannot send.")
        sending = self.stores.sending if self.stores else None
        if sending is None or not self.mail.is_ready:
            raise StoreUnavailable(self.store_problem or STARTING)
        return sending

    @property
    def store_problem(self) -> str | None:
        """Why messages cannot be read, as a sentence; None when they can."""
        return self.problem or (self.stores.inbox.problem if self.stores else None)

    @property
    def epoch(self) -> str | None:
        """Which history of events this is; None until it is known."""
        return self.stores.inbox.epoch if self.stores else None

    @property
    def newest_seq(self) -> int:
        """The number of the newest event that was published; 0 until that is known."""
        return self.stores.inbox.seq if self.stores else 0

    @property
    def uptime_s(self) -> float:
        """Since the daemon began to serve."""
        return time.monotonic() - self.started_s

    @property
    def ping_status(self) -> PingStatus:
        """Starting until a list can be read; degraded while messages cannot."""
        if self.is_draining:
            return "draining"
        if self.store_problem is not None:
            return "degraded"
        is_ready = self.stores is not None and self.stores.mail.is_ready
        return "ok" if is_ready else "starting"
