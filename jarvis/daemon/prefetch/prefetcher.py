"""Has drafts made ready: for conversations that are opened, looked at, or have new mail.

One is made at a time, in the background class of the model's queue, so that no person
waits for it. Nothing is made unasked: a conversation that is opened, a pointer that rests
on one, and new mail set it to work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from jarvis.daemon.inbox import Committed
from jarvis.daemon.prefetch.asks import Ask, AskQueue
from jarvis.daemon.prefetch.changes import ChatOf, outdated_by
from jarvis.daemon.prefetch.executor import DraftService, Executor
from jarvis.daemon.prefetch.ledger import Held, Ledger
from jarvis.daemon.prefetch.new_mail import CallLater, NewMail, ReadPast
from jarvis.protocol.events import PrefetchComplete
from jarvis.protocol.methods.prefetch import PrefetchStats
from jarvis.records import ChatId, Draft, PrefetchOrigin
from jarvis.stores.chatdb import Chat

if TYPE_CHECKING:
    from jarvis.assistant.drafting.cached_draft import CachedDraft
    from jarvis.config import Limits

SWITCHED_OFF: Final = "prefetch is switched off ([prefetch] enabled, JARVIS_PREFETCH)"
STOPPED: Final = "the daemon is stopping"


class Prefetcher:
    """Takes asks, has drafts made for them, and knows what became of each.

    Honours `Usage` of the draft cache.

    Args:
        is_on: whether a person wants it at all.
        load: gives the draft service, which takes long to load the first time.
        loaded: the draft service, if it was loaded.
        objection: why nothing should be made now; null: it may.
        chat_of: the conversation that chats belong to.
        read_past: gives the newest messages of all conversations, oldest first.
        is_anybody_there: whether a client is connected: without one mail asks for nothing.
        publish: told of each draft that is ready.
        tasks: where drafts are made.
        limits: how many drafts are kept, and how large.
        clock: in seconds; it goes on in sleep and is never set back.
        call_later: that of the loop when left out.
    """

    def __init__(
        self,
        *,
        is_on: bool,
        load: Callable[[], Awaitable[DraftService]],
        loaded: Callable[[], DraftService | None],
        objection: Callable[[], Awaitable[str | None]],
        chat_of: ChatOf,
        read_past: ReadPast,
        is_anybody_there: Callable[[], bool],
        publish: Callable[[PrefetchComplete], None],
        tasks: asyncio.TaskGroup,
        limits: Limits,
        clock: Callable[[], float],
        call_later: CallLater | None = None,
    ) -> None:
        self._off = None if is_on else SWITCHED_OFF
        self._loaded = loaded
        self._objection = objection
        self._chat_of = chat_of
        self._is_anybody_there = is_anybody_there
        self._limits = limits
        self._clock = clock
        self._ledger = Ledger()
        self._queue = AskQueue(clock, self._ledger.skip)
        self._executor = Executor(
            self._queue,
            self._ledger,
            load=load,
            objection=objection,
            publish=publish,
            tasks=tasks,
        )
        self._new_mail = NewMail(
            read_past=read_past,
            ask=lambda chat_id: self._ask(chat_id, "new_message", 1),
            skip=self._ledger.skip_at_once,
            is_open=lambda chat_id: chat_id in self._opened.values(),
            call_later=call_later or asyncio.get_running_loop().call_later,
            tasks=tasks,
        )
        self._opened: WeakKeyDictionary[Any, ChatId] = WeakKeyDictionary()
        """What each connection has opened last."""

    # What asks

    async def focus(
        self, chat: Chat, num_suggestions: int, asker: object
    ) -> Draft | None:
        """A connection has opened a conversation; the draft if it is ready by now.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        self._ledger.note_asked("focus")
        if self._off is None:
            self._opened[asker] = chat.chat_id
            drafts = self._loaded()
            ready = await drafts.ready(chat, num_suggestions) if drafts else None
            if ready is not None:
                self._ledger.skip_at_once("ready already")
                return ready
        self._ask(chat.chat_id, "focus", num_suggestions, asker)
        return None

    def hover(self, chat: Chat, asker: object) -> bool:
        """A pointer rests on a conversation; whether a draft for it should be ready."""
        self._ledger.note_asked("hover")
        drafts = self._loaded()
        if drafts is not None and drafts.cache.has_ready(chat.chat_id):
            self._ledger.skip_at_once("ready already")
            return True
        self._ask(chat.chat_id, "hover", 1, asker)
        return False

    def follow(self, committed: Committed) -> None:
        """What changed outdates drafts; new mail may be worth one."""
        outdated = outdated_by(committed, self._chat_of)
        if outdated.everywhere is not None:
            self._outdate(None, outdated.everywhere)
        else:
            for chat_id, reason in outdated.chats.items():
                self._outdate([chat_id], reason, outdated.read_to.get(chat_id))
        may_ask = self._off is None and self._is_anybody_there()
        for _ in range(self._new_mail.follow(committed, may_ask=may_ask)):
            self._ledger.note_asked("new_message")

    def _ask(
        self,
        chat_id: ChatId,
        origin: PrefetchOrigin,
        num_suggestions: int,
        asker: object = None,
    ) -> None:
        if self._off is not None:
            self._ledger.skip_at_once(self._off)
            return
        self._move_on(chat_id, origin, asker)
        self._executor.put(Ask(chat_id, origin, num_suggestions, self._clock(), asker))

    def _move_on(self, chat_id: ChatId, origin: PrefetchOrigin, asker: object) -> None:
        """Who looks at one conversation looks at no other any more."""
        if asker is None:
            return
        for ask in self._queue:
            if ask.chat_id != chat_id and ask.is_only_for(asker, origin):
                self._queue.drop(ask, "moved on")
        current = self._executor.current
        is_other = current is not None and current.chat_id != chat_id
        if current is not None and is_other and current.is_only_for(asker, origin):
            self._executor.give_up(current)

    # What outdates

    def invalidate(
        self, reason: str, chat_ids: Collection[ChatId] | None = None
    ) -> int:
        """Drop the drafts of these conversations, or of all, and what is on its way.

        Gives how many drafts those were.
        """
        for ask in self._queue.of(chat_ids):
            self._queue.drop(ask, "invalidated")
        current = self._executor.current
        if current is not None and (chat_ids is None or current.chat_id in chat_ids):
            self._executor.give_up(current)
        return self._drop(chat_ids, reason)

    def _outdate(
        self,
        chat_ids: Collection[ChatId] | None,
        reason: str,
        read_to: int | None = None,
    ) -> None:
        """The same, but what is on its way begins anew: it is wanted as it was.

        `read_to`: what has read this message is true.
        """
        self._drop(chat_ids, reason, read_to)
        current = self._executor.current
        if current is None or not (chat_ids is None or current.chat_id in chat_ids):
            return
        if current.cached is None or not current.cached.is_kept:
            self._executor.stop(current)

    def _drop(
        self,
        chat_ids: Collection[ChatId] | None,
        reason: str,
        read_to: int | None = None,
    ) -> int:
        drafts = self._loaded()
        cache = drafts.cache if drafts is not None else None
        dropped = cache.drop(chat_ids, read_to=read_to) if cache is not None else 0
        self._ledger.note_invalidated(reason, dropped)
        return dropped

    def another_model(self) -> None:
        """Another model is to write from now on."""
        self.invalidate("another model")

    def close(self) -> None:
        """Make nothing more."""
        self._off = self._off or STOPPED
        self._new_mail.close(STOPPED)
        self.invalidate(STOPPED)

    # What became of drafts

    def wanted(self, chat_id: ChatId) -> None:
        """See Usage. What has not been begun would come after theirs."""
        for ask in self._queue.of([chat_id]):
            self._queue.drop(ask, "asked for in person")
        current = self._executor.current
        if current is not None and current.chat_id == chat_id and not current.cached:
            self._executor.give_up(current)

    def answered(self, draft: Draft) -> None:
        """See Usage."""
        if draft.prefetched:
            self._ledger.hits += 1
        elif draft.route == "model" and self._off is None:
            self._ledger.misses += 1

    def begun(self, draft: CachedDraft) -> None:
        """See Usage."""
        current = self._executor.current
        if current is not None and draft.background is current.background:
            current.cached = draft
            draft.origin = current.origin  # another may have asked since

    def used(self, draft: CachedDraft) -> None:
        """See Usage. What is still being made is counted when it is made."""
        if draft.origin is not None and draft.is_counted:
            self._ledger.note_used(draft.origin)

    def dropped(self, draft: CachedDraft, *, for_room: bool) -> None:
        """See Usage."""
        self._ledger.evictions += for_room
        if draft.origin is not None and draft.is_counted and not draft.is_used:
            self._ledger.note_unused(draft.origin, draft.cost_ms)

    async def stats(self) -> PrefetchStats:
        """What was made, what came of it, and whether there is room for more."""
        drafts = self._loaded()
        entries, size_bytes = drafts.cache.size() if drafts is not None else (0, 0)
        objection = self._off or await self._objection()
        is_working = self._executor.current is not None
        return self._ledger.stats(
            Held(entries, self._limits.drafts, size_bytes, self._limits.draft_bytes),
            state="off" if self._off else "working" if is_working else "idle",
            queue_size=len(self._queue),
            objection=objection,
        )
