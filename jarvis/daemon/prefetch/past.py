"""How the user took new mail before, and so which of it is worth a draft; pure.

After a message of somebody else one of two things comes next in a conversation: the user
answers, or another message outdates whatever was drafted. How often it was the answer is
counted for each conversation, for each hour of the day, and by how long it had been quiet
by then: who has written nothing more for twelve seconds is mostly done. No text is kept.

How likely a draft has to be used is counted as well: for each of a few chances, how many
drafts would have been made and wasted until now. The least of them is taken that wastes no
more than MOST_WASTED of what a draft for every message would have.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

QUIET_S: Final = (2.0, 4.0, 7.0, 12.0, 20.0, 35.0, 60.0)
"""How long it has to be quiet before a draft is begun: the shortest that is worth it."""
ANSWERED_S: Final = 1800.0
"""A draft is kept for so long; what is answered later had none ready."""
RUNNING_S: Final = 300.0
"""A conversation is running for so long after the user wrote in it."""
CHANCES: Final = tuple(percent / 100 for percent in range(20, 84, 4))
"""From which of them on a draft is made, is chosen by what it would have wasted."""
MOST_WASTED: Final = 0.3
_SMOOTHING: Final = 8.0
"""A conversation counts like all others until so many messages of it are known."""
_HOURS_SMOOTHING: Final = 40.0
LEAST_KNOWN: Final = 300
"""Of fewer messages nothing is concluded: each of them is worth a draft."""
_BEGINNING: Final = (1.0, 2.0)
"""Where nothing is known it is as if one of two messages had been answered."""


class Chance(NamedTuple):
    """How likely a draft is used, in 0..1, and what that was taken from."""

    value: float
    of_chat: float
    at_hour: float


class _Count:
    """Of `seen` messages so many were `answered` before anything else came."""

    __slots__ = ("answered", "seen")

    def __init__(self) -> None:
        self.answered = self.seen = 0.0

    def rate(self, expected: float, weight: float) -> float:
        """The share, drawn to what is expected while little is known."""
        return (self.answered + weight * expected) / (self.seen + weight)


class _Open(NamedTuple):
    """The newest message of a conversation, when it is somebody else's."""

    at_s: float
    hour: int
    is_running: bool
    chances: tuple[float, ...]
    """By QUIET_S, as they were known when it came."""


class Past:
    """Learns from each message in its order; any conversation may be asked about."""

    def __init__(self) -> None:
        self._all: dict[tuple[bool, float], _Count] = {}
        self._chats: dict[tuple[Hashable, bool, float], _Count] = {}
        self._hours = [_Count() for _ in range(24)]
        self._every = _Count()
        self._wasted = dict.fromkeys(CHANCES, 0)
        self._open: dict[Hashable, _Open] = {}
        self._wrote_s: dict[Hashable, float] = {}

    def note(self, chat: Hashable, at_s: float, hour: int, *, is_from_me: bool) -> None:
        """A message was written: seconds since some moment, and the local hour."""
        before = self._open.pop(chat, None)
        if before is not None:
            self._learn(chat, before, at_s - before.at_s, is_answer=is_from_me)
        if is_from_me:
            self._wrote_s[chat] = at_s
        else:
            chances = tuple(
                self.chance(chat, at_s, hour, quiet_s).value for quiet_s in QUIET_S
            )
            is_running = self._is_running(chat, at_s)
            self._open[chat] = _Open(at_s, hour, is_running, chances)

    def _learn(
        self, chat: Hashable, before: _Open, quiet_s: float, *, is_answer: bool
    ) -> None:
        if quiet_s < 0:
            return  # the clock was set back
        was_answered = is_answer and quiet_s <= ANSWERED_S
        if not was_answered:
            for least in CHANCES:
                begun_s = _quiet_for(before.chances, least)
                self._wasted[least] += begun_s is not None and quiet_s >= begun_s
        counts = [self._hours[before.hour], self._every]
        for least_s in QUIET_S:
            if quiet_s >= least_s:
                key = before.is_running, least_s
                counts.append(self._all.setdefault(key, _Count()))
                counts.append(self._chats.setdefault((chat, *key), _Count()))
        for count in counts:
            count.seen += 1
            count.answered += was_answered

    def _is_running(self, chat: Hashable, at_s: float) -> bool:
        wrote_s = self._wrote_s.get(chat)
        return wrote_s is not None and at_s - wrote_s <= RUNNING_S

    def chance(self, chat: Hashable, at_s: float, hour: int, quiet_s: float) -> Chance:
        """That a message of this moment is answered next, after so much quiet.

        `quiet_s` is one of QUIET_S.
        """
        key = self._is_running(chat, at_s), quiet_s
        answered, seen = _BEGINNING
        of_all = self._all.get(key, _Count()).rate(answered / seen, seen)
        of_chat = self._chats.get((chat, *key), _Count()).rate(of_all, _SMOOTHING)
        usual = self._every.rate(answered / seen, seen)
        at_hour = self._hours[hour].rate(usual, _HOURS_SMOOTHING)
        odds = _odds(of_chat) * _odds(at_hour) / _odds(usual)
        return Chance(odds / (1 + odds), of_chat, at_hour)

    @property
    def least_chance(self) -> float:
        """From which chance on a draft is made."""
        unanswered = self._every.seen - self._every.answered
        worth = (
            each for each in CHANCES if self._wasted[each] <= MOST_WASTED * unanswered
        )
        return next(worth, CHANCES[-1])

    def quiet_before(self, chat: Hashable, at_s: float, hour: int) -> float | None:
        """How long to wait before a message of this moment is worth a draft; null: it is
        not."""
        if self._every.seen < LEAST_KNOWN:
            return QUIET_S[0]
        chances = [self.chance(chat, at_s, hour, quiet_s).value for quiet_s in QUIET_S]
        return _quiet_for(chances, self.least_chance)


def _quiet_for(chances: Sequence[float], least: float) -> float | None:
    """The shortest quiet after which the chance is no less."""
    pairs = zip(QUIET_S, chances, strict=True)
    return next((quiet_s for quiet_s, chance in pairs if chance >= least), None)


def _odds(rate: float) -> float:
    return rate / (1 - rate)
