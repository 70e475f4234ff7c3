"""What of a model's raw text may be seen: no thoughts, no marks, no stop strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jarvis.inference.engine import Opening
from jarvis.inference.output.turn_text import TurnText

_HALF_LETTER: Final = "\ufffd"


class StopFilter:
    """Takes the pieces a model writes and gives back what is certain to stay.

    Of what it says in its turn (turn_text.py), everything from the first stop string on is
    dropped, and a replacement character at the end, which is the half of a letter that a
    cut text leaves behind. Within a thought a stop string is none. However the text is
    split into pieces, the same comes out.
    """

    def __init__(
        self,
        stop: Sequence[str] = (),
        *,
        opening: Opening = "reply",
        spoken_of: str = "",
    ) -> None:
        """Begin; `opening` and `spoken_of`: see TurnText."""
        self.turn = TurnText(opening, spoken_of)
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self._is_stopped = False

    @property
    def stopped(self) -> bool:
        """Whether the text is complete; nothing comes out after it."""
        return self._is_stopped or self.turn.is_over

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        return "" if self.stopped else self._pass_on(self.turn.feed(piece))

    def end_turn(self) -> str:
        """Take a control token whose meaning is not known."""
        return "" if self.stopped else self._pass_on(self.turn.end_turn())

    def finish(self) -> str:
        """Take the end of the output; returns what was held back of the text."""
        if self._is_stopped:
            return ""
        visible = self._pass_on(self.turn.finish(), is_whole=True)
        return visible.rstrip(_HALF_LETTER)

    def _pass_on(self, said: str, *, is_whole: bool = False) -> str:
        self._held += said
        end = self._first_stop()
        if end is not None:
            self._is_stopped = True
            visible, self._held = self._held[:end].rstrip(_HALF_LETTER), ""
            return visible
        is_whole = is_whole or self.turn.is_over
        end = len(self._held) - (0 if is_whole else self._doubtful())
        visible, self._held = self._held[:end], self._held[end:]
        return visible.rstrip(_HALF_LETTER) if is_whole else visible

    def _first_stop(self) -> int | None:
        """Where the stop string begins that is the first to be complete."""
        ends_and_starts = [
            (start + len(stop), start)
            for stop in self._stop
            if (start := self._held.find(stop)) >= 0
        ]
        return min(ends_and_starts)[1] if ends_and_starts else None

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
