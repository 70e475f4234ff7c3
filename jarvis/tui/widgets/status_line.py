"""One row of facts: connection, model, unread, time; and a `DEMO` tag where it is one."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from jarvis.tui.text.message_rows import Part
from jarvis.tui.text.wrap import fit
from jarvis.tui.widgets.strips import strip_of

_SEPARATOR: Final[Part] = ("separator", " · ")


class StatusLine(Widget):
    """Facts at the left as far as they fit, facts at the right always."""

    ALLOW_SELECT: ClassVar = False
    COMPONENT_CLASSES: ClassVar = {
        f"status-line--{part}"
        for part in (
            *("fact", "separator", "tag", "online", "waiting"),
            *("offline", "warning", "unread"),
        )
    }

    def __init__(self, *, id: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id)
        self._tag: str | None = None
        self._left: list[Part] = []
        self._right: list[Part] = []

    def show(self, left: list[Part], right: list[Part], tag: str | None) -> None:
        """Show these facts; nothing is painted when they are the ones shown."""
        if (left, right, tag) != (self._left, self._right, self._tag):
            self._left, self._right, self._tag = left, right, tag
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row."""
        width = self.content_size.width
        end = [*_joined(self._right), ("fact", " ")]
        room = width - _cells(end) - 1
        start: list[Part] = [("fact", " ")]
        if self._tag is not None:
            start += [("tag", f" {self._tag} "), ("fact", " ")]
        facts = list(self._left)
        while len(facts) > 1 and _cells([*start, *_joined(facts)]) > room:
            facts.pop()
        if facts:
            # Even the connection alone may be too long for a very small window.
            facts[0] = facts[0][0], fit(facts[0][1], max(1, room - _cells(start)))
        start += _joined(facts)
        blank = max(0, width - _cells(start) - _cells(end))
        parts = [*start, ("fact", " " * blank), *end]
        return strip_of(parts, self._style, width, self.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"status-line--{name}")


def _joined(facts: list[Part]) -> list[Part]:
    parts: list[Part] = []
    for fact in facts:
        parts += [_SEPARATOR, fact] if parts else [fact]
    return parts


def _cells(parts: list[Part]) -> int:
    return sum(cell_len(text) for _style, text in parts)
