"""Checks a summary against the messages while it streams: points without support go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from jarvis.assistant.context import Line
from jarvis.assistant.grounding.ungrounded import ungrounded_items, ungrounded_names
from jarvis.assistant.language.text import normalised
from jarvis.assistant.screening.summary import POINT_LABELS
from jarvis.assistant.summarizing.shaping import MOST_POINTS

_WORD: Final = re.compile(r"\w{4,}|\d+")
_MOST_SOURCES: Final = 5
_LABEL: Final = re.compile(
    rf"^(?:{'|'.join((*POINT_LABELS, 'Still open', 'Agreed'))}):", re.IGNORECASE
)
"""The words of a point that are its own and no message's; the demo's model has others."""


class CheckedSummary:
    """Takes pieces of a shaped summary and gives back what of it stands.

    The first line streams as it comes, and what in it no message supports is told.
    A point is held back until it is whole; with a name, number, time or day that no message
    has, or saying what an earlier one says, it is left out.
    """

    def __init__(self, lines: Sequence[Line], people: Sequence[str]) -> None:
        self.summary = ""
        self.points: list[str] = []
        self._lines = lines
        self._known = (*(line.text for line in lines), *people, *_speakers(lines))
        self._held = ""
        self._is_first_line = True

    @property
    def ungrounded(self) -> tuple[str, ...]:
        """Items and names of the first line that stand in no message."""
        return self._ungrounded(self.summary)

    @property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """The ids of the messages behind each point."""
        return tuple(sources_of(point, self._lines) for point in self.points)

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        *whole, rest = (self._held + piece).split("\n")
        passed = "".join(map(self._end, whole))
        if self._is_first_line:
            self.summary += rest
            self._held = ""
            return passed + rest
        self._held = rest
        return passed

    def finish(self) -> str:
        """Return what was held back and stands; the summary ends here."""
        rest, self._held = self._held, ""
        return self._end(rest)

    def add_point(self, point: str) -> str:
        """Add a point if there is room for it and it stands; return its line, else ""."""
        said = {normalised(each) for each in (*self.points, self.summary)}
        is_said = normalised(point) in said
        if is_said or len(self.points) >= MOST_POINTS or self._ungrounded(point):
            return ""
        self.points.append(point)
        return f"\n- {point}"

    def _end(self, line: str) -> str:
        if self._is_first_line:
            self._is_first_line = False
            self.summary += line
            return line
        point = line.removeprefix("- ").strip()
        return self.add_point(point) if point else ""

    def _ungrounded(self, text: str) -> tuple[str, ...]:
        said = _LABEL.sub("", text)
        return ungrounded_items(said, self._known) + ungrounded_names(said, self._known)


def _speakers(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple({line.speaker for line in lines if line.speaker is not None})


def sources_of(point: str, lines: Sequence[Line]) -> tuple[int, ...]:
    """The ids of the messages a point comes from, oldest first.

    Those that share the most of its longer words and numbers, at least two of them (or the
    only one it has); the speaker's name counts as a word. A point that shares nothing tells
    of how the conversation stands, which its newest message says.
    """
    wanted = _words(point)
    enough = min(2, len(wanted))
    shared = {line.message_id: len(wanted & _line_words(line)) for line in lines}
    found = [number for number, count in shared.items() if count >= enough > 0]
    best = sorted(found, key=lambda number: -shared[number])[:_MOST_SOURCES]
    return tuple(sorted(best)) or (lines[-1].message_id,)


def _line_words(line: Line) -> set[str]:
    return _words(f"{line.speaker or ''} {line.text}")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
