"""The messages of one conversation, drawn line by line: only what shows is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.scroll_view import ScrollView
from textual.strip import Strip

from jarvis.records import Conversation
from jarvis.tui.actions import Where, bindings
from jarvis.tui.clock import Clock
from jarvis.tui.store.outbox import Outgoing
from jarvis.tui.store.page import Page
from jarvis.tui.text import titles
from jarvis.tui.text.message_rows import Row
from jarvis.tui.text.thread_layout import Redrawn, ThreadLayout
from jarvis.tui.widgets.strips import Ink, Inks, entitle, strip_of, tinted

STRIPS_KEPT = 512
"""Messages whose drawn lines are kept: several screens in each direction."""
MORE_WITHIN_ROWS = 10
"""How near an end more messages are fetched, so that a held key does not wait."""


INKS: Final = {
    "time": Ink("text-disabled"),
    "text": Ink(),
    "own": Ink(),
    "aside": Ink("text-muted", italic=True),
    "you": Ink("primary", bold=True),
    "name-0": Ink("secondary", bold=True),
    "name-1": Ink("success", bold=True),
    "name-2": Ink("warning", bold=True),
    "name-3": Ink("error", bold=True),
    "name-4": Ink("accent", bold=True),
    "day": Ink("text-disabled"),
    "older": Ink("text-disabled"),
    "new": Ink("accent"),
    "failed": Ink("error", bold=True),
    "lit": Ink("accent", bold=True, ground="panel"),
}


class Thread(ScrollView, can_focus=True):
    """One conversation, oldest at the top; follows its end until the reader scrolls up.

    The message under the eye keeps its row whatever comes above or below it.
    """

    BINDINGS: ClassVar = bindings(Where.THREAD)
    ALLOW_SELECT: ClassVar = False

    class OlderWanted(TextualMessage):
        """The reader comes near the oldest message that was fetched."""

    class NewerWanted(TextualMessage):
        """The reader comes near the last message of a run further back."""

    class NewestWanted(TextualMessage):
        """The reader wants to leave a run further back for the newest message."""

    class EndReached(TextualMessage):
        """The newest message is on screen."""

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self.inks = Inks(self, INKS)
        self._layout = ThreadLayout(clock.zone)
        self._page: Page | None = None
        self._is_following = True
        self._sought: str | None = None
        """The message to put in view as soon as it is laid out."""
        self._outgoing: Sequence[Outgoing] = ()
        self._drawn: LRUCache[int, list[Strip]] = LRUCache(STRIPS_KEPT)
        self.drawn_messages = 0
        """How often a message was drawn: once, and again when it changed."""

    # --- what it is told ---------------------------------------------------------------

    def show(
        self,
        page: Page,
        outgoing: Sequence[Outgoing],
        conversation: Conversation | None,
        *,
        is_offline: bool = False,
    ) -> None:
        """Show the page as it is now, and below it what was sent and is not in it yet.

        The same page again keeps the reader's place.
        """
        if self.inks.dim(is_offline):
            self._drawn.clear()
            self.refresh()
        title = titles.thread_title(conversation)
        entitle(self, title, titles.thread_subtitle(page))
        before, self._page = self._page, page.shown
        is_another = before is None or before.chat_id != page.chat_id
        eye = None if is_another else self._eye()
        # What was sent stands below the newest message only.
        self._outgoing = outgoing if page.visited is None else ()
        if is_another and self._sought is None:
            self._is_following = True
        if self.content_size.width:
            self._lay_out(eye)

    def follow(self) -> None:
        """Show the newest message from the next drawing on, and those after it."""
        self._is_following, self._sought = True, None

    def seek(self, guid: str) -> None:
        """Put a message in view at the next drawing."""
        self._is_following, self._sought = False, guid

    # --- where the reader is ------------------------------------------------------------

    @property
    def is_at_end(self) -> bool:
        """Whether the newest message is on screen."""
        return self._is_following

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end exactly while it is in view."""
        super().watch_scroll_y(old_value, new_value)
        self._note_place()
        self._want_more()

    def _note_place(self) -> None:
        """Follow the newest message while it is in view; a run further back has none."""
        page, was_following = self._page, self._is_following
        is_at_bottom = round(self.scroll_y) >= self.max_scroll_y
        self._is_following = is_at_bottom and not (page is not None and page.has_newer)
        if self._is_following and not was_following:
            self.post_message(self.EndReached())

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew for the new width; a new height only moves the window."""
        if self._page is not None:
            eye = self._eye()
            if self.virtual_size.width != self.content_size.width:
                self._lay_out(eye)
            self._keep_place(eye)
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget lines drawn in the colours of before."""
        super().notify_style_update()
        self.inks.forget()
        self._drawn.clear()

    def _eye(self) -> tuple[str, int] | None:
        """The message at the top row, by guid, and how far down in it the row is."""
        if self._is_following or not len(self._layout):
            return None
        index, row = self._layout.locate(round(self.scroll_y))
        return self._layout.guid(index), self._layout.within_message(index, row)

    def _lay_out(self, eye: tuple[str, int] | None) -> None:
        assert self._page is not None
        width = self.content_size.width
        redrawn = self._layout.update(
            self._page, self._outgoing, width, self._clock.now()
        )
        for index in list(self._drawn.keys()):
            if index >= redrawn.first or index in redrawn.changed:
                self._drawn.discard(index)
        before = self.virtual_size
        self.virtual_size = Size(width, self._layout.total)
        self._keep_place(eye)
        self._repaint(redrawn, has_other_size=self.virtual_size != before)
        self._want_more()

    def _keep_place(self, eye: tuple[str, int] | None) -> None:
        """Put the message that was at the top there again, or the end in view.

        One that is sought comes a third down: what led to it can be read above it.
        """
        if self._sought is not None:
            sought = self._layout.row_of(self._sought, 0)
            if sought is not None:
                self._sought = None
                y = sought - self.content_size.height // 3
                self.scroll_to(y=y, animate=False, immediate=True, force=True)
                self._note_place()
            return
        row = None if eye is None else self._layout.row_of(*eye)
        if row is not None:
            self.scroll_to(y=row, animate=False, immediate=True, force=True)
        elif self._is_following:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)

    def _repaint(self, redrawn: Redrawn, *, has_other_size: bool) -> None:
        """Paint the rows that changed; all of them where rows moved."""
        is_tail_same = redrawn.first == len(self._layout)
        if has_other_size or redrawn.has_moved or not is_tail_same:
            self.refresh()
            return
        for index in redrawn.changed:
            top, rows = self._layout.span(index)
            self.refresh_lines(top + self._blank_rows, rows)

    @property
    def _blank_rows(self) -> int:
        """Empty rows above a short thread: it stands where the composer is."""
        return max(0, self.content_size.height - self._layout.total)

    def _want_more(self) -> None:
        page = self._page
        if page is None:
            return
        is_near_top = self.scroll_y <= MORE_WITHIN_ROWS
        if is_near_top and page.has_older and not page.is_loading_older:
            self.post_message(self.OlderWanted())
        is_near_bottom = self.scroll_y >= self.max_scroll_y - MORE_WITHIN_ROWS
        if is_near_bottom and page.has_newer and not page.is_loading_newer:
            self.post_message(self.NewerWanted())

    # --- drawing ------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row of a message, of a heading, or of the empty space above all."""
        width = self.content_size.width
        row = y + self.scroll_offset.y - self._blank_rows
        if not 0 <= row < self._layout.total:
            return Strip.blank(width, self.rich_style)
        index, within = self._layout.locate(row)
        if index not in self._drawn:
            self.drawn_messages += 1
            self._drawn[index] = [
                self._draw(parts, width) for parts in self._layout.rows(index)
            ]
        return self._drawn[index][within]

    def _draw(self, parts: Row, width: int) -> Strip:
        strip = strip_of(parts, self.inks, width, self.rich_style)
        is_lit = parts[0][0] == "lit"
        return tinted(strip, self.inks("lit")) if is_lit else strip

    # --- keys ---------------------------------------------------------------------------

    def action_line_down(self) -> None:
        self._scroll_by(1)

    def action_line_up(self) -> None:
        self._scroll_by(-1)

    def action_half_down(self) -> None:
        self._scroll_by(self.content_size.height // 2)

    def action_half_up(self) -> None:
        self._scroll_by(-(self.content_size.height // 2))

    def action_page_down(self) -> None:
        """A page towards the newest; two rows stay, so that the eye finds its place."""
        self._scroll_by(self.content_size.height - 2)

    def action_page_up(self) -> None:
        self._scroll_by(-(self.content_size.height - 2))

    def action_top(self) -> None:
        """To the oldest message that was fetched."""
        self.scroll_to(y=0, animate=False, immediate=True)

    def action_end(self) -> None:
        """To the newest message, and follow it."""
        if self._page is not None and self._page.has_newer:
            self.post_message(self.NewestWanted())
            return
        self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_y + rows, animate=False, immediate=True)
