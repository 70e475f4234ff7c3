"""Brings a model's summary into one shape while it streams: a line, then points."""

from __future__ import annotations

import re
from typing import Final

MOST_POINTS: Final = 5

_HEADLINE_MARK: Final = re.compile(r"(?:#+|[-–•*]\s|summary:)\s*", re.IGNORECASE)
_HEADLINE_MAYBE: Final = re.compile(
    r"#+\s*|[-–•*]\s*|s(?:u(?:m(?:m(?:a(?:r(?:y(?::\s*)?)?)?)?)?)?)?|", re.IGNORECASE
)
_POINT_MARK: Final = re.compile(r"(?:[-–•*]|\d{1,2}[.)])\s+")
_POINT_MAYBE: Final = re.compile(r"(?:[-–•*]|\d{1,2}[.)]?)?\s*")


class SummaryShaper:
    """Takes pieces of a summary and gives back what of it is certain to stay.

    What comes out joins to a line and at most MOST_POINTS times "- " and a point, each
    on a line of its own. Headings, bold type, blank lines and other bullets are put right;
    a further line without a bullet is a point, unless it announces something with a
    colon. However the summary is split into pieces, the same comes out.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._star = ""
        """Half of a mark for bold type."""
        self._held = ""
        self._is_open = False
        """Whether the current line's marks are off and its text streams."""
        self._has_text = False
        """Whether some of the current line's text has come out."""

    @property
    def summary(self) -> str:
        """The first line, as far as it has come."""
        return self._lines[0] if self._lines else ""

    @property
    def points(self) -> tuple[str, ...]:
        """The points, as far as they have come."""
        return tuple(self._lines[1:])

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        first, *others = self._without_bold(piece).split("\n")
        shaped = self._add(first)
        for part in others:
            shaped += self._end_line() + self._add(part)
        return shaped

    def finish(self) -> str:
        """Return what was held back and belongs to the summary, which ends here."""
        return self._add(self._star) + self._end_line()

    def _without_bold(self, piece: str) -> str:
        piece = self._star + piece
        stars = len(piece) - len(piece.rstrip("*"))
        self._star = "*" * (stars % 2)
        return piece[: len(piece) - len(self._star)].replace("**", "")

    def _add(self, part: str) -> str:
        self._held += part
        if not self._has_text:
            self._held = self._held.lstrip()
        if not self._is_open:
            self._is_open = self._take_off_mark()
        return self._let_out() if self._is_open else ""

    def _take_off_mark(self) -> bool:
        """Drop the mark in front of the line; return whether its text can stream."""
        is_first = not self._lines
        mark = _HEADLINE_MARK if is_first else _POINT_MARK
        maybe = _HEADLINE_MAYBE if is_first else _POINT_MAYBE
        if maybe.fullmatch(self._held):
            return False
        found = mark.match(self._held)
        if found:
            self._held = self._held[found.end() :]
        # A further line without a mark has to be seen whole.
        return is_first or found is not None

    def _let_out(self) -> str:
        """Return the held text up to its trailing blanks, on a line of its own."""
        end = len(self._held.rstrip())
        text, self._held = self._held[:end], self._held[end:]
        if not text:
            return ""
        if self._has_text:
            self._lines[-1] += text
            return text
        if len(self._lines) > MOST_POINTS:
            return ""
        self._has_text = True
        self._lines.append(text)
        return text if len(self._lines) == 1 else f"\n- {text}"

    def _end_line(self) -> str:
        shaped = ""
        if not self._is_open and not self._held.rstrip().endswith(":"):
            self._held = "" if self._is_only_mark() else self._held
            shaped = self._let_out()
        self._held = ""
        self._is_open = self._has_text = False
        return shaped

    def _is_only_mark(self) -> bool:
        held = f"{self._held} "
        mark = _POINT_MARK if self._lines else _HEADLINE_MARK
        found = mark.match(held)
        return found is not None and found.end() == len(held)
