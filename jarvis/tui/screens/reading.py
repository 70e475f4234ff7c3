"""The main screen as it follows the daemon: two panes over a status bar."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from jarvis.client import Connected, Disconnected, Gap, Notice
from jarvis.client.versions import difference
from jarvis.errors import JarvisError
from jarvis.records import ChatId
from jarvis.tui import fetch
from jarvis.tui.actions import Where
from jarvis.tui.client import ClientLike
from jarvis.tui.clock import Clock
from jarvis.tui.drafting import Drafting
from jarvis.tui.sending import Sending
from jarvis.tui.store.link import Offline, Online
from jarvis.tui.store.outbox import Outgoing
from jarvis.tui.store.store import EVERYTHING, Pane, Store
from jarvis.tui.text import when
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.empty_state import EmptyStatePane, empty_state
from jarvis.tui.widgets.status_bar import StatusBar
from jarvis.tui.widgets.thread import Thread

if TYPE_CHECKING:
    from jarvis.tui.widgets.reply_pane import ReplyPane

FOLLOWED: Final = (
    *("new_message", "message_updated", "conversation_changed", "send_status"),
)
WIDE_FROM: Final = 100
"""Columns in which both panes fit side by side."""
NEWS_S: Final = 5.0
"""How long a line of news stays: long enough to read ten words twice."""
TICK_S: Final = 1 / 30
"""Streams are drawn this often, whatever their speed: more cannot be read."""


class ReadingScreen(Screen[None]):
    """Takes what the daemon tells into the store, and draws what changed there.

    Nothing else draws: whoever changes the store names the panes, and `_redraw` draws
    each of them once a turn of the loop.
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
        self._sending = Sending(client, store)
        self._reply: ReplyPane
        self.is_complete = False
        """Whether the composer is there, and keys can be taken."""
        self._is_up = asyncio.Event()
        self._completing = asyncio.Lock()
        self._is_preview = True
        self._is_following = False
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
        """Show the frame at once, then listen to the daemon for as long as it runs."""
        self._shown_minute = self._clock.now().minute
        self.set_interval(1.0, self._second)
        self._ticker = self.set_interval(TICK_S, self._tick, pause=True)
        self._store.on_change = partial(self.call_next, self._redraw)
        self._store.touch(EVERYTHING)
        self._redraw()
        self._is_up.set()
        self.run_worker(self._client.run(), group="client")
        self.run_worker(self._listen(), group="notices")

    async def complete(self) -> None:
        """Add the reply pane: once the list is on screen, or before the first key.

        It comes with Textual's text area, which takes a tenth of the time to the first
        frame, and nothing of it shows until a conversation is open.
        """
        async with self._completing:
            if self.is_complete:
                return
            await self._is_up.wait()  # a key may be there before the screen
            from jarvis.tui.widgets.reply_pane import ReplyPane

            self._reply = ReplyPane(id="reply")
            await self.query_one("#reading").mount(self._reply)
            self.is_complete = True
            self._store.touch(Pane.REPLY)

    # --- what the daemon tells ------------------------------------------------------------

    async def _listen(self) -> None:
        async for notice in self._client.notices():
            self._take(notice)

    def _take(self, notice: Notice) -> None:
        match notice:
            case Connected(ping=ping):
                was_away = isinstance(self._store.link, Offline)
                self._store.meet(ping)
                self._fetch_everything(was_away=was_away)
                for outgoing in self._store.outbox.lost:
                    self._send(outgoing)
            case Disconnected(reason=reason, retry_in_s=retry_in_s):
                retry_at_s = self._clock.elapsed_s() + retry_in_s
                is_news = self._store.lose(reason, retry_at_s)
                if is_news and self._store.inbox.is_loaded:
                    self._tell(reason)  # else it fills the pane
        # A push that comes here comes by `_follow` too, which misses none.

    def _send(self, outgoing: Outgoing) -> None:
        """Have it sent, or learn what became of it."""
        work = self._sent(outgoing)
        self.run_worker(work, group=f"send {outgoing.key}", exclusive=True)

    async def _sent(self, outgoing: Outgoing) -> None:
        refusal = await self._sending.run(outgoing)
        if refusal is not None:
            self._tell(f"Not sent, F4 takes it back: {refusal}")

    def _fetch_everything(self, *, was_away: bool = False) -> None:
        work = self._fetch_all(was_away=was_away)
        self.run_worker(work, group="everything", exclusive=True)

    async def _fetch_all(self, *, was_away: bool) -> None:
        client, store = self._client, self._store
        await fetch.fetch_place(client, store)
        if not self._is_following:
            self._is_following = True
            self.run_worker(self._follow(), group="events")
        arrived = await fetch.fetch_inbox(client, store)
        store.forget_closed_pages()
        if was_away:
            news = f" · {arrived} new while away" if arrived else ""
            self._tell(f"Connected again{news}.")
        conversations = store.inbox.conversations
        if store.page is not None:
            await fetch.fetch_newest(client, store, store.page)
        elif conversations and self.has_class("-wide"):
            self._open(conversations[0].chat_id, is_preview=True)
        if not self.is_complete:
            await self._until_painted()
            await self.complete()
        await fetch.say_hello(client)
        await fetch.fetch_status(client, store)
        self._tell_of_versions()

    async def _until_painted(self) -> None:
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def _tell_of_versions(self) -> None:
        """Say it where daemon and screen are of different versions: one was updated."""
        if isinstance(self._store.link, Online):
            ping = self._store.link.ping
            if told := difference(ping.pid, ping.version):
                self._tell(told)

    async def _follow(self) -> None:
        """Every change from the moment the lists were fetched, over any loss."""
        place = self._store.fetched_at
        since, epoch = (None, None) if place is None else place
        changes = self._client.events(FOLLOWED, since=since, epoch=epoch)
        try:
            async with aclosing(changes):
                async for change in changes:
                    if isinstance(change, Gap):
                        self._fetch_everything()
                    else:
                        self._apply(change.params)
        except JarvisError as error:
            self._tell(f"What is new does not show by itself: {error}")

    def _apply(self, event: Any) -> None:
        """Take what an event changed, and fetch what it does not tell."""
        self._keep_written()  # the open conversation may be the one that goes
        store = self._store
        now, is_end_seen = self._clock.now(), self._thread.is_at_end
        stale = store.apply(event, when.stamp(now), is_end_seen=is_end_seen)
        if Pane.LIST in stale:
            work = fetch.fetch_inbox(self._client, store)
            self.run_worker(work, group="inbox", exclusive=True)
        if Pane.THREAD in stale:
            self._fetch_page()
        if store.open_chat is None:
            self.set_focus(self._list)  # nothing may be typed to whoever comes next
        self._mark_read_if_seen()

    # --- reading --------------------------------------------------------------------------

    def _open(self, chat_id: ChatId, *, is_preview: bool = False) -> None:
        """Show a conversation; a preview leaves the focus and the badge as they are."""
        store = self._store
        self._is_preview = is_preview
        if chat_id != store.open_chat:
            self._keep_written()
            self._thread.follow()
            if self.is_complete:
                self._reply.composer.take_up(store.unsent.get(chat_id, ""))
        if not store.open(chat_id).is_loaded:
            self._fetch_page()
        self._list.choose(chat_id)
        self._mark_read_if_seen()
        if not is_preview:
            self.set_focus(self._reply.composer)

    def on_text_area_changed(self) -> None:
        """Keep what is written; by name, so that its class can come later."""
        self._keep_written()

    def _keep_written(self) -> None:
        """Keep what is written to the open conversation."""
        if self._store.open_chat is not None and self.is_complete:
            self._store.unsent[self._store.open_chat] = self._reply.composer.text

    def _fetch_page(self) -> None:
        if self._store.page is not None:
            work = fetch.fetch_newest(self._client, self._store, self._store.page)
            self.run_worker(work, group="page", exclusive=True)

    @on(Thread.OlderWanted)
    def _fetch_older(self) -> None:
        page = self._store.page
        if page is not None and not page.is_loading_older:
            work = fetch.fetch_older(self._client, self._store, page)
            self.run_worker(work, group="older")

    @on(ConversationList.MoreWanted)
    def _fetch_more(self) -> None:
        work = fetch.fetch_more_conversations(self._client, self._store)
        self.run_worker(work, group="more")

    @on(Thread.EndReached)
    def _mark_read_if_seen(self) -> None:
        """The newest message is on screen and the reader opened it: its badge goes."""
        if not self._is_preview and self._thread.is_at_end:
            self._store.mark_read()

    # --- showing ----------------------------------------------------------------------

    def _redraw(self) -> None:
        """Draw the panes that changed since the last time, each once."""
        store, changed = self._store, self._store.take_changes()
        self.redraws.update(changed)
        is_offline = isinstance(store.link, Offline)
        if Pane.LIST in changed:
            self._list.show(store.inbox, store.live_chats, is_offline=is_offline)
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
        """Draw what has gathered of all streams; only the open conversation's shows."""
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
