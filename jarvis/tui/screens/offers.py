"""The one question of who writes: which of the models that were found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from jarvis.tui.store.daemon_state import Offer
from jarvis.tui.text.clean import one_line

_MOST: Final = 9
"""A key for each: the digits."""


class OffersScreen(ModalScreen[None]):
    """A line for each model, and its digit takes it; escape leaves all as it is."""

    BINDINGS: ClassVar = [Binding("escape,q", "dismiss", "Close")]
    CSS = """
    OffersScreen { align: center middle; background: $background 40%; }
    OffersScreen > #offers {
        width: auto; max-width: 90%; height: auto; max-height: 90%; padding: 0 2;
        border: round $accent; border-title-color: $accent; background: $surface;
        border-subtitle-color: $text-muted; color: $text;
    }
    """

    def __init__(
        self, offers: Sequence[Offer], chosen: Callable[[Offer], None]
    ) -> None:
        """Ask; `chosen` is told the answer, where there is one."""
        super().__init__()
        self._offers = offers[:_MOST]
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """One box."""
        box = Static(Content("\n").join(self._lines()), id="offers")
        box.border_title = "Who is to write?"
        box.border_subtitle = "esc closes"
        yield box

    def _lines(self) -> list[Content]:
        return [
            Content.assemble(
                (f"{number}  ", "bold $accent"),
                one_line(offer.title),
                (f"   {one_line(offer.note)}", "$text-muted"),
            )
            for number, offer in enumerate(self._offers, 1)
        ]

    def on_key(self, event: events.Key) -> None:
        """A digit takes its model."""
        if event.key.isdecimal() and 0 < int(event.key) <= len(self._offers):
            event.stop()
            self.dismiss()
            self._chosen(self._offers[int(event.key) - 1])
