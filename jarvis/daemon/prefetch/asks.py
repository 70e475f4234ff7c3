"""What is to be made ready next: one ask a conversation, the most urgent first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from jarvis.inference.background import Background
from jarvis.records import ChatId, PrefetchOrigin

if TYPE_CHECKING:
    from jarvis.assistant.drafting.cached_draft import CachedDraft

MOST_ASKS: Final = 16
"""So many wait; when another comes, the least urgent is dropped, of those the oldest."""
USE_S: Final[dict[PrefetchOrigin, float]] = {
    "focus": 60.0,
    "hover": 10.0,
    "new_message": 300.0,
}
"""How long after an ask its draft is still of use: a pointer moves on sooner than eyes."""
_URGENCY: Final[tuple[PrefetchOrigin, ...]] = ("new_message", "hover", "focus")


class Ask:
    """A draft to be made ready, and for whom; `moved` connections want another by now."""

    def __init__(
        self,
        chat_id: ChatId,
        origin: PrefetchOrigin,
        num_suggestions: int,
        asked_s: float,
        asker: object = None,
    ) -> None:
        self.chat_id = chat_id
        self.origin = origin
        self.num_suggestions = num_suggestions
        self.asked_s = asked_s
        self.askers: WeakSet[object] = WeakSet([asker] if asker is not None else [])
        self.background = Background()
        self.cached: CachedDraft | None = None
        """Its draft, once that has been begun."""
        self.making: asyncio.Task[object] | None = None
        self.is_given_up = False
        """Whether it should not be tried again when it is stopped."""

    @property
    def urgency(self) -> int:
        """Higher is more urgent."""
        return _URGENCY.index(self.origin)

    def is_too_old(self, now_s: float) -> bool:
        """Whether its draft would come too late to be of use."""
        return now_s - self.asked_s > USE_S[self.origin]

    def serves(self, other: Ask) -> bool:
        """Whether what is being made for it will do for another."""
        is_same = self.chat_id == other.chat_id and not self.is_given_up
        return is_same and self.num_suggestions >= other.num_suggestions

    def is_only_for(self, asker: object, origin: PrefetchOrigin) -> bool:
        """Whether this connection alone wanted it, for this reason."""
        return self.origin == origin and set(self.askers) == {asker}

    def merge(self, other: Ask) -> None:
        """Another ask for the same conversation: it is one piece of work."""
        if other.urgency >= self.urgency:
            self.origin = other.origin
        self.num_suggestions = max(self.num_suggestions, other.num_suggestions)
        self.asked_s = max(self.asked_s, other.asked_s)
        self.askers |= other.askers


class AskQueue:
    """The asks that wait.

    Args:
        clock: in seconds.
        on_dropped: told why an ask will not be taken.
    """

    def __init__(
        self, clock: Callable[[], float], on_dropped: Callable[[str], None]
    ) -> None:
        self._clock = clock
        self._on_dropped = on_dropped
        self._asks: dict[ChatId, Ask] = {}

    def __len__(self) -> int:
        return len(self._asks)

    def __iter__(self) -> Iterator[Ask]:
        return iter(tuple(self._asks.values()))

    def put(self, ask: Ask) -> bool:
        """Add it, or merge it with what waits for its conversation; whether it is new."""
        there = self._asks.get(ask.chat_id)
        if there is not None:
            there.merge(ask)
            return False
        self._asks[ask.chat_id] = ask
        if len(self._asks) > MOST_ASKS:
            self.drop(min(self, key=_rank), "too many wait")
        return True

    def take(self) -> Ask | None:
        """The most urgent that is still of use; of equals the newest."""
        now_s = self._clock()
        for ask in self:
            if ask.is_too_old(now_s):
                self.drop(ask, "too old")
        if not self._asks:
            return None
        ask = max(self, key=_rank)
        del self._asks[ask.chat_id]
        return ask

    def drop(self, ask: Ask, reason: str) -> None:
        """It will not be taken."""
        if self._asks.pop(ask.chat_id, None) is not None:
            self._on_dropped(reason)

    def of(self, chat_ids: Collection[ChatId] | None) -> list[Ask]:
        """Those that wait for these conversations, or all."""
        return [ask for ask in self if chat_ids is None or ask.chat_id in chat_ids]


def _rank(ask: Ask) -> tuple[int, float]:
    return ask.urgency, ask.asked_s
