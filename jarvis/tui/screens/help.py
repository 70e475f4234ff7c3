"""The keys that count where the reader is, straight from the table of actions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from jarvis.tui.actions import Action, Where, actions_at, key_name

_KEY_WIDTH = 22


class HelpScreen(ModalScreen[None]):
    """Keys of the focused pane first, then those that count everywhere."""

    BINDINGS: ClassVar = [Binding("escape,f1,question_mark,q", "dismiss", "Close")]
    CSS = """
    HelpScreen { align: center middle; background: $background 40%; }
    HelpScreen > #keys {
        width: 86; max-width: 100%; height: auto; max-height: 90%; padding: 0 2;
        border: round $primary; border-title-color: $primary; background: $surface;
        border-subtitle-color: $text-muted; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, where: Where) -> None:
        """Help for the pane that had the focus."""
        super().__init__()
        self._where = where

    def compose(self) -> ComposeResult:
        """One scrolling text."""
        pane = VerticalScroll(Static(self._text()), id="keys")
        pane.border_title = "Keys"
        pane.border_subtitle = "esc closes"
        yield pane

    def _text(self) -> Content:
        lines: list[Content] = []
        # Over the search no other key counts.
        everywhere = () if self._where is Where.SEARCH else (Where.ANYWHERE,)
        for where in (self._where, *everywhere):
            lines += [Content(""), Content.styled(where.value.capitalize(), "bold")]
            lines += [_line(action) for action in actions_at(where)]
        return Content("\n").join([*lines, Content("")])


def _line(action: Action) -> Content:
    keys = ", ".join(key_name(key) for key in action.keys)
    return Content.assemble(
        (f"  {keys:<{_KEY_WIDTH}}", "$primary"), (action.help, "$text-muted")
    )
