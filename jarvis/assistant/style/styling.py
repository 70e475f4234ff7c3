"""Brings a reply into the user's habits while it streams, as far as rules can."""

from __future__ import annotations

import re
from typing import Final

import regex

from jarvis.assistant.language.text import BLANK_AND_EMOJI, EMOJI_PARTS
from jarvis.assistant.style.habits import Habits

_ENDS: Final = ".!?…。！？؟"
_SENTENCE_END: Final = re.compile(rf"[{_ENDS}]+(?=\s|$)")
_HELD: Final = regex.compile(rf"[\s{re.escape(_ENDS)}{EMOJI_PARTS}]+$", regex.V1)
"""What may be the end of the reply: marks, blanks and emoji."""
_FIRST_WORD: Final = re.compile(r"\w*$")


class ReplyStyler:
    """Takes pieces of a reply and gives back what of it is certain to stay.

    What is changed: the case of the first letter and the last full stop, where the user is
    consistent; emoji go where the user never writes one to this person, unless there is
    nothing else; and past the length that the user hardly ever writes, the reply ends with
    its sentence. Without habits all stays as it is. However the reply is split into pieces,
    the same comes out.
    """

    def __init__(self, habits: Habits | None) -> None:
        self._habits = habits
        self._held = ""
        self._length = 0
        self._is_over = False

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        if self._habits is None:
            return piece
        self._held += piece
        sure = _HELD.sub("", self._held)
        text = self._without_emoji(sure, self._habits)
        if self._length == 0 and _FIRST_WORD.match(text):
            # Whether the first word is one of capitals shows when it is whole.
            return ""
        self._held = self._held[len(sure) :]
        return self._cut(text, self._habits)

    def finish(self) -> str:
        """What was held back and proved to belong to the reply, which ends here."""
        habits, raw, self._held = self._habits, self._held, ""
        if habits is None:
            return ""
        text = self._without_emoji(raw, habits).rstrip()
        if not text and self._length == 0:
            return raw.strip()
        has_full_stop = text.endswith(".") and not text.endswith("..")
        if habits.full_stop is False and has_full_stop:
            text = text[:-1]
        return self._cut(text, habits)

    def _without_emoji(self, text: str, habits: Habits) -> str:
        if habits.drops_emoji:
            text = BLANK_AND_EMOJI.sub("", text)
        return text.lstrip() if self._length == 0 else text

    def _cut(self, text: str, habits: Habits) -> str:
        """Cut the text at the end of the sentence that reaches the longest length."""
        if self._is_over:
            return ""
        if self._length == 0:
            text = _with_case(text, habits.case)
        room = habits.longest_characters - self._length
        self._length += len(text)
        ends = _SENTENCE_END.search(text, max(room, 0)) if room <= len(text) else None
        self._is_over = ends is not None
        return text if ends is None else text[: ends.end()]


def styled(reply: str, habits: Habits | None) -> str:
    """Bring a whole reply into the user's habits."""
    styler = ReplyStyler(habits)
    return styler.feed(reply) + styler.finish()


def _with_case(text: str, case: str | None) -> str:
    """Write the first letter as the user does; words in capitals stay."""
    word = re.match(r"\w+", text)
    is_plain = word is not None and (len(word[0]) == 1 or not word[0].isupper())
    if case == "lower" and is_plain:
        return text[0].lower() + text[1:]
    if case == "upper":
        return text[:1].upper() + text[1:]
    return text
