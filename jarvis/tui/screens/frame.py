"""The frame of the main screen: two panes over a status bar, drawn from the store."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from jarvis.tui.actions import Where
from jarvis.tui.client import ClientLike
from jarvis.tui.clock import Clock
from jarvis.tui.drafting import Drafting
from jarvis.tui.store.daemon_state import Offline
from jarvis.tui.store.pane import EVERYTHING, Pane
from jarvis.tui.store.search import Search
from jarvis.tui.store.store import Store
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.empty_state import EmptyStatePane, empty_state
from jarvis.tui.widgets.status_bar import StatusBar
from jarvis.tui.widgets.thread import Thread

if TYPE_CHECKING:
    from jarvis.tui.widgets.reply_pane import ReplyPane

WIDE_FROM: Final = 100
"""Columns in which both panes fit side by side."""
NEWS_S: Final = 5.0
"""How long a line of news stays: long enough to read ten words twice."""
TICK_S: Final = 1 / 30
"""Streams are drawn this often, whatever their speed: more cannot be read."""


class FrameScreen(Screen[None]):
    """Draws what the store holds, and nothing else draws.

    Whoever changes the store names the panes that show it, and `_redraw` draws each of
    them once a turn of the loop.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_FROM, "-wide")]  # noqa: RUF012  # so in Textual
    AUTO_FOCUS: ClassVar = "#conversations"

    def __init__(
        self,
        client: ClientLike,
        store: Store,
        clock: Clock,
        *,
        address: str,
        is_wide: bool,
    ) -> None:
        """Show what the store holds; `address` is what the socket is called on screen.

        `is_wide` says whether both panes will fit at first.
        """
        # What the first size and the first drawing will say: nothing is styled twice.
        super().__init__(classes="-listing -wide" if is_wide else "-listing -narrow")
        self._client = client
        self._store = store
        self._clock = clock
        self._address = address
        self._drafting = Drafting(client, store, clock)
        self._reply: ReplyPane
        self._search = Search()
        self._is_up = asyncio.Event()
        self._is_completing = False
        self._has_reply_pane = asyncio.Event()
        self._is_urgent = False
        self.redraws: Counter[Pane] = Counter()
        """How often each pane was drawn: at most once a turn of the loop."""
        self.ticks = 0
        """How often streams were drawn; it stands still while nothing streams."""

    def compose(self) -> ComposeResult:
        """Two panes, and two rows under both."""
        self._list = ConversationList(self._clock, id="conversations")
        self._thread = Thread(self._clock, id="thread")
        self._empty = EmptyStatePane(id="empty")
        self._status = StatusBar(id="status")
        with Horizontal(id="panes"):
            yield self._list
            with Vertical(id="reading"):
                yield self._thread
                yield self._empty
        yield self._status

    def on_mount(self) -> None:
        """Show the frame at once, and from then on what changes."""
        self._shown_minute = self._clock.now().minute
        self.set_interval(1.0, self._second)
        self._ticker = self.set_interval(TICK_S, self._tick, pause=True)
        self._store.on_change = partial(self.call_next, self._redraw)
        self._store.touch(EVERYTHING)
        self._redraw()
        self._is_up.set()

    async def complete(self) -> None:
        """Add the reply pane: once the list is on screen, or before the first key.

        It comes with Textual's text area, which takes a tenth of the time to the first
        frame, and nothing of it shows until a conversation is open.
        """
        if not self._is_completing:
            self._is_completing = True
            # A worker, because whoever waits for it may be cancelled; it may not.
            self.run_worker(self._add_reply_pane(), group="reply pane")
        await self._has_reply_pane.wait()

    @property
    def is_complete(self) -> bool:
        """Whether the composer is there, and keys can be taken."""
        return self._has_reply_pane.is_set()

    async def _add_reply_pane(self) -> None:
        from jarvis.tui.widgets.reply_pane import ReplyPane

        await self._is_up.wait()  # a key may be there before the screen
        self._reply = ReplyPane(id="reply")
        await self.query_one("#reading").mount(self._reply)
        self._has_reply_pane.set()
        self._store.touch(Pane.REPLY)

    async def _until_painted(self) -> None:
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def _redraw(self) -> None:
        """Draw the panes that changed since the last time, each once."""
        store, changed = self._store, self._store.take_changes()
        self.redraws.update(changed)
        is_offline = isinstance(store.link, Offline)
        if Pane.LIST in changed:
            self._list.show(
                *(store.inbox, store.live_chats, store.prepared.chats),
                is_offline=is_offline,
            )
        if Pane.THREAD in changed:
            state = empty_state(store, self._address)
            self._is_urgent = state is not None and state.is_urgent
            self._empty.show(state)
            self._thread.display = state is None
            if store.page is not None:
                outgoing = store.outbox.of(store.open_chat)
                self._thread.show(
                    store.page, outgoing, store.conversation, is_offline=is_offline
                )
        if Pane.REPLY in changed and self.is_complete:
            self._reply.show(store, self._clock.elapsed_s())
            if store.live_chats:
                self._ticker.resume()
            else:
                self._ticker.pause()
        self._status.show(
            *(store, self._where(), self._address),
            *(self._clock.now(), self._clock.elapsed_s()),
        )
        is_reading = self._is_urgent or self.focused not in (None, self._list)
        self.set_class(is_reading, "-reading")
        self.set_class(not is_reading, "-listing")

    def _second(self) -> None:
        """The clock, the ages in the list, and the seconds until the next try."""
        minute = self._clock.now().minute
        if minute != self._shown_minute:
            self._shown_minute = minute
            self._list.refresh()
        self._store.touch(Pane.STATUS)

    def _tick(self) -> None:
        """Draw the tokens that have come since the last tick."""
        self.ticks += 1
        self._drafting.drain()

    def _tell(self, sentence: str) -> None:
        """One line of news in place of the keys."""
        self._store.news = sentence
        self._store.touch(Pane.STATUS)
        self.set_timer(NEWS_S, partial(self._forget, sentence))

    def _forget(self, sentence: str) -> None:
        if self._store.news == sentence:
            self._store.news = None
            self._store.touch(Pane.STATUS)

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        self._store.touch(Pane.STATUS)

    def _where(self) -> Where:
        if self.focused in (None, self._list):
            return Where.LIST
        return Where.THREAD if self.focused is self._thread else Where.COMPOSER
