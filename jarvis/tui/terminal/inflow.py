"""What comes in from a terminal, told apart: keys, pasted text, and answers.

A terminal marks what is pasted, where it can. Where it cannot, every line end of a paste
is an enter, and each enter sends. So three lines or more that are there at once, and are
more than a person types ahead of the screen, are taken for a paste: they stand in the
composer, and one enter sends them. Everything else is keys, each with its own effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PASTED_LINES: Final = 3
"""Two messages at once look the same typed and pasted, and are sent, each by itself."""
KEYS_AHEAD: Final = 24
"""A network that stands still for a moment hands over so many together."""
KEYS_A_SECOND: Final = 30
"""More than a person types, and what a held key repeats."""
SAME_PASTE_S: Final = 0.05
"""What follows a paste so soon is more of it: a terminal hands over 4 KiB at a time."""
HELD_S: Final = 1.0
"""How long the rest of an answer is waited for; some lines carry a byte at a time."""

_ANSWER: Final = re.compile(
    r"\x1b\]11;(?P<colour>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b\[\?997;(?P<scheme>[12])n"
)
_BEGUN: Final = re.compile(
    r"\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,40}\x1b?)?)?)?"
    r"|\[\?(?:9(?:9(?:7(?:;[12]?)?)?)?)?)\Z"
)
_BRACKET: Final = re.compile(r"\x1b\[20([01])~")
_SEQUENCE: Final = re.compile(r"(\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Keys:
    """What was typed, as the terminal wrote it."""

    text: str


@dataclass(frozen=True)
class Pasted:
    """Text that came at once."""

    text: str


@dataclass(frozen=True)
class Answered:
    """The background, as the terminal names colours; None: it has changed, ask for it."""

    colour: str | None


Piece = Keys | Pasted | Answered


class Inflow:
    """Takes what was read and when, gives pieces in order; has no terminal, no clock."""

    def __init__(self, now_s: float) -> None:
        """Begin without text; `now_s` is the time of the first reading."""
        self._looked_at_s = now_s
        self._typable = 0.0
        """Keys that a person may have typed while nobody looked here."""
        self._held = ""
        self._held_at_s = now_s
        self._awaits_until_s = now_s
        self._is_bracketed = False
        self._pasted_at_s = float("-inf")

    def expect_answer(self, now_s: float) -> None:
        """A question goes out: for a moment an escape may be the first of an answer."""
        self._awaits_until_s = now_s + HELD_S

    def look(self, now_s: float) -> Iterator[Piece]:
        """Note that nothing came; what was held back too long is given out."""
        self._looked_at_s, self._typable = now_s, 0.0
        if self._held and now_s - self._held_at_s >= self._patience_s():
            held, self._held = self._held, ""
            if not held.startswith("\x1b]11;"):
                yield Keys(held)

    def take(self, text: str, now_s: float) -> Iterator[Piece]:
        """Take what was read; the pieces that are whole by now."""
        self._typable += KEYS_A_SECOND * (now_s - self._looked_at_s)
        self._looked_at_s = now_s
        text = self._without_beginning(self._held + text, now_s)
        end = 0
        for answer in _ANSWER.finditer(text):
            yield from self._typed(text[end : answer.start()], now_s)
            yield Answered(answer["colour"])
            end = answer.end()
        yield from self._typed(text[end:], now_s)

    def _patience_s(self) -> float:
        """An escape alone is a key; it is never kept for longer than one look."""
        return HELD_S if len(self._held) > 1 else 0.0

    def _without_beginning(self, text: str, now_s: float) -> str:
        """Hold the beginning of an answer back until its rest is there."""
        begun = _BEGUN.search(text)
        may_begin = now_s < self._awaits_until_s and text.endswith("\x1b")
        at = begun.start() if begun else len(text) - 1 if may_begin else len(text)
        self._held, self._held_at_s = text[at:], now_s
        return text[:at]

    def _typed(self, text: str, now_s: float) -> Iterator[Piece]:
        """Keys, and runs between them that no person typed."""
        for run in _SEQUENCE.split(text):
            bracket = _BRACKET.fullmatch(run)
            if bracket:
                self._is_bracketed = bracket[1] == "0"
            if not self._is_bracketed and self._is_pasted(run, now_s):
                self._pasted_at_s = now_s
                yield Pasted(_LINE_END.sub("\n", run))
            elif run:
                self._typable = max(0.0, self._typable - len(run))
                yield Keys(run)

    def _is_pasted(self, run: str, now_s: float) -> bool:
        if not run or _CONTROL.search(run):
            return False
        if now_s - self._pasted_at_s < SAME_PASTE_S:
            return True
        lines = [line for line in _LINE_END.split(run) if line.strip()]
        return len(lines) >= PASTED_LINES and len(run) > KEYS_AHEAD + self._typable
