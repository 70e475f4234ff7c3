"""What the user answered before, and how often: kept in memory, found by similarity.

It knows nothing but what stands in chat.db, so text that a model wrote is in it only
where the user sent it.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jarvis.assistant.history.examples import Example
from jarvis.assistant.history.similarity import SimilarTexts
from jarvis.records import ChatId, Record

_SOMEWHAT_LIKE: Final = 0.2
_FEWEST_TURNS: Final = 3
_TIMES_AS_MANY: Final = 4
_OWN_FAVOUR: Final = 1.25
"""An example of the same conversation may be so much less like it and still comes first."""


class Match(Record, frozen=True):
    """An example with a reply, and how near its incoming turn is to one, in 0..1."""

    example: Example
    similarity: float


@dataclass(frozen=True, eq=False, slots=True)
class ReplyHistory:
    """How the user answered in the newest messages, over all conversations, at one moment.

    Nothing in it changes any more, and any thread may read it: what is written later is in
    the next one that the HistoryBuilder makes. `revision` is another one where words were
    changed or taken back that stood in the one before.

    >>> from jarvis.assistant.history.building import HistoryBuilder
    >>> from jarvis.records import ChatId, PlainMessage
    >>> mia = ChatId("iMessage;-;+15550100")
    >>> history = HistoryBuilder().update([
    ...     PlainMessage(
    ...         id=1, chat_id=mia, sender="+15550100", sent_ms=0, text="Dinner on Friday?"
    ...     ),
    ...     PlainMessage(id=2, chat_id=mia, sender=None, sent_ms=60_000, text="Gladly!"),
    ... ])
    >>> (match,) = history.nearest("Free for dinner?", chat_id=mia, k=1)
    >>> match.example.reply, round(match.similarity, 1)
    ('Gladly!', 0.4)
    >>> history.own_texts(mia)
    ('Gladly!',)
    """

    revision: int
    _examples: Sequence[Example]
    _removed: Collection[int]
    _by_chat: Mapping[ChatId, Sequence[int]]
    _texts: SimilarTexts
    _own_texts: Mapping[ChatId | None, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self._texts) - len(self._removed)

    def nearest(self, incoming: str, *, chat_id: ChatId | None, k: int) -> list[Match]:
        """At most k examples with a reply whose incoming turn is like this one, in order.

        Up to two thirds are of the conversation itself, where they are about as near
        (_OWN_FAVOUR); of equal ones the newer comes first. None without likeness.
        """
        examples = self._examples
        near = self._texts.nearest(
            incoming,
            k * _TIMES_AS_MANY,
            among=lambda each: examples[each].reply != "" and each not in self._removed,
        )
        matches = [Match(example=examples[n], similarity=cosine) for n, cosine in near]
        matches.sort(key=lambda each: _rank(each, chat_id), reverse=True)
        return sorted(_mixed(matches, chat_id, k), key=lambda each: -each.similarity)

    def newest_of(self, chat_id: ChatId, *, before: int, count: int) -> list[Example]:
        """At most count of a conversation's newest examples with a reply, oldest first.

        Their replies are older than the message of ROWID `before`.
        """
        earlier = (
            each for each in self.answered(chat_id) if each.reply_ids[0] < before
        )
        return heapq.nlargest(count, earlier, key=lambda each: each.replied_ms)[::-1]

    def newest_turns(self, chat_id: ChatId, count: int) -> list[Example]:
        """At most count of what others wrote last there, answered or not, oldest first."""
        turns = self._turns_of(chat_id)
        return heapq.nlargest(count, turns, key=lambda each: each.sent_ms)[::-1]

    def answered(self, chat_id: ChatId) -> Iterator[Example]:
        """A conversation's examples with a reply, in no order."""
        return (each for each in self._turns_of(chat_id) if each.reply)

    def _turns_of(self, chat_id: ChatId) -> Iterator[Example]:
        return (
            self._examples[each]
            for each in self._by_chat.get(chat_id, ())
            if each < len(self._texts) and each not in self._removed
        )

    def reply_rate(self, incoming: str, k: int = 10) -> float | None:
        """Of the k nearest turns of others, the share that the user answered within 12 h.

        Only turns that are somewhat like it count; null where there are too few.
        """
        near = [
            self._examples[each].is_answered
            for each, likeness in self._texts.nearest(
                incoming, k, among=lambda each: each not in self._removed
            )
            if likeness >= _SOMEWHAT_LIKE
        ]
        return sum(near) / len(near) if len(near) >= _FEWEST_TURNS else None

    def own_texts(self, chat_id: ChatId | None = None) -> tuple[str, ...]:
        """The newest texts that the user wrote there, or anywhere, oldest first."""
        return self._own_texts.get(chat_id, ())


def _rank(match: Match, chat_id: ChatId | None) -> tuple[float, int, int]:
    favour = _OWN_FAVOUR if match.example.chat_id == chat_id else 1
    return (
        match.similarity * favour,
        match.example.sent_ms,
        match.example.incoming_ids[-1],
    )


def _mixed(ranked: list[Match], chat_id: ChatId | None, k: int) -> list[Match]:
    """The first k, where at most two thirds are of the conversation if others exist."""
    others = sum(each.example.chat_id != chat_id for each in ranked)
    most_own = max(-(-2 * k // 3), k - others)
    mixed: list[Match] = []
    for match in ranked:
        is_own = match.example.chat_id == chat_id
        most_own -= is_own
        if not is_own or most_own >= 0:
            mixed.append(match)
    return mixed[:k]
