"""Where a message is written: enter sends it, ctrl+j breaks the line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.widgets import TextArea

from jarvis.tui.actions import Where, bindings


class Composer(TextArea):
    """The text to be sent; a paste of many lines is text, whatever keys it looks like."""

    BINDINGS: ClassVar = bindings(Where.COMPOSER)

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty. The cursor does not blink: that costs 0.7 % of a core for ever."""
        super().__init__(id=id, soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def on_key(self, event: events.Key) -> None:
        """TextArea takes enter for a new line before any binding sees it."""
        if event.key == "enter":
            event.prevent_default()

    def action_copy(self) -> None:
        """Copy the selection; without one ctrl+c means what it means everywhere."""
        if not self.selected_text:
            raise SkipAction()
        super().action_copy()

    def put(self, text: str) -> None:
        """Replace everything, as one step that ctrl+z takes back; cursor to the end."""
        self.replace(text, self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def take_up(self, text: str) -> None:
        """Hold what is written to another person; no ctrl+z leads back to the first one."""
        self.load_text(text)
        self.move_cursor(self.document.end)
