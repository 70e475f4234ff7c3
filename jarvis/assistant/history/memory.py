"""What the user answered before, and how often: kept in memory, found by similarity.

It knows nothing but what stands in chat.db, so text that a model wrote is in it only
where the user sent it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from jarvis.assistant.history.habits import Habits, habits_of
from jarvis.assistant.history.pairs import Exchange, Pair, exchanges_of
from jarvis.assistant.history.similarity import Similar
from jarvis.assistant.language.wording import LONGEST_READ, has_word
from jarvis.records import ChatId, PlainMessage, Record

MOST_PAIRS: Final = 4_000
MOST_UNANSWERED: Final = 4_000
"""So many of the newest are kept over all conversations, of either."""
OWN_TEXTS: Final = 1_000
OWN_TEXTS_OF_CHAT: Final = 200
"""So many of the user's newest texts are kept, over all and of each conversation; of
a long one its first LONGEST_READ characters."""

_SLACK: Final = 1.25
"""Older ones are forgotten when there are so many times more than are kept."""
_TAIL: Final = 40
"""Messages of a conversation that new ones may go on with."""
_SOMEWHAT_LIKE: Final = 0.2
_FEWEST_TURNS: Final = 3
_CANDIDATES: Final = 4
_OWN_FAVOUR: Final = 1.25
"""A pair of the same conversation may be so much less like it and still comes first."""


class Recalled(Record, frozen=True):
    """A pair, and how near its incoming turn is to the one asked for, in 0..1."""

    pair: Pair
    similarity: float


class Memory:
    """All exchanges of the newest messages, over all conversations."""

    def __init__(self, messages: Iterable[PlainMessage] = ()) -> None:
        """Take in messages of any conversations, oldest first."""
        self._exchanges: list[Exchange] = []
        self._places: dict[tuple[str, int], int] = {}
        self._similar = Similar()
        self._tails: dict[ChatId, list[PlainMessage]] = {}
        self._own: deque[str] = deque(maxlen=OWN_TEXTS)
        self._own_by_chat: dict[ChatId, deque[str]] = {}
        self._habits: dict[ChatId | None, Habits | None] = {}
        self.add(messages)

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, messages: Iterable[PlainMessage]) -> None:
        """Take in further messages, oldest first; what they answer is found.

        One that is older than all that is kept of its conversation's end, as sync brings
        them, is passed over; so is one that is known.
        """
        arrived: dict[ChatId, list[PlainMessage]] = {}
        for message in messages:
            arrived.setdefault(message.chat_id, []).append(message)
        found: list[Exchange] = []
        own: list[PlainMessage] = []
        for chat_id, of_chat in arrived.items():
            fresh = self._fresh(chat_id, of_chat)
            own += filter(_is_own, fresh)
            found += exchanges_of(self._extended(chat_id, fresh))
        for message in sorted(own, key=_when):
            self._note_own(message)
        found.sort(key=lambda each: each.sent_ms)
        self._take(found)

    def add_chat(self, messages: Sequence[PlainMessage]) -> None:
        """Take in the end of one conversation, oldest first, known already or not.

        It may reach further back than what is known of it; nothing counts twice.
        """
        if not messages:
            return
        chat_id = messages[-1].chat_id
        self._tails[chat_id] = list(messages[-_TAIL:])
        own = (each.text[:LONGEST_READ] for each in messages if _is_own(each))
        self._own_by_chat[chat_id] = deque(own, maxlen=OWN_TEXTS_OF_CHAT)
        self._habits.pop(chat_id, None)
        self._take(exchanges_of(messages))

    def nearest(
        self, incoming: str, *, chat_id: ChatId | None, k: int
    ) -> list[Recalled]:
        """At most k pairs whose incoming turn is like this one, the most like first.

        Up to two thirds are of the conversation itself, where they are about as near
        (_OWN_FAVOUR); of equal ones the newer comes first. None without likeness.
        """
        exchanges = self._exchanges
        near = dict(
            self._similar.nearest(
                incoming,
                k * _CANDIDATES,
                among=lambda each: exchanges[each].pair is not None,
            )
        )
        ranked = sorted(
            near,
            key=lambda each: (
                near[each] * (_OWN_FAVOUR if exchanges[each].chat_id == chat_id else 1),
                each,
            ),
            reverse=True,
        )
        chosen = self._mixed(ranked, chat_id, k)
        recalled = (
            Recalled(pair=pair, similarity=near[each])
            for each in chosen
            if (pair := exchanges[each].pair) is not None
        )
        return sorted(recalled, key=lambda each: -each.similarity)

    def newest_pairs(self, chat_id: ChatId, *, before: int, count: int) -> list[Pair]:
        """At most count of the newest pairs of a conversation, oldest first.

        Their replies are older than the message of ROWID `before`.
        """
        pairs = (
            each.pair
            for each in reversed(self._exchanges)
            if each.chat_id == chat_id and each.pair and each.pair.reply_id < before
        )
        newest = heapq.nlargest(count, pairs, key=lambda each: each.sent_ms)
        return newest[::-1]

    def reply_rate(self, incoming: str, k: int = 10) -> float | None:
        """Of the k nearest turns of others, the share that the user answered within 12 h.

        Only turns that are somewhat like it count; null where there are too few.
        """
        near = [
            self._exchanges[each].is_answered
            for each, likeness in self._similar.nearest(incoming, k)
            if likeness >= _SOMEWHAT_LIKE
        ]
        return sum(near) / len(near) if len(near) >= _FEWEST_TURNS else None

    def own_texts(self, chat_id: ChatId | None = None) -> tuple[str, ...]:
        """The newest texts that the user wrote there, or anywhere, oldest first."""
        return tuple(
            self._own if chat_id is None else self._own_by_chat.get(chat_id, ())
        )

    def habits(self, chat_id: ChatId | None) -> Habits | None:
        """How the user writes there, else in all conversations; null when too few.

        Measured once, until the user writes again.
        """
        if chat_id not in self._habits:
            of_chat = self.own_texts(chat_id) if chat_id is not None else ()
            self._habits[chat_id] = habits_of(of_chat, self.own_texts())
        return self._habits[chat_id]

    def _mixed(self, ranked: list[int], chat_id: ChatId | None, k: int) -> list[int]:
        """The first k, where at most two thirds are of the conversation if others exist."""
        own = [each for each in ranked if self._exchanges[each].chat_id == chat_id]
        others = [each for each in ranked if self._exchanges[each].chat_id != chat_id]
        most_own = max(-(-2 * k // 3), k - len(others))
        allowed = {*own[:most_own], *others}
        return [each for each in ranked if each in allowed][:k]

    def _note_own(self, message: PlainMessage) -> None:
        self._habits.clear()
        text = message.text[:LONGEST_READ]
        self._own.append(text)
        of_chat = self._own_by_chat.setdefault(
            message.chat_id, deque(maxlen=OWN_TEXTS_OF_CHAT)
        )
        of_chat.append(text)

    def _fresh(
        self, chat_id: ChatId, arrived: list[PlainMessage]
    ) -> list[PlainMessage]:
        """Those that are neither known nor older than what is kept of the end."""
        tail = self._tails.get(chat_id, [])
        known = {message.id for message in tail}
        since = _when(tail[0]) if len(tail) >= _TAIL else None
        return [
            message
            for message in arrived
            if message.id not in known and (since is None or _when(message) > since)
        ]

    def _extended(
        self, chat_id: ChatId, fresh: list[PlainMessage]
    ) -> list[PlainMessage]:
        """The end of a conversation with what is fresh, oldest first; its end is kept."""
        whole = sorted([*self._tails.get(chat_id, ()), *fresh], key=_when)
        self._tails[chat_id] = whole[-_TAIL:]
        return whole

    def _take(self, found: list[Exchange]) -> None:
        """Remember exchanges, oldest first; those known are put in their newer state."""
        fresh: list[Exchange] = []
        for exchange in found:
            place = self._places.get((exchange.chat_id, exchange.incoming_id))
            if place is None:
                fresh.append(exchange)
            else:
                self._exchanges[place] = _in_new_state(self._exchanges[place], exchange)
        # What would be forgotten at once is not even looked at.
        fresh = _newest(fresh)
        for exchange in fresh:
            self._places[exchange.chat_id, exchange.incoming_id] = len(self._exchanges)
            self._exchanges.append(exchange)
        if len(fresh) > len(self._similar):
            self._similar = Similar(each.incoming for each in self._exchanges)
        else:
            for exchange in fresh:
                self._similar.add(exchange.incoming)
        if len(self._exchanges) > (MOST_PAIRS + MOST_UNANSWERED) * _SLACK:
            self._forget()

    def _forget(self) -> None:
        self._exchanges = _newest(self._exchanges)
        self._places = {
            (each.chat_id, each.incoming_id): place
            for place, each in enumerate(self._exchanges)
        }
        self._similar = Similar(each.incoming for each in self._exchanges)


def _newest(exchanges: list[Exchange]) -> list[Exchange]:
    """The newest of those with a pair and of those without, oldest first."""
    pairs = [each for each in exchanges if each.pair is not None]
    others = [each for each in exchanges if each.pair is None]
    kept = [*pairs[-MOST_PAIRS:], *others[-MOST_UNANSWERED:]]
    return sorted(kept, key=lambda each: each.sent_ms)


def _in_new_state(known: Exchange, exchange: Exchange) -> Exchange:
    """What became of a turn since; its words stay those that it is found by."""
    pair = exchange.pair and replace(exchange.pair, incoming=known.incoming)
    return replace(exchange, incoming=known.incoming, pair=pair)


def _when(message: PlainMessage) -> tuple[int, int]:
    return message.sent_ms, message.id


def _is_own(message: PlainMessage) -> bool:
    """Whether the user wrote words."""
    return message.sender is None and has_word(message.text)
