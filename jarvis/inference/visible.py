"""What of a model's raw text may be seen: no thoughts, no stop strings, no half letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_THINK_OPEN: Final = "<think>"
_THINK_CLOSE: Final = "</think>"
_HALF_LETTER: Final = "\ufffd"


class VisibleText:
    """Takes the pieces a model writes and gives back what is certain to stay.

    Dropped are blanks and a `<think>` block at the beginning, everything from the first
    stop string on, and a replacement character at the end, which is the half of a letter
    that a cut text leaves behind. However the text is split into pieces, the same text
    comes out; what may still turn out to be dropped is held back.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self.stopped = False
        """Whether a stop string came; nothing comes out after it."""
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        if self.stopped:
            return ""
        self._held += piece
        self._begun = self._begun or self._skip_preamble()
        if not self._begun:
            return ""
        end = self._first_stop()
        if end is not None:
            self.stopped = True
            visible, self._held = self._held[:end].rstrip(_HALF_LETTER), ""
            return visible
        end = len(self._held) - self._doubtful()
        visible, self._held = self._held[:end], self._held[end:]
        return visible

    def finish(self) -> str:
        """What was held back and proved to belong to the text, which ends here."""
        held, self._held = self._held, ""
        if not self._begun and held.startswith(_THINK_OPEN):
            return ""
        return held.rstrip(_HALF_LETTER)

    def _skip_preamble(self) -> bool:
        """Drop blanks and thoughts; whether the text itself has begun."""
        self._held = self._held.lstrip()
        while self._held.startswith(_THINK_OPEN):
            _thought, close, rest = self._held.partition(_THINK_CLOSE)
            if not close:
                return False
            self._held = rest.lstrip()
        return not _THINK_OPEN.startswith(self._held)

    def _first_stop(self) -> int | None:
        """Where the stop string begins that is the first to be complete."""
        found = [
            (start + len(stop), start)
            for stop in self._stop
            if (start := self._held.find(stop)) >= 0
        ]
        return min(found)[1] if found else None

    def _doubtful(self) -> int:
        """How many characters at the end may become a stop string or be half a letter."""
        longest = max(map(len, self._stop), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            tail = self._held[-length:]
            if any(stop.startswith(tail) for stop in self._stop):
                break
        else:
            length = 0
        sure = self._held[: len(self._held) - length]
        return length + len(sure) - len(sure.rstrip(_HALF_LETTER))
