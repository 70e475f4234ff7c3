"""A text that grows at its end, kept wrapped: only its last line is wrapped again."""

from __future__ import annotations

from jarvis.tui.text.clean import clean
from jarvis.tui.text.wrap import Span, line_spans


class GrowingText:
    """What has been written so far, as lines of `width` cells.

    Greedy lines before the last never change when text is added, so a piece costs what
    its own length costs, however long the whole has become.
    """

    def __init__(self, width: int) -> None:
        """Start empty."""
        self._width = width
        self._text = ""
        self._spans: list[Span] = []

    def __len__(self) -> int:
        """How many lines there are; none before the first piece."""
        return len(self._spans)

    def extend(self, piece: str) -> None:
        """Add a piece at the end."""
        start = self._spans.pop().start if self._spans else 0
        self._text += clean(piece)
        self._spans += [
            Span(start + span.start, start + span.end)
            for span in line_spans(self._text[start:], self._width)
        ]

    def lines(self, first: int = 0) -> list[str]:
        """The lines from number `first` on."""
        return [self._text[start:end] for start, end in self._spans[first:]]
