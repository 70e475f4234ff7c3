"""Filters of texts that come in pieces: each gives back what is certain to stay."""

from __future__ import annotations

from typing import Protocol


class TextFilter(Protocol):
    """Takes a text in pieces, and holds back what later ones may change.

    However the text is split into pieces, what comes out joins to the same.
    """

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""

    def finish(self) -> str:
        """What was held back and stands, now that the text has ended."""


class Chain:
    """Filters one behind the other, as one: what one gives back, the next one takes."""

    def __init__(self, *filters: TextFilter) -> None:
        self._filters = filters

    def feed(self, piece: str) -> str:
        """See TextFilter."""
        for each in self._filters:
            piece = each.feed(piece)
        return piece

    def finish(self) -> str:
        """See TextFilter."""
        text = ""
        for each in self._filters:
            text = each.feed(text) + each.finish()
        return text
