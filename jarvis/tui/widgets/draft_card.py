"""The draft being written for the open conversation, and the suggestions there are."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.store.card import Card, Phase, Suggestion
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.wrap import GrowingText, wrap
from jarvis.tui.widgets.strips import Ink, Inks, entitle

MOST_ROWS: Final = 8
CURSOR: Final = "▌"
_SLACK: Final = 2
"""Cells to the right of the text: the cursor, and one for terminals that count wide."""


INKS: Final = {
    "text": Ink(),
    "cursor": Ink("accent"),
    "waiting": Ink("text-muted"),
    "reason": Ink("error"),
}


class DraftCard(Widget):
    """One suggestion's text, growing in place; its title and keys stand in the border.

    It grows row by row up to eight and then keeps its end in view while it is written.
    """

    ALLOW_SELECT: ClassVar = False

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing; hidden until a draft is asked for."""
        super().__init__(id=id)
        self.inks = Inks(self, INKS)
        self._card = Card()
        self._suggestion: Suggestion | None = None
        self._written = 0
        self._text = GrowingText(1)
        self._width = 0
        self._lines: list[tuple[str, str]] = []
        self.paints = 0
        """How often its text was laid out: at most once a tick, whatever streams."""

    def show(self, card: Card, facts: list[str], keys: str) -> None:
        """Show the card as it is now; only what was added to its text is wrapped."""
        self._card = card
        entitle(self, " · ".join(facts), keys)
        self.set_class(card.phase is Phase.FAILED, "-failed")
        self.set_class(not card.is_live, "-at-rest")
        self._lay_out(self.content_size.width)

    def _lay_out(self, width: int) -> None:
        if width <= 0:
            return
        self.paints += 1
        self._wrap_current(max(1, width - _SLACK))
        before = len(self._lines)
        self._lines = self._compose_lines(width - _SLACK)
        self.refresh(layout=len(self._lines) != before)

    def _wrap_current(self, width: int) -> None:
        """Bring the wrapped text up to what has been written of the suggestion."""
        current = self._card.current
        text = "" if current is None else current.text
        is_same = current is self._suggestion and width == self._width
        if not is_same or len(text) < self._written:
            self._text, self._written = GrowingText(width), 0
            self._suggestion, self._width = current, width
        if len(text) > self._written:
            self._text.extend(text[self._written :])
            self._written = len(text)

    def _compose_lines(self, width: int) -> list[tuple[str, str]]:
        reason = []
        if self._card.reason is not None:
            sentence = one_line(self._card.reason)
            reason = [("reason", line) for line in wrap(sentence, max(1, width))]
        room = max(1, MOST_ROWS - len(reason))
        count = len(self._text)
        # While it is written the end is what matters, afterwards the beginning is.
        first = max(0, count - room) if self._card.is_growing else 0
        text = self._text.lines(first)[:room]
        lines = [("text", line) for line in text]
        if not lines and self._card.is_live:
            lines = [("waiting", CURSOR)]
        if count > first + room:
            lines[-1] = ("waiting", f"… {count - room + 1} more lines, F2 takes all")
        return lines + reason or [("waiting", "Nothing was written.")]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines; wraps for the width it is about to have."""
        if width - _SLACK != self._width:
            self._wrap_current(max(1, width - _SLACK))
            self._lines = self._compose_lines(width - _SLACK)
        return max(1, len(self._lines))

    def notify_style_update(self) -> None:
        """Forget the colours of before."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        """One line, with the cursor after the last while it is written."""
        width, base = self.content_size.width, self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        part, line = self._lines[y]
        segments = [Segment(line, self.inks(part))]
        if self._card.is_growing and y == len(self._lines) - 1:
            segments.append(Segment(CURSOR, self.inks("cursor")))
        return Strip(segments).adjust_cell_length(width, base)
