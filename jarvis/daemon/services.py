"""What handlers may use: everything the daemon built, in one place."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import aiosqlite
import msgspec

from jarvis.config import Settings
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.inbox.late_followers import LateFollowers
from jarvis.daemon.late import Part
from jarvis.daemon.mail import Mail
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.replay import Replay
from jarvis.daemon.sending.backend import SendBackend
from jarvis.daemon.watcher import Watcher
from jarvis.errors import CannotSend, StoreUnavailable
from jarvis.protocol.methods.search import IndexState
from jarvis.protocol.methods.status import PingStatus
from jarvis.stores.jarvisdb import JarvisDb

if TYPE_CHECKING:
    from jarvis.daemon.assistance import Assistance
    from jarvis.daemon.sending.sending import Sending

STARTING = "Jarvis has only just started and is reading chat.db; ask again in a moment."


class Stores(msgspec.Struct, eq=False):
    """The databases and who follows them. `tasks` end before they are closed."""

    inbox: Inbox
    mail: Mail
    reader: aiosqlite.Connection
    writer: JarvisDb
    tasks: asyncio.TaskGroup
    late_followers: LateFollowers
    replay: Replay
    sending: Sending | None
    watcher: Watcher


class Services(msgspec.Struct, eq=False):
    """The parts of a running daemon. `stop` begins its end.

    `stores` comes a moment after the socket listens; `problem` says why it did not.
    `is_opened` is set as soon as one of the two is there. What works with a model is built
    later still: `assisted` waits for it.
    """

    settings: Settings
    late: Part[Assistance]
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
    is_opened: asyncio.Event = msgspec.field(default_factory=asyncio.Event)
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

    @property
    def index_state(self) -> IndexState:
        """How far the search index is."""
        readers = self.late.built.readers if self.late.built else None
        if readers is None or readers.indexer is None:
            return IndexState(state="waiting", reason=self.store_problem)
        return readers.indexer.state()

    # What works with a model

    async def assisted(self) -> Assistance:
        """What works with a model, built by now.

        Raises:
            ModelUnavailable: the program was updated or removed since the daemon began.
        """
        return await self.late.get()

    @property
    def assistance(self) -> Assistance:
        """The same for handlers that were called after it was built."""
        assert self.late.built is not None
        return self.late.built

    @property
    def is_model_ready(self) -> bool:
        """Whether the model is loaded that writes."""
        assistance = self.late.built
        return assistance is not None and assistance.supervisor.state.state == "ready"

    def expect_drafts(self, client: object) -> None:
        """This connection will ask for drafts, or looks as if it will."""
        self.late.when_built(lambda built: built.warm_up.expect_drafts(client))

    def begin_to_drain(self) -> None:
        """Take on nothing that nobody waits for."""
        self.is_draining = True
        if self.late.built is not None:
            self.late.built.begin_to_drain()

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
