"""The main screen as it follows the daemon: two panes, the desk, and two lines below."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from jarvis.client import Client, Connected, Disconnected, Gap, Notice
from jarvis.client.versions import difference
from jarvis.errors import JarvisError
from jarvis.protocol.events import NewMessage
from jarvis.records import ChatId
from jarvis.tui import errands
from jarvis.tui.actions import Where
from jarvis.tui.clock import Clock
from jarvis.tui.screens.desk import Desk
from jarvis.tui.screens.foot import Foot
from jarvis.tui.store.link import Offline, Online
from jarvis.tui.store.store import Store
from jarvis.tui.text import titles, when
from jarvis.tui.text.placards import placard_for
from jarvis.tui.widgets.composer import Composer
from jarvis.tui.widgets.conversation_list import ConversationList
from jarvis.tui.widgets.placard import PlacardPane
from jarvis.tui.widgets.strips import entitle
from jarvis.tui.widgets.thread import Thread

FOLLOWED: Final = (
    *("new_message", "message_updated", "conversation_changed", "send_status"),
)


class ReadingScreen(Screen[None]):
    """Takes what the daemon tells, and shows it; the panes only draw."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # so in Textual
    AUTO_FOCUS: ClassVar = "#conversations"

    def __init__(
        self, client: Client, store: Store, clock: Clock, address: str
    ) -> None:
        """Show what the store holds; `address` is what the socket is called on screen."""
        super().__init__()
        self._client = client
        self._store = store
        self._clock = clock
        self._address = address
        self._is_preview = True
        self._is_following = False

    def compose(self) -> ComposeResult:
        """Two panes, and two lines under both."""
        with Horizontal(id="panes"):
            yield ConversationList(self._clock, id="conversations")
            with Vertical(id="reading"):
                yield Thread(self._clock, id="thread")
                yield PlacardPane(id="placard")
                yield Desk(self._client, self._store, self._clock, id="desk")
        yield Foot(self._store, self._clock, self._address, id="foot")

    def on_mount(self) -> None:
        """Show the frame at once, then listen to the daemon for as long as it runs."""
        self._list = self.query_one(ConversationList)
        self._thread = self.query_one(Thread)
        self._desk = self.query_one(Desk)
        self._foot = self.query_one(Foot)
        self._shown_minute = self._clock.now().minute
        self.set_interval(1.0, self._second)
        self._show_all()
        self.run_worker(self._client.run(), group="client")
        self.run_worker(self._listen(), group="notices")

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
                self._desk.ask_again()
            case Disconnected(reason=reason, retry_in_s=retry_in_s):
                self._lose(reason, retry_in_s)
                self._desk.show()
        # A push that comes here comes by `_follow` too, which misses none.
        self._show_around()

    def _lose(self, reason: str, retry_in_s: float) -> None:
        """Note that nobody answers; why nobody could be started is told once."""
        before = self._store.link
        self._store.link = Offline(reason, self._clock.elapsed_s() + retry_in_s)
        if not self._store.inbox.is_loaded:
            self._show_page()
        elif isinstance(before, Offline) and before.reason != reason:
            self._tell(reason)

    def _fetch_everything(self, *, was_away: bool = False) -> None:
        work = self._fetch_all(was_away=was_away)
        self.run_worker(work, group="everything", exclusive=True)

    async def _fetch_all(self, *, was_away: bool) -> None:
        await errands.fetch_place(self._client, self._store)
        if not self._is_following:
            self._is_following = True
            self.run_worker(self._follow(), group="events")
        arrived = await errands.fetch_inbox(self._client, self._store)
        self._store.forget_closed_pages()
        if was_away:
            news = f" · {arrived} new while away" if arrived else ""
            self._tell(f"Connected again{news}.")
        self._show_all()
        conversations = self._store.inbox.conversations
        if self._store.open_chat is not None:
            await self._fetch_page()
        elif conversations and self.has_class("-wide"):
            self._open(conversations[0].chat_id, is_preview=True)
        await errands.fetch_status(self._client, self._store)
        self._show_all()
        self._tell_of_versions()

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
        """Show what an event changed, and nothing else."""
        self._desk.put_down()  # the open conversation may be the one that goes
        store = self._store
        touched = store.apply(event, when.stamp(self._clock.now()))
        if touched.is_stale:
            self.run_worker(self._fetch_inbox(), group="inbox", exclusive=True)
        if touched.is_page_stale:
            self.run_worker(self._fetch_page(), group="page", exclusive=True)
        if touched.thread:
            if isinstance(event, NewMessage):
                self._count_if_below(event)
            self._show_page()
            self._mark_read_if_seen()
            self._desk.show()
        if touched.inbox:
            self._show_inbox()
        if store.open_chat is None:
            self.set_focus(self._list)  # nothing may be typed to whoever comes next

    def _count_if_below(self, message: NewMessage) -> None:
        if self._store.page is not None and not self._thread.is_at_end:
            self._store.page.below += not message.is_from_me

    async def _fetch_inbox(self) -> None:
        await errands.fetch_inbox(self._client, self._store)
        self._show_inbox()

    # --- reading --------------------------------------------------------------------------

    def _open(self, chat_id: ChatId, *, is_preview: bool = False) -> None:
        """Show a conversation; a preview leaves the focus and the badge as they are."""
        store = self._store
        self._is_preview = is_preview
        if chat_id != store.open_chat:
            self._desk.put_down()
            store.open_chat = chat_id
            self._desk.take_up()
        conversation, page = store.inbox.find(chat_id), store.page_of(chat_id)
        page.open(0 if conversation is None else store.inbox.unread(conversation))
        if not page.is_loaded:
            self.run_worker(self._fetch_page(), group="page", exclusive=True)
        self._list.choose(chat_id)
        self._show_page()
        self._mark_read_if_seen()
        self._desk.show()
        if not is_preview:
            self.set_focus(self._desk.composer)
        self._show_around()

    async def _fetch_page(self) -> None:
        page = self._store.page
        if page is not None:
            await errands.fetch_newest(self._client, page)
            self._show_page()

    @on(Thread.OlderWanted)
    def _older_wanted(self) -> None:
        page = self._store.page
        if page is not None and not page.is_loading_older:
            self.run_worker(self._fetch_older(), group="older")

    async def _fetch_older(self) -> None:
        page = self._store.page
        if page is not None:
            await errands.fetch_older(self._client, page)
            self._show_page()

    @on(ConversationList.MoreWanted)
    def _more_wanted(self) -> None:
        self.run_worker(self._fetch_more(), group="more")

    async def _fetch_more(self) -> None:
        await errands.fetch_more_conversations(self._client, self._store)
        self._show_inbox()

    @on(Thread.EndReached)
    def _mark_read_if_seen(self) -> None:
        """The newest message is on screen and the reader opened it: its badge goes."""
        page = self._store.page
        if page is None or self._is_preview or not self._thread.is_at_end:
            return
        page.below = 0
        self._store.inbox.mark_read(page.chat_id)
        self._show_inbox()
        self._show_titles()

    # --- showing ----------------------------------------------------------------------

    def _show_all(self) -> None:
        self._show_inbox()
        self._show_page()
        self._desk.show()
        self._show_around()

    def _show_inbox(self) -> None:
        inbox = self._store.inbox
        self._list.show(inbox, self._store.live_chats)
        entitle(self._list, titles.list_title(inbox), titles.list_subtitle(inbox))
        self._show_status()

    def _show_page(self) -> None:
        placard = placard_for(self._store, self._address)
        self.query_one(PlacardPane).show(placard)
        self._thread.display = placard is None
        if self._store.page is not None:
            outbox = self._store.outbox
            outbox.recognise(self._store.page.messages)
            outgoing = outbox.of(self._store.open_chat)
            self._thread.show(self._store.page, outgoing)
        self._show_titles()

    def _show_titles(self) -> None:
        title = titles.thread_title(self._store.conversation)
        entitle(self._thread, title, titles.thread_subtitle(self._store.page))

    def _show_around(self) -> None:
        """What the state changes outside the panes: status, keys, and the style of it."""
        placard = placard_for(self._store, self._address)
        is_urgent = placard is not None and placard.is_urgent
        is_reading = is_urgent or self.focused not in (None, self._list)
        self.set_class(is_reading, "-reading")
        self.set_class(not is_reading, "-listing")
        self.set_class(isinstance(self._store.link, Offline), "-offline")
        self._show_status()

    def _show_status(self) -> None:
        self._foot.show(self._where())

    def _second(self) -> None:
        """The clock, the ages in the list, and the seconds until the next try."""
        minute = self._clock.now().minute
        if minute != self._shown_minute:
            self._shown_minute = minute
            self._list.refresh()
        self._show_status()

    @on(Desk.News)
    def _news_told(self, message: Desk.News) -> None:
        self._tell(message.sentence)

    @on(Desk.Changed)
    def _desk_changed(self) -> None:
        self._show_inbox()
        self._show_around()

    @on(Desk.Sent)
    def _sent(self, message: Desk.Sent) -> None:
        """Something the reader sent stands in the thread, or stands there otherwise."""
        if message.chat_id != self._store.open_chat:
            return
        self._show_page()
        if message.is_new:
            self._thread.action_end()
        self._show_around()

    def _tell(self, sentence: str) -> None:
        self._foot.tell(sentence)

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        self._show_around()

    def _where(self) -> Where:
        if isinstance(self.focused, Composer):
            return Where.COMPOSER
        return Where.THREAD if isinstance(self.focused, Thread) else Where.LIST
