"""How this user writes, measured on own texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import median_low
from typing import Final, Literal

from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.identify import language_of
from jarvis.assistant.language.text import (
    emoji_in,
    first_cased_letter,
    without_emoji,
    words_of,
)
from jarvis.records import ChatId, Record

LEAST_TEXTS: Final = 20
"""Fewer texts of one's own tell no habit."""
SHORTEST_LIMIT: Final = 160
"""Characters that a reply may have even where the user writes short ones."""

_MOST_OPENERS: Final = 10
_OPENER_TIMES: Final = 2
_CONSISTENT: Final = 0.9
_CLOSING: Final = "!?…~。！？؟।"


class Habits(Record, frozen=True):
    """How the user writes to one contact, or to all when they wrote that one too little.

    Lengths are characters of one message. Shares and rates are in 0..1, of the `count`
    messages they were measured on; `case_share` counts the messages that begin with a
    letter in lower case among those that begin with one that has a case, null without
    such. `openers` are the most frequent first words, as typed, at least twice there.
    """

    count: int
    is_of_contact: bool
    median_characters: int
    p90_characters: int
    lower_case_share: float | None
    full_stop_share: float
    other_closing_share: float
    emoji_rate: float
    openers: tuple[str, ...]
    language: str | None

    @property
    def longest_characters(self) -> int:
        """How long a reply in this user's manner is at most."""
        return max(2 * self.p90_characters, SHORTEST_LIMIT)

    @property
    def drops_emoji(self) -> bool:
        """Whether none of the messages held an emoji."""
        return self.emoji_rate == 0

    @property
    def case(self) -> Literal["lower", "upper"] | None:
        """How messages begin, where they nearly always begin so."""
        if self.lower_case_share is None:
            return None
        if self.lower_case_share > _CONSISTENT:
            return "lower"
        return "upper" if self.lower_case_share < 1 - _CONSISTENT else None

    @property
    def full_stop(self) -> bool | None:
        """Whether messages end with a full stop: nearly all, nearly none, or neither."""
        if self.full_stop_share > _CONSISTENT:
            return True
        return False if self.full_stop_share < 1 - _CONSISTENT else None


def habits_of(of_contact: Sequence[str], of_all: Sequence[str]) -> Habits | None:
    """What is usual in the user's texts to a contact, else in all; null when too few.

    Args:
        of_contact: what the user wrote to them, oldest first.
        of_all: what the user wrote to anybody, oldest first.
    """
    for texts, is_of_contact in ((of_contact, True), (of_all, False)):
        if len(texts) >= LEAST_TEXTS:
            return _measured(tuple(texts), is_of_contact)
    return None


def habits_in(history: ReplyHistory, chat_id: ChatId | None) -> Habits | None:
    """How the user writes in a conversation, else in all; null when too few."""
    of_chat = history.own_texts(chat_id) if chat_id is not None else ()
    return habits_of(of_chat, history.own_texts())


# The texts stay the same until the user writes again, and take milliseconds to measure.
@lru_cache(maxsize=8)
def _measured(texts: tuple[str, ...], is_of_contact: bool) -> Habits:
    lengths = sorted(len(text) for text in texts)
    begins = [letter for text in texts if (letter := first_cased_letter(text))]
    ends = [without_emoji(text).rstrip()[-2:] for text in texts]
    openers = Counter(words[0] for text in texts if (words := words_of(text)))
    return Habits(
        count=len(texts),
        is_of_contact=is_of_contact,
        median_characters=median_low(lengths),
        p90_characters=lengths[min(len(lengths) * 9 // 10, len(lengths) - 1)],
        lower_case_share=_share([each.islower() for each in begins])
        if begins
        else None,
        full_stop_share=_share([_is_full_stop(end) for end in ends]),
        other_closing_share=_share([end[-1:] in _CLOSING for end in ends if end]),
        emoji_rate=_share([bool(emoji_in(text)) for text in texts]),
        openers=tuple(
            word
            for word, times in openers.most_common(_MOST_OPENERS)
            if times >= _OPENER_TIMES
        ),
        language=language_of(texts),
    )


def _is_full_stop(end: str) -> bool:
    """Whether the last two characters end with one full stop."""
    return end[-1:] in (".", "。") and end[:-1] not in (".", "。")


def _share(which: Sequence[bool]) -> float:
    return sum(which) / len(which) if which else 0.0
