"""Drafts that were written and are still true, by all that they were written from.

Who asks in person gets a draft that was made ready for such an ask, once; what is asked
for on the way, such as when a conversation is opened, may be whatever was written before.
They are private: they are kept in memory only, so many, so large and so long.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple, Protocol

from jarvis.assistant.context import Context
from jarvis.assistant.drafting.cached_draft import CachedDraft, Write
from jarvis.clock import awake_and_asleep_s
from jarvis.inference.background import Background
from jarvis.records import ChatId, Draft, PrefetchOrigin

LONGEST_S: Final = 1800.0
"""A prompt names the day and the hour; half an hour later it would read otherwise."""


class DraftKey(NamedTuple):
    """All that a draft is written from; another key, another draft.

    The context holds the messages with their edits and reactions. `revision` is the reply
    history's: another one where words in it were changed or taken back.
    """

    chat_id: ChatId
    context: Context
    context_messages: int
    instruction: str | None
    model: str
    revision: int


class Usage(Protocol):
    """Hears what becomes of the drafts that prefetch has made."""

    def wanted(self, chat_id: ChatId) -> None:
        """Somebody asks for a draft of it in person, and waits."""

    def answered(self, draft: Draft) -> None:
        """Somebody has asked for a draft that could have been made ready, and got it."""

    def begun(self, draft: CachedDraft) -> None:
        """It is being written."""

    def used(self, draft: CachedDraft) -> None:
        """It was given to somebody, for the first time."""

    def dropped(self, draft: CachedDraft, *, for_room: bool) -> None:
        """It is no longer kept: for want of room or for its age, or as outdated."""


class DraftCache:
    """The drafts asked for last.

    A new or changed message, here or in the past, makes another key, so nothing that is
    found here is out of date; `drop` lets go of what nobody will find any more.

    Args:
        tasks: where drafts are made ready.
        connections: those that are open now.
        most: how many drafts are kept.
        most_bytes: how large they may be together.
        longest_s: how long one is kept.
        clock: in seconds; it goes on in sleep.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        connections: Callable[[], Iterable[object]] = lambda: (),
        *,
        most: int = 64,
        most_bytes: int = 2 * 2**20,
        longest_s: float = LONGEST_S,
        clock: Callable[[], float] = awake_and_asleep_s,
    ) -> None:
        self._most, self._most_bytes = most, most_bytes
        self.usage: Usage | None = None
        self._tasks = tasks
        self._connections = connections
        self._longest_s = longest_s
        self._clock = clock
        self._drafts: OrderedDict[DraftKey, CachedDraft] = OrderedDict()

    def claim(self, key: DraftKey, connection: object) -> CachedDraft | None:
        """The draft that answers this ask in person; the next one is written anew.

        Where it has fewer suggestions than are asked for, the model writes the rest.
        """
        cached = self._find(key)
        return cached if cached and cached.claim(connection) else None

    def make_ready(
        self,
        key: DraftKey,
        num_suggestions: int,
        write: Write,
        *,
        background: Background | None = None,
        origin: PrefetchOrigin | None = None,
    ) -> tuple[CachedDraft, bool]:
        """The draft that there is, or one that is begun now; whether it is a new one."""
        cached = self._find(key)
        if cached is not None and num_suggestions <= cached.num_suggestions:
            self._drafts.move_to_end(key)
            return cached, False
        cached = CachedDraft(
            num_suggestions, self._connections(), background=background, origin=origin
        )
        self._keep(key, cached)
        cached.begin(self._tasks, write, lambda: self._ended(key, cached))
        if origin is not None and self.usage is not None:
            self.usage.begun(cached)
        return cached, True

    def put(self, key: DraftKey, draft: Draft, num_suggestions: int) -> None:
        """Keep what was written for somebody who asked in person."""
        cached = self._find(key)
        if cached is None or not cached.is_made_ready:
            cached = CachedDraft(num_suggestions)
            cached.is_whole(draft)
            self._keep(key, cached)

    def ready(self, key: DraftKey, num_suggestions: int) -> CachedDraft | None:
        """A whole draft that was made ready with as many suggestions, if there is one."""
        cached = self._find(key)
        if cached is None or not cached.is_made_ready or cached.written is None:
            return None
        return cached if num_suggestions <= cached.num_suggestions else None

    def note_used(self, cached: CachedDraft) -> None:
        """It was given to somebody."""
        if cached.origin is not None and not cached.is_used:
            cached.is_used = True
            if self.usage is not None:
                self.usage.used(cached)

    def written_for(self, chat_id: ChatId, revision: int) -> dict[int, Draft]:
        """The whole drafts of a chat, not instructed, by the ROWID of what they answer."""
        return {
            key.context.lines[-1].message_id: draft
            for key, cached in self._drafts.items()
            if (key.chat_id, key.instruction, key.revision) == (chat_id, None, revision)
            and (draft := cached.written) is not None
        }

    def has_ready(self, chat_id: ChatId) -> bool:
        """Whether a draft of this chat was made ready, whatever it was written from."""
        return any(
            key.chat_id == chat_id and cached.is_made_ready and cached.written
            for key, cached in self._drafts.items()
        )

    def drop(
        self,
        chat_ids: Collection[ChatId] | None = None,
        *,
        read_to: int | None = None,
    ) -> int:
        """Let go of the drafts of these chats, or of all.

        Gives how many of them were made ready, or were to be. Who reads one that is being
        written still gets it. `read_to`: but for those that have read this message, or a
        newer one, by ROWID.
        """
        outdated = [
            (key, cached)
            for key, cached in self._drafts.items()
            if (chat_ids is None or key.chat_id in chat_ids)
            and (read_to is None or _newest(key) < read_to)
        ]
        for key, cached in outdated:
            self._discard(key, cached)
        return sum(cached.is_made_ready for _, cached in outdated)

    def size(self) -> tuple[int, int]:
        """How many of the drafts prefetch made, and how many bytes those hold."""
        self._expire()
        held = [each for each in self._drafts.values() if each.origin is not None]
        return len(held), sum(each.size_bytes for each in held)

    def _find(self, key: DraftKey) -> CachedDraft | None:
        """What is kept under a key, if it still may be read."""
        self._expire()
        cached = self._drafts.get(key)
        if cached is None or not cached.is_lost:
            return cached
        self._discard(key, cached)
        return None

    def _ended(self, key: DraftKey, cached: CachedDraft) -> None:
        """It is whole by now, and may take more room than there is; or it failed."""
        if cached.written is None:
            self._discard(key, cached)
        elif self._drafts.get(key) is cached:
            self._make_room()

    def _keep(self, key: DraftKey, cached: CachedDraft) -> None:
        cached.is_kept, cached.kept_s = True, self._clock()
        cached.context_bytes = _size_of(key)
        before = self._drafts.pop(key, None)
        self._drafts[key] = cached
        if before is not None:
            self._let_go(before, for_room=False)
        self._make_room()

    def _make_room(self) -> None:
        """The ones not asked for longest go while there are too many."""
        self._expire()
        held_bytes = sum(each.size_bytes for each in self._drafts.values())
        while len(self._drafts) > self._most or held_bytes > self._most_bytes:
            _, cached = self._drafts.popitem(last=False)
            held_bytes -= cached.size_bytes
            self._let_go(cached, for_room=True)

    def _expire(self) -> None:
        oldest_s = self._clock() - self._longest_s
        for key, cached in list(self._drafts.items()):
            if cached.kept_s < oldest_s:
                del self._drafts[key]
                self._let_go(cached, for_room=True)

    def _discard(self, key: DraftKey, cached: CachedDraft) -> None:
        if self._drafts.get(key) is cached:
            del self._drafts[key]
            self._let_go(cached, for_room=False)

    def _let_go(self, cached: CachedDraft, *, for_room: bool) -> None:
        cached.is_kept = False
        is_made = cached.origin is not None and cached.written is not None
        if is_made and self.usage is not None:
            self.usage.dropped(cached, for_room=for_room)


def _newest(key: DraftKey) -> int:
    """The newest message that a draft has read, by ROWID."""
    return max(line.message_id for line in key.context.lines)


def _size_of(key: DraftKey) -> int:
    """About how many bytes the conversation of a draft holds."""
    return sum(len(line.text.encode(errors="replace")) for line in key.context.lines)
