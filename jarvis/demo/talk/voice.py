"""How somebody types: with care, in lower case, or in a hurry."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from jarvis.demo.talk.small_talk import SMALL_TALK
from jarvis.demo.talk.template import Style

_SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))[a-z]")
_SHORT_FORMS = {
    "you": "u", "are": "r", "please": "pls", "thanks": "thx", "your": "ur",
    "tonight": "2nite", "because": "bc", "and": "&", "minutes": "min",
}  # fmt: skip
_SHORTENABLE = re.compile(r"\b(" + "|".join(_SHORT_FORMS) + r")\b")


def _as_written(words: str) -> str:
    return words


def _lower(words: str) -> str:
    return words.lower()


def _shortened(words: str) -> str:
    return _SHORTENABLE.sub(lambda word: _SHORT_FORMS[word[0]], words.lower())


def sentence_case(text: str) -> str:
    """The text with a capital letter at the start of each sentence."""
    return _SENTENCE_START.sub(lambda letter: letter[0].upper(), text)


@dataclass(frozen=True)
class Voice:
    """One person's way of typing, the same through a thread."""

    style: Style
    has_capitals: bool
    drops_full_stop: bool
    emoji_share: float = 0.0

    def finish(self, text: str, rng: random.Random) -> str:
        """The expanded text as this person would send it."""
        if self.has_capitals:
            text = sentence_case(text)
        if self.drops_full_stop and text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        if self.emoji_share and text.isascii() and rng.random() < self.emoji_share:
            text = f"{text} {rng.choice(SMALL_TALK.emoji)}"
        return text


CAREFUL = Voice(_as_written, has_capitals=True, drops_full_stop=False)
CASUAL = Voice(_lower, has_capitals=False, drops_full_stop=True)
_CHEERFUL = Voice(_as_written, has_capitals=True, drops_full_stop=True, emoji_share=0.3)
_HURRIED = Voice(_shortened, has_capitals=False, drops_full_stop=True)

_OTHERS = (CAREFUL, CAREFUL, CASUAL, CASUAL, _CHEERFUL, _CHEERFUL, _HURRIED)


def own_voice(rng: random.Random) -> Voice:
    """A way of typing for the owner of the inbox: plain, so that drafts can match it."""
    return CASUAL if rng.random() < 0.35 else CAREFUL


def other_voice(rng: random.Random) -> Voice:
    """A way of typing for somebody else."""
    return rng.choice(_OTHERS)


def voices_of(people: Iterable[str], *, me: str) -> dict[str, Voice]:
    """How these people type, and the owner with them: always the same for a name."""
    people = tuple(people)
    owner = own_voice(random.Random(" ".join(people)))
    return {**{name: other_voice(random.Random(name)) for name in people}, me: owner}
