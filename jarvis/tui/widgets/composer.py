"""Where a message is written: enter hands it over, ctrl+j breaks the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from jarvis.tui.actions import ACTIONS, Where, bindings

_NEWLINE_KEYS = next(
    action.keys
    for action in ACTIONS
    if (action.where, action.name) == (Where.COMPOSER, "newline")
)


class Composer(TextArea):
    """The text to be sent; a paste of many lines is text, whatever keys it looks like."""

    BINDINGS: ClassVar = bindings(Where.COMPOSER)

    @dataclass
    class Submitted(Message):
        """The reader pressed enter on some text."""

        text: str

    @dataclass
    class ScrollAsked(Message):
        """A page key: the thread is meant, the composer is too short to page in."""

        pages: int

    class EditorAsked(Message):
        """The reader wants to write in their own editor."""

    class InterruptAsked(Message):
        """Ctrl+c with nothing selected."""

    def __init__(self, *, id: str | None = None) -> None:
        """Start empty. The cursor does not blink: that costs 0.7 % of a core for ever."""
        super().__init__(id=id, soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        """TextArea takes enter for a new line before any binding sees it."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.action_submit()
        elif event.key in _NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            self.action_newline()
        else:
            await super()._on_key(event)

    def action_submit(self) -> None:
        """Hand the text over, if there is any."""
        if self.text.strip():
            self.post_message(self.Submitted(self.text))

    def action_newline(self) -> None:
        """Break the line at the cursor."""
        self.insert("\n")

    def action_edit(self) -> None:
        """Ask for the reader's own editor."""
        self.post_message(self.EditorAsked())

    def action_thread_up(self) -> None:
        """A page of messages up."""
        self.post_message(self.ScrollAsked(-1))

    def action_thread_down(self) -> None:
        """A page of messages down."""
        self.post_message(self.ScrollAsked(1))

    def action_copy(self) -> None:
        """Copy the selection; without one ctrl+c means what it means everywhere."""
        if self.selected_text:
            super().action_copy()
        else:
            self.post_message(self.InterruptAsked())

    def put(self, text: str) -> None:
        """Replace everything, as one step that ctrl+z takes back; cursor to the end."""
        self.replace(text, self.document.start, self.document.end)
        self.move_cursor(self.document.end)
