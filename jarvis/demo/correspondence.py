"""What people write next in a made-up inbox: asks, the owner's answers, a heart."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jarvis.demo.talk import (
    ME,
    NAMES,
    Exchange,
    Stock,
    Voice,
    answer_to,
    make_story,
    voices_of,
)

_MOST_OPEN = 5
"""So many asks wait at most; before another, the owner answers the oldest."""
_HEART_SHARE = 0.08
_CHOICE = 8
"""Among how many chats the next ask is drawn."""


@dataclass(frozen=True)
class Talk:
    """A chat in which people talk: the address of each by given name."""

    guid: str
    people: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A message; address is whose, None for the owner."""

    talk: Talk
    address: str | None
    text: str
    is_answer: bool = False
    """Whether the owner answers, and so has read what was there."""


@dataclass(frozen=True)
class Heart:
    """Somebody loves what the owner wrote last in a chat."""

    talk: Talk
    address: str


@dataclass
class _Open:
    """An ask that waits, and how the owner types where it was asked."""

    talk: Talk
    exchange: Exchange
    voice: Voice


class Correspondence:
    """An endless correspondence in the chats given, in each at most one open ask.

    The chats are those in which nothing is open, the most recent first. The same chats
    and rng give the same messages.
    """

    def __init__(self, quiet: Sequence[Talk], rng: random.Random) -> None:
        if not quiet:
            raise ValueError("nobody is there to write")
        self._rng = rng
        self._quiet = list(quiet)
        self._open: deque[_Open] = deque()
        self._lines: deque[Line] = deque()

    def next(self) -> Line | Heart:
        """The next thing that happens."""
        if not self._lines:
            if self._quiet and self._rng.random() < _HEART_SHARE:
                talk = self._rng.choice(self._quiet)
                return Heart(talk, self._rng.choice(list(talk.people.values())))
            if self._quiet and len(self._open) < _MOST_OPEN:
                self._ask()
            else:
                self._answer()
        return self._lines.popleft()

    def _ask(self) -> None:
        talk = self._quiet.pop(self._rng.randrange(min(_CHOICE, len(self._quiet))))
        names = tuple(talk.people)
        voices = voices_of(names, me=ME)
        story = make_story(
            self._rng,
            names,
            exchanges=1,
            open_ask=True,
            stock=Stock(tuple(name for name in NAMES.given if name not in names)),
            voices=voices,
        )
        self._lines.extend(
            Line(talk, talk.people.get(turn.speaker), turn.text) for turn in story.turns
        )
        self._open.append(_Open(talk, story.exchanges[-1], voices[ME]))

    def _answer(self) -> None:
        ask = self._open.popleft()
        turn = answer_to(self._rng, ask.exchange, ask.voice)
        self._lines.append(Line(ask.talk, None, turn.text, is_answer=True))
        self._quiet.append(ask.talk)
