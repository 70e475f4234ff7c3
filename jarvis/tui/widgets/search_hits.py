"""What was found, drawn line by line: two rows a hit, and a cursor that stays in view."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from jarvis.protocol.methods.search import SearchHit
from jarvis.tui.clock import Clock
from jarvis.tui.text import hit_rows
from jarvis.tui.text.hit_rows import ROWS
from jarvis.tui.text.message_rows import Row
from jarvis.tui.widgets.strips import Ink, Inks, entitle, strip_of, tinted

INKS: Final = {
    "text": Ink(),
    "bar": Ink("primary"),
    "name": Ink(bold=True),
    "place": Ink("text-muted"),
    "when": Ink("text-muted"),
    "mark": Ink("accent", bold=True),
    "beside": Ink("text-muted"),
    "cursor": Ink(ground="panel"),
}


class SearchHits(ScrollView):
    """The hits; the box keeps the focus, and the screen moves the cursor."""

    ALLOW_SELECT: ClassVar = False

    class Chosen(Message):
        """A hit was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id)
        self._clock = clock
        self.inks = Inks(self, INKS)
        self._hits: list[SearchHit] = []
        self._chosen = 0
        self._is_left_behind = False

    def show(self, hits: list[SearchHit], chosen: int) -> None:
        """Show the hits with the cursor on one of them, in view once it moves."""
        if (hits, chosen) == (self._hits, self._chosen):
            return  # the wheel may have left the cursor behind
        self._hits, self._chosen = list(hits), chosen
        self.virtual_size = Size(self.content_size.width, len(hits) * ROWS)
        self._show_cursor()
        self.refresh()

    @property
    def in_view(self) -> int:
        """How many hits the window holds."""
        return max(2, self.content_size.height // ROWS)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view, if it was."""
        if not self._is_left_behind:
            self._show_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note whether the wheel leaves the cursor behind."""
        super().watch_scroll_y(old_value, new_value)
        row = self._chosen * ROWS - round(new_value)
        self._is_left_behind = not -ROWS < row < self.content_size.height

    def _show_cursor(self) -> None:
        top, height = self._chosen * ROWS, self.content_size.height
        if top < self.scroll_y or height < ROWS:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif top + ROWS > self.scroll_y + height:
            self.scroll_to(y=top + ROWS - height, animate=False, immediate=True)

    def notify_style_update(self) -> None:
        """Forget the colours of before."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        """One row of a hit."""
        width = self.content_size.width
        position, row = divmod(y + self.scroll_offset.y, ROWS)
        if position >= len(self._hits):
            return Strip.blank(width, self.rich_style)
        is_chosen = position == self._chosen
        parts = hit_rows.rows(
            self._hits[position],
            width,
            self._clock.now(),
            self._clock.zone,
            bar=("bar", "▌" if is_chosen else " "),
        )[row]
        strip = strip_of(parts, self.inks, width, self.rich_style)
        return tinted(strip, self.inks("cursor")) if is_chosen else strip

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        position = (event.y - self.gutter.top + self.scroll_offset.y) // ROWS
        if 0 <= position < len(self._hits):
            self.post_message(self.Chosen(position))


class HitContext(Widget):
    """The hit under the cursor as far as it fits, between the messages beside it."""

    ALLOW_SELECT: ClassVar = False

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        """Show nothing yet."""
        super().__init__(id=id)
        self._clock = clock
        self.inks = Inks(self, INKS)
        self._hit: SearchHit | None = None

    def show(self, hit: SearchHit | None) -> None:
        """Show what is around this one."""
        if hit is not self._hit:
            self._hit = hit
            self.refresh()
        if hit is not None:
            now, zone = self._clock.now(), self._clock.zone
            entitle(self, f" {hit_rows.place_and_day(hit, now, zone)} ", "")

    def notify_style_update(self) -> None:
        """Forget the colours of before."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        """One row."""
        width, height = self.content_size
        rows: list[Row] = []
        if self._hit is not None:
            rows = hit_rows.context_rows(self._hit, width, height, self._clock.zone)
        if y >= len(rows):
            return Strip.blank(width, self.rich_style)
        return strip_of(rows[y], self.inks, width, self.rich_style)
