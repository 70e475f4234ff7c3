"""The main screen as it follows the daemon: what is told, what is fetched, what is open."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from textual import on

from jarvis.client import Connected, Disconnected, Gap, Notice, Push
from jarvis.client.versions import difference
from jarvis.errors import JarvisError
from jarvis.protocol.events import ModelProgress
from jarvis.protocol.methods.search import IndexState
from jarvis.records import ChatId
from jarvis.tui import fetch
from jarvis.tui.screens.frame import FrameScreen
from jarvis.tui.sending import Sending
from jarvis.tui.store.daemon_state import Offline, Online
from jarvis.tui.store.outbox import Outgoing
from jarvis.tui.store.pane import Pane
from jarvis.tui.text import when
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.thread import Thread

if TYPE_CHECKING:
    from jarvis.tui.screens.search import SearchScreen

FOLLOWED: Final = (
    *("new_message", "message_updated", "conversation_changed", "send_status"),
    "prefetch_complete",
)


class ReadingScreen(FrameScreen):
    """Takes what the daemon tells into the store, and fetches what it does not tell."""

    _is_preview = True
    _is_following = False
    _search_screen: SearchScreen | None = None
    """The one that is open."""

    def on_mount(self) -> None:
        """Listen to the daemon for as long as the screen is there."""
        self._sending = Sending(self._client, self._store)
        self.run_worker(self._client.run(), group="client")
        self.run_worker(self._listen(), group="notices")

    async def _listen(self) -> None:
        async for notice in self._client.notices():
            self._take(notice)

    def _take(self, notice: Notice) -> None:
        match notice:
            case Connected(ping=ping):
                was_away = isinstance(self._store.link, Offline)
                self._store.prepared.forget()  # by a daemon that may be another one
                self._store.meet(ping)
                self._fetch_everything(was_away=was_away)
                for outgoing in self._store.outbox.lost:
                    self._send(outgoing)
            case Disconnected(reason=reason, retry_in_s=retry_in_s):
                retry_at_s = self._clock.elapsed_s() + retry_in_s
                is_news = self._store.lose(reason, retry_at_s)
                if is_news and self._store.inbox.is_loaded:
                    self._tell(reason)  # else it fills the pane
            case Push(params=ModelProgress() as progress):
                self._store.note_progress(progress)
            case Push(params=IndexState() as state):
                may_find_more = self._search.note_index(state)
                if may_find_more and self._search_screen is not None:
                    self._search_screen.ask_again()
        # Any other push that comes here comes by `_follow` too, which misses none.
        if self._search_screen is not None and not isinstance(notice, Push):
            self._search_screen.link_changed()

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
            await fetch.fetch_visited(client, store, store.page)
        elif conversations and self.has_class("-wide"):
            self._open(conversations[0].chat_id, is_preview=True)
        if not self.is_complete:
            await self._until_painted()
            await self.complete()
        await fetch.say_hello(client)
        await fetch.fetch_status(client, store)
        await fetch.fetch_offers(client, store)
        await fetch.fetch_prefetch(client, store)
        self._tell_of_versions()

    def _tell_of_versions(self) -> None:
        """Say it where daemon and screen are of different versions: one was updated."""
        if isinstance(self._store.link, Online):
            ping = self._store.link.ping
            if sentence := difference(ping.pid, ping.version):
                self._tell(sentence)

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
        store, page = self._store, self._store.page
        self._is_preview = is_preview
        if page is not None and (chat_id != page.chat_id or page.visited is not None):
            self._thread.follow()
        if chat_id != store.open_chat:
            self._keep_written()
            if self.is_complete:
                self._reply.composer.take_up(store.unsent.get(chat_id, ""))
        if not store.open(chat_id).is_loaded:
            self._fetch_page()
        self._list.choose(chat_id)
        self._mark_read_if_seen()
        if not is_preview:
            self.set_focus(self._reply.composer)
            if store.prepared.is_on:
                work = fetch.prefetch_focus(self._client, store, chat_id)
                self.run_worker(work, group="prefetch", exclusive=True)

    @on(ConversationList.Dwelt)
    def _prefetch(self, message: ConversationList.Dwelt) -> None:
        """Have a draft made ready for whom the reader seems to open next."""
        store, chat_id = self._store, message.chat_id
        is_known = chat_id in store.prepared.chats or chat_id == store.open_chat
        if store.prepared.is_on and isinstance(store.link, Online) and not is_known:
            work = fetch.prefetch_hover(self._client, store, chat_id)
            self.run_worker(work, group="hover", exclusive=True)

    def open_at(self, chat_id: ChatId, message_id: int) -> None:
        """Open a conversation where a message stands, however far back that is."""
        # Nothing is read by it: the newest message may be far below.
        self._open(chat_id, is_preview=True)
        self.set_focus(self._thread)
        work = self._go_to(chat_id, message_id)
        self.run_worker(work, group="place", exclusive=True)

    async def _go_to(self, chat_id: ChatId, message_id: int) -> None:
        client, store = self._client, self._store
        page = store.page_of(chat_id)
        try:
            if page.light(message_id) is None:
                await fetch.fetch_around(client, page, message_id)
        except JarvisError as error:
            self._tell(str(error))
        guid = page.light(message_id)
        if store.open_chat == chat_id:  # the reader has not gone on meanwhile
            if guid is not None:
                self._thread.seek(guid)
            self._is_preview = False
            store.touch(Pane.THREAD)
        await fetch.fetch_row(client, store, chat_id)

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
        page, is_online = self._store.page, isinstance(self._store.link, Online)
        if is_online and page is not None and not page.shown.is_loading_older:
            work = fetch.fetch_older(self._client, self._store, page.shown)
            self.run_worker(work, group="older")

    @on(Thread.NewerWanted)
    def _fetch_newer(self) -> None:
        if self._store.page is not None:
            work = fetch.fetch_newer(self._client, self._store, self._store.page)
            self.run_worker(work, group="newer")

    @on(Thread.NewestWanted)
    def _leave_visit(self) -> None:
        """Back from a run further back to the newest message."""
        if self._store.page is not None:
            self._store.page.leave_visit()
            self._store.touch(Pane.THREAD)
            self._thread.follow()
            self._mark_read_if_seen()

    @on(ConversationList.MoreWanted)
    def _fetch_more(self) -> None:
        work = fetch.fetch_more_conversations(self._client, self._store)
        self.run_worker(work, group="more")

    @on(Thread.EndReached)
    def _mark_read_if_seen(self) -> None:
        """The newest message is on screen and the reader opened it: its badge goes."""
        if not self._is_preview and self._thread.is_at_end:
            self._store.mark_read()
