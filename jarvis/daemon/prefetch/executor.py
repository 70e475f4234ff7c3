"""Has one ask after the other made into a draft, and counts how each ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from jarvis.daemon.logs import traced
from jarvis.daemon.prefetch.asks import Ask, AskQueue
from jarvis.daemon.prefetch.ledger import Ledger
from jarvis.errors import Busy, JarvisError, NothingToAnswer, UnknownChat
from jarvis.inference.background import Background
from jarvis.protocol.events import PrefetchComplete
from jarvis.records import ChatId, Draft, PrefetchOrigin

if TYPE_CHECKING:
    from jarvis.assistant.drafting.cache import DraftCache
    from jarvis.assistant.drafting.cached_draft import CachedDraft
    from jarvis.stores.chatdb import Chat

log = logging.getLogger("jarvis.prefetch")


class DraftService(Protocol):
    """Who drafts: `daemon.drafts.Drafts`, which is loaded when it is first used."""

    @property
    def cache(self) -> DraftCache:
        """The drafts that there are."""

    async def make_ready(
        self,
        chat_id: ChatId,
        num_suggestions: int,
        origin: PrefetchOrigin,
        background: Background,
    ) -> Draft:
        """Write a draft for the messages of now, where a reply is expected."""

    async def ready(self, chat: Chat, num_suggestions: int) -> Draft | None:
        """The draft that was made ready for the messages of now."""


class _NoRoom(Exception):
    """The machine has none to spare."""


class Executor:
    """Works while asks wait, one at a time; `current` is the one being made.

    Args:
        queue: the asks that wait.
        ledger: where it is counted what became of each.
        load: gives the draft service, which takes long to load the first time.
        objection: why nothing should be made now; null: it may.
        publish: told of each draft that is ready.
        tasks: where drafts are made.
    """

    def __init__(
        self,
        queue: AskQueue,
        ledger: Ledger,
        *,
        load: Callable[[], Awaitable[DraftService]],
        objection: Callable[[], Awaitable[str | None]],
        publish: Callable[[PrefetchComplete], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self.current: Ask | None = None
        self._queue = queue
        self._ledger = ledger
        self._load = load
        self._objection = objection
        self._publish = publish
        self._tasks = tasks
        self._working: asyncio.Task[None] | None = None

    def put(self, ask: Ask) -> None:
        """Have it made in its turn, if it is not on its way; the less urgent wait."""
        current = self.current
        if current is not None and current.serves(ask):
            current.merge(ask)
            if current.cached is not None:
                current.cached.origin = current.origin
            return
        if self._queue.put(ask):
            self._ledger.scheduled += 1
        if current is not None and current.urgency < ask.urgency:
            self.stop(current)
        if self._working is None:
            self._working = self._tasks.create_task(self._work())

    def stop(self, ask: Ask) -> None:
        """Make it later, unless a person has come to wait for it."""
        if ask.making is not None and not ask.background.is_awaited:
            ask.making.cancel()

    def give_up(self, ask: Ask) -> None:
        """Do not make it at all, unless a person has come to wait for it."""
        ask.is_given_up = True
        self.stop(ask)

    async def _work(self) -> None:
        """Make drafts until nothing more is asked for."""
        try:
            while (ask := self._queue.take()) is not None:
                self.current = ask
                await self._make(ask)
        finally:
            self.current = self._working = None

    async def _make(self, ask: Ask) -> None:
        begun_s = time.perf_counter()
        ask.background, ask.cached = Background(), None
        ask.making = making = self._tasks.create_task(self._made(ask))
        try:
            await asyncio.wait({making})
        finally:
            ask.making = None
            making.cancel()
        self._end(ask, making, (time.perf_counter() - begun_s) * 1000)

    def _end(
        self, ask: Ask, making: asyncio.Task[Draft | Exception], took_ms: float
    ) -> None:
        cached = ask.cached
        if cached is not None and (draft := cached.written) is not None:
            self._succeed(ask, cached, draft)
        elif making.cancelled():
            self._ledger.note_wasted(ask.origin, took_ms)
            self._try_again(ask)
        else:
            self._settle(ask, making.result(), took_ms)

    async def _made(self, ask: Ask) -> Draft | Exception:
        """The draft, or why there is none: a task that fails would end the daemon."""
        try:
            if await self._objection() is not None:
                return _NoRoom()
            drafts = await self._load()
            return await drafts.make_ready(
                ask.chat_id, ask.num_suggestions, ask.origin, ask.background
            )
        except Exception as error:
            return error

    def _succeed(self, ask: Ask, cached: CachedDraft, draft: Draft) -> None:
        cached.is_counted = True
        self._ledger.note_executed(ask.origin, cached.cost_ms)
        if cached.is_used:
            self._ledger.note_used(ask.origin)
        if cached.is_kept:
            ready = msgspec.structs.replace(draft, prefetched=True)
            self._publish(
                PrefetchComplete(chat_id=ask.chat_id, source=ask.origin, draft=ready)
            )
        elif not cached.is_used:
            self._ledger.note_unused(ask.origin, cached.cost_ms)

    def _settle(self, ask: Ask, outcome: Draft | Exception, took_ms: float) -> None:
        """Nothing new was made."""
        match outcome:
            case Draft(gated=True):
                self._ledger.skip("no reply is expected")
            case Draft():
                self._ledger.skip("ready already")
            case _NoRoom():
                self._ledger.skip("no room on the machine")
            case Busy() if ask.background.is_preempted:
                self._ledger.note_wasted(ask.origin, took_ms)
                self._try_again(ask)
            case Busy():
                self._ledger.skip("too many wait for the model")
            case UnknownChat() | NothingToAnswer():
                self._ledger.skip("nothing to answer")
            case _:
                self._ledger.failed += 1
                self._ledger.note_wasted(ask.origin, took_ms)
                if not isinstance(outcome, JarvisError):
                    log.error("a draft could not be made ready: %s", traced(outcome))

    def _try_again(self, ask: Ask) -> None:
        """What was stopped is still wanted, or another ask for its conversation waits."""
        if ask.is_given_up or not self._queue.put(ask):
            self._ledger.cancelled += 1
