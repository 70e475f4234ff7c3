"""The conversations, newest first, drawn line by line; a cursor that stays on a person."""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from jarvis.records import ChatId, Conversation
from jarvis.tui.actions import Where, bindings
from jarvis.tui.clock import Clock
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.text import titles
from jarvis.tui.text.conversation_rows import ROWS, rows, skeleton
from jarvis.tui.widgets.strips import Ink, Inks, entitle, strip_of, tinted

DWELL_S = 0.15
"""How long the eye rests on whom it is interested in; who runs down the list does not."""
MORE_WITHIN = 20
"""How near the end of what was fetched more conversations are asked for."""


INKS: Final = {
    "text": Ink(),
    "bar": Ink("text-disabled"),
    "focused-bar": Ink("primary"),
    "name": Ink(),
    "unread-name": Ink(bold=True),
    "age": Ink("text-muted"),
    "badge": Ink("accent", bold=True),
    "preview": Ink("text-muted"),
    "drafting": Ink("accent", italic=True),
    "ready": Ink("success"),
    "skeleton": Ink("panel"),
    "cursor": Ink(ground="surface"),
    "focused-cursor": Ink(ground="panel"),
}


class _Row(NamedTuple):
    """What a conversation's two rows are drawn from, except the time and the cursor."""

    conversation: Conversation
    unread: int
    is_drafting: bool
    is_ready: bool


class ConversationList(ScrollView, can_focus=True):
    """The inbox; enter or a click opens the conversation under the cursor."""

    BINDINGS: ClassVar = bindings(Where.LIST)
    ALLOW_SELECT: ClassVar = False

    class Dwelt(Message):
        """The cursor or the pointer rests on a conversation: it may be opened next."""

        def __init__(self, chat_id: ChatId) -> None:
            super().__init__()
            self.chat_id = chat_id

    class MoreWanted(Message):
        """The cursor comes near the oldest conversation that was fetched."""

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        """Show a skeleton until the inbox is loaded."""
        super().__init__(id=id)
        self._clock = clock
        self.inks = Inks(self, INKS)
        self._inbox = Inbox()
        self._drafting: frozenset[ChatId] = frozenset()
        self._ready: frozenset[ChatId] = frozenset()
        self._chosen: ChatId | None = None
        self._shown: list[_Row] | None = None
        self._pointed: int | None = None
        """The row of the window that the pointer is on, as far as is known."""
        self._attended: ChatId | None = None
        """Whom the cursor or the pointer was on last."""
        self._dwell: Timer | None = None
        self.painted_rows = 0
        """How many rows were drawn: two for each conversation that changed."""

    # --- what it is told ---------------------------------------------------------------

    def show(
        self,
        inbox: Inbox,
        drafting: set[ChatId],
        ready: frozenset[ChatId],
        *,
        is_offline: bool = False,
    ) -> None:
        """Show the inbox as it is now; the cursor stays on the same person."""
        if self.inks.dim(is_offline):
            self.refresh()
        entitle(self, *titles.of_list(inbox))
        offset = self._offset_of_cursor()
        self._inbox, self._drafting = inbox, frozenset(drafting)
        self._ready = ready
        if self._chosen is None and inbox.conversations:
            self._chosen = inbox.conversations[0].chat_id
        height = len(inbox.conversations) * ROWS
        self.virtual_size = Size(self.content_size.width, height)
        self._restore_offset(offset)
        self._paint_what_changed()

    def _paint_what_changed(self) -> None:
        before, inbox = self._shown, self._inbox
        self._shown = None
        if inbox.is_loaded:
            self._shown = [
                _Row(
                    conversation,
                    inbox.unread(conversation),
                    conversation.chat_id in self._drafting,
                    conversation.chat_id in self._ready,
                )
                for conversation in inbox.conversations
            ]
        if before is None or self._shown is None or len(before) != len(self._shown):
            self.refresh()
            return
        for position, (old, new) in enumerate(zip(before, self._shown, strict=True)):
            if old.conversation is not new.conversation or old[1:] != new[1:]:
                self.refresh_lines(position * ROWS, ROWS)

    def choose(self, chat_id: ChatId) -> None:
        """Put the cursor on a conversation."""
        self._chosen = chat_id
        self._show_cursor()
        self.refresh()

    # --- the cursor ---------------------------------------------------------------------

    @property
    def chosen(self) -> ChatId | None:
        """The conversation under the cursor."""
        return self._chosen

    def _position(self) -> int:
        position = None
        if self._chosen is not None:
            position = self._inbox.position(self._chosen)
        return 0 if position is None else position

    def _move_to(self, position: int) -> None:
        count = len(self._inbox.conversations)
        if not count:
            return
        before = self._position()
        position = min(max(position, 0), count - 1)
        self._chosen = self._inbox.conversations[position].chat_id
        # Two conversations are repainted, not the forty on screen.
        self.refresh_lines(before * ROWS, ROWS)
        self.refresh_lines(position * ROWS, ROWS)
        self._show_cursor()
        self._pointed = None
        self._attend(self._chosen)
        if position >= count - MORE_WITHIN and self._inbox.next_cursor is not None:
            self.post_message(self.MoreWanted())

    def _show_cursor(self) -> None:
        top, height = self._position() * ROWS, self.content_size.height
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif top + ROWS > self.scroll_y + height:
            self.scroll_to(y=top + ROWS - height, animate=False, immediate=True)

    def _offset_of_cursor(self) -> int | None:
        """How far below the top of the window the cursor is; None at the list's top."""
        if not self.scroll_y:
            return None
        return self._position() * ROWS - round(self.scroll_y)

    def _restore_offset(self, offset: int | None) -> None:
        if offset is not None:
            y = self._position() * ROWS - offset
            self.scroll_to(y=y, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view."""
        self._show_cursor()

    # --- drawing ------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget the colours of before."""
        super().notify_style_update()
        self.inks.forget()

    def render_line(self, y: int) -> Strip:
        """One row of a conversation, or of the skeleton."""
        self.painted_rows += 1
        width = self.content_size.width
        position, row = divmod(y + self.scroll_offset.y, ROWS)
        if not self._inbox.is_loaded:
            if self.content_size.height - y <= row:
                return Strip.blank(width, self.rich_style)
            parts = skeleton(position, width)[row]
            return strip_of(parts, self.inks, width, self.rich_style)
        if position >= len(self._inbox.conversations):
            return Strip.blank(width, self.rich_style)
        conversation = self._inbox.conversations[position]
        is_chosen = conversation.chat_id == self._chosen
        bar = ("text", " ")
        if is_chosen:
            bar = ("focused-bar" if self.has_focus else "bar", "▌")
        parts = rows(
            conversation,
            width,
            self._clock.now(),
            self._clock.zone,
            unread=self._inbox.unread(conversation),
            bar=bar,
            is_drafting=conversation.chat_id in self._drafting,
            is_ready=conversation.chat_id in self._ready,
        )[row]
        if not is_chosen:
            return strip_of(parts, self.inks, width, self.rich_style)
        under = self.inks("focused-cursor" if self.has_focus else "cursor")
        return tinted(strip_of(parts, self.inks, width, self.rich_style), under)

    # --- keys and pointer ---------------------------------------------------------------

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Note whom the pointer is on."""
        self._pointed = event.y - self.gutter.top
        self._attend_pointed()

    def on_leave(self, event: events.Leave) -> None:
        """The pointer is on nobody."""
        self._pointed = None
        self._attend(None)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Under a pointer that stands still there is somebody else."""
        super().watch_scroll_y(old_value, new_value)
        if self._pointed is not None:
            self._attend_pointed()

    def _attend_pointed(self) -> None:
        position = self._position_at(self._pointed or 0)
        rows = self._inbox.conversations
        self._attend(None if position is None else rows[position].chat_id)

    def _attend(self, chat_id: ChatId | None) -> None:
        """Wait whether it stays with this one; who runs past asks for nothing."""
        if chat_id == self._attended:
            return
        self._attended = chat_id
        if self._dwell is not None:
            self._dwell.stop()
        self._dwell = None if chat_id is None else self.set_timer(DWELL_S, self._rest)

    def _rest(self) -> None:
        if self._attended is not None:
            self.post_message(self.Dwelt(self._attended))

    def _position_at(self, y: int) -> int | None:
        """The place in the list of the conversation at a row of the window."""
        position = (y + self.scroll_offset.y) // ROWS
        return position if 0 <= position < len(self._inbox.conversations) else None

    async def on_click(self, event: events.Click) -> None:
        """Open what was clicked."""
        position = self._position_at(event.y - self.gutter.top)
        if position is not None:
            self._move_to(position)
            await self.run_action("screen.open")

    def action_cursor_down(self) -> None:
        self._move_to(self._position() + 1)

    def action_cursor_up(self) -> None:
        self._move_to(self._position() - 1)

    def action_first(self) -> None:
        """To the newest conversation."""
        self._move_to(0)

    def action_last(self) -> None:
        """To the oldest conversation that was fetched."""
        self._move_to(len(self._inbox.conversations) - 1)

    def action_half_down(self) -> None:
        self._move_to(self._position() + self._in_view() // 2)

    def action_half_up(self) -> None:
        self._move_to(self._position() - self._in_view() // 2)

    def action_page_down(self) -> None:
        self._move_to(self._position() + self._in_view() - 1)

    def action_page_up(self) -> None:
        self._move_to(self._position() - self._in_view() + 1)

    def _in_view(self) -> int:
        return max(2, self.content_size.height // ROWS)
