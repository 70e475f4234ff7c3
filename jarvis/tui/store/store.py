"""Everything the screen knows, in one place, and the name of the state it is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from jarvis.protocol.events import (
    ConversationChanged,
    MessageUpdated,
    ModelProgress,
    NewMessage,
    SendStatus,
)
from jarvis.protocol.methods.status import Ping
from jarvis.records import ChatId, Conversation, Timestamp
from jarvis.tui.store.card import Card, Phase
from jarvis.tui.store.daemon_state import (
    Connecting,
    Link,
    Model,
    Offer,
    Offline,
    Online,
    Sender,
)
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.outbox import Outbox
from jarvis.tui.store.page import Page, message_of
from jarvis.tui.store.pane import EVERYTHING, NOTHING, Pane
from jarvis.tui.store.prepared import Prepared
from jarvis.tui.store.state import State


class Place(NamedTuple):
    """How far the stored events were told when the lists were fetched."""

    seq: int
    epoch: str


class Store:
    """The daemon's state as far as it came over the wire, and what was typed here."""

    def __init__(self, *, is_demo: bool = False) -> None:
        """Begin without a connection."""
        self.is_demo = is_demo
        self.link: Link = Connecting()
        self.inbox = Inbox()
        self.inbox_failure: str | None = None
        """Why the list could not be read, in the daemon's words."""
        self.open_chat: ChatId | None = None
        self.model = Model()
        self.offers: tuple[Offer, ...] = ()
        """The models that could write at once; none where one was chosen."""
        self.sender = Sender()
        self.outbox = Outbox()
        self.prepared = Prepared()
        self.fetched_at: Place | None = None
        self.unsent: dict[ChatId, str] = {}
        """What stands in the composer, by conversation."""
        self.news: str | None = None
        """One sentence for the reader, for as long as it takes to read."""
        self.on_change: Callable[[], None] = lambda: None
        """Called at the first change after `take_changes`."""
        self._changed = NOTHING
        self._pages: dict[ChatId, Page] = {}
        self._cards: defaultdict[ChatId, Card] = defaultdict(Card)

    def touch(self, panes: Pane) -> None:
        """Mark panes as changed; each is drawn once, however often it is marked."""
        is_first = panes and not self._changed
        self._changed |= panes
        if is_first:
            self.on_change()

    def take_changes(self) -> Pane:
        """What was touched since this was last asked."""
        changed, self._changed = self._changed, NOTHING
        return changed

    @property
    def page(self) -> Page | None:
        """The messages of the open conversation."""
        return None if self.open_chat is None else self.page_of(self.open_chat)

    @property
    def card(self) -> Card | None:
        """The draft of the open conversation."""
        return None if self.open_chat is None else self.card_of(self.open_chat)

    @property
    def conversation(self) -> Conversation | None:
        """The open conversation, wherever it is kept."""
        if self.open_chat is None:
            return None
        listed = self.inbox.find(self.open_chat)
        return listed or self.inbox.elsewhere.get(self.open_chat)

    @property
    def can_send(self) -> bool:
        """Whether enter sends, as far as the daemon has said."""
        is_online = isinstance(self.link, Online)
        return is_online and self.sender.can_send

    @property
    def live_chats(self) -> set[ChatId]:
        """Where a draft is being written right now."""
        return {chat_id for chat_id, card in self._cards.items() if card.is_live}

    @property
    def state(self) -> State:
        """The one name for what is on screen; what hinders most comes first."""
        match self.link:
            case Connecting():
                return State.STARTING
            case Offline():
                return State.OFFLINE
        if self.inbox_failure is not None:
            return State.NO_PERMISSION
        if not self.inbox.is_loaded:
            return State.LOADING
        if not self.inbox.conversations:
            return State.EMPTY
        drafting = self._drafting_state()
        if drafting is not None:
            return drafting
        return State.DEMO if self.is_demo else State.READY

    @property
    def is_warming_up(self) -> bool:
        """Whether the model still has to be loaded before it can write."""
        if self.model.state is not None:
            return self.model.state != "ready"
        return isinstance(self.link, Online) and not self.link.ping.models_ready

    def page_of(self, chat_id: ChatId) -> Page:
        """The conversation's messages, empty until they are fetched."""
        page = self._pages.get(chat_id)
        if page is None:
            page = self._pages[chat_id] = Page(chat_id)
        return page

    def card_of(self, chat_id: ChatId) -> Card:
        """The conversation's draft, closed until one is asked for."""
        return self._cards[chat_id]

    def forget_closed_pages(self) -> None:
        """Let go of pages not on screen: after an absence nobody knows what they lack."""
        self._pages = {
            chat_id: page
            for chat_id, page in self._pages.items()
            if chat_id == self.open_chat
        }

    def meet(self, ping: Ping) -> None:
        """The daemon answers, and says what it can do."""
        self.link = Online(ping)
        self.sender = replace(self.sender, can_send=ping.can_send)
        self.touch(EVERYTHING)

    def lose(self, reason: str, retry_at_s: float) -> bool:
        """The daemon does not answer; whether the reason is a new one to the reader."""
        before, self.link = self.link, Offline(reason, retry_at_s)
        self.touch(EVERYTHING)
        return isinstance(before, Offline) and before.reason != reason

    def open(self, chat_id: ChatId) -> Page:
        """The reader opens a conversation; its messages, as far as they are known."""
        self.open_chat = chat_id
        conversation, page = self.inbox.find(chat_id), self.page_of(chat_id)
        page.open(0 if conversation is None else self.inbox.unread(conversation))
        self.touch(Pane.THREAD | Pane.REPLY)
        return page

    def mark_read(self) -> None:
        """The reader has seen the open conversation to its end."""
        page = self.page
        if page is None:
            return
        if page.below:
            page.below = 0
            self.touch(Pane.THREAD)
        if self.inbox.mark_read(page.chat_id):
            self.touch(Pane.LIST)

    def recognise_sent(self, chat_id: ChatId) -> None:
        """Find among a conversation's messages those sent here, after either changed."""
        self.outbox.recognise(self.page_of(chat_id).messages)
        self.touch(self._of_thread(chat_id))

    def apply(self, event: Any, now: Timestamp, *, is_end_seen: bool = True) -> Pane:
        """Take an event, heard at `now`; the panes that have to be fetched because of it.

        What the lists had when they were fetched is in them already, and is passed over.
        `is_end_seen` says whether the newest message of the open conversation shows.
        """
        if self.prepared.take(event):
            self.touch(Pane.LIST)
        match event:
            case SendStatus():
                return self._send_status(event)
            case _ if self._is_in_the_lists(event):
                return NOTHING
            case NewMessage():
                return self._receive(event, is_end_seen=is_end_seen)
            case MessageUpdated():
                return self._update(event, now)
            case ConversationChanged():
                return self._change(event)
        return NOTHING

    def note_progress(self, progress: ModelProgress) -> None:
        """Take what the model that writes is at; one that is fetched does not write yet."""
        if progress.state != "downloading" and progress.model == self.model.name:
            self.model = self.model.at(progress.state)
            self.touch(Pane.REPLY | Pane.STATUS)

    def _is_in_the_lists(self, event: Any) -> bool:
        place = self.fetched_at
        if place is None or getattr(event, "epoch", None) != place.epoch:
            return False
        return bool(event.seq <= place.seq)

    def _receive(self, push: NewMessage, *, is_end_seen: bool) -> Pane:
        page, is_open = self._pages.get(push.chat_id), push.chat_id == self.open_chat
        if page is not None:
            is_new = page.receive(push) and not push.is_from_me
            page.below += is_new and is_open and not is_end_seen
        self.outbox.recognise([message_of(push)])
        card = self._cards.get(push.chat_id)
        if card is not None and card.suggestions and not push.is_from_me:
            card.is_outdated = True
            self.touch(Pane.REPLY)
        self.touch(Pane.LIST | self._of_thread(push.chat_id))
        stale = NOTHING if self.inbox.receive(push) else Pane.LIST
        return stale | Pane.THREAD if is_open and _has_files(push) else stale

    def _update(self, event: MessageUpdated, now: Timestamp) -> Pane:
        page = self._pages.get(event.chat_id)
        before = None if page is None else page.update(event, now)
        if page is None or before is None:
            # What the list shows of it may have changed, and nobody here knows.
            says_other = event.change in ("edited", "unsent", "text", "deleted")
            return Pane.LIST if says_other and page is None else NOTHING
        older = [other for other in page.messages if other.date <= before.date]
        self.inbox.last_changed(before, older[-1] if older else None)
        self.touch(Pane.LIST | self._of_thread(event.chat_id))
        says_other = event.change in ("edited", "text")
        has_files = bool(before.attachments) or _has_files(event)
        is_stale = event.chat_id == self.open_chat and says_other and has_files
        return Pane.THREAD if is_stale else NOTHING

    def _change(self, event: ConversationChanged) -> Pane:
        self.inbox.change(event)
        chat_id, is_open = event.chat_id, event.chat_id == self.open_chat
        self.touch(Pane.LIST | self._of_thread(chat_id))
        if self.inbox.find(chat_id) is None and chat_id not in self.inbox.elsewhere:
            self._pages.pop(event.chat_id, None)
            if is_open:
                self.open_chat = None
                self.touch(Pane.REPLY)
        # Mail of shops and strangers is told so only: its row is newer than the page.
        page = self._pages.get(chat_id)
        newest = page.messages[-1].date if page and page.messages else None
        lacks = newest is not None and newest < (
            event.conversation.last_message_date or ""
        )
        if lacks and not is_open:
            del self._pages[chat_id]
        is_stale = is_open and (event.change == "event" or lacks)
        return Pane.THREAD if is_stale else NOTHING

    def _send_status(self, event: SendStatus) -> Pane:
        outgoing = self.outbox.by_key(event.idempotency_key)
        if outgoing is not None:
            outgoing.take(event.status, event.guid, event.reason)
            self.recognise_sent(outgoing.chat_id)
        return NOTHING

    def _of_thread(self, chat_id: ChatId) -> Pane:
        """What a change of a conversation's messages shows in, besides the list."""
        return Pane.THREAD if chat_id == self.open_chat else NOTHING

    def _drafting_state(self) -> State | None:
        card = self.card
        if card is None or not card.is_open:
            return None
        match card.phase:
            case Phase.ASKING if self.is_warming_up:
                return State.MODEL_LOADING
            case Phase.ASKING | Phase.STREAMING:
                return State.STREAMING
            case Phase.STOPPED:
                return State.STOPPED
            case Phase.FAILED:
                return State.FAILED
        return None


def _has_files(event: NewMessage | MessageUpdated) -> bool:
    """Whether there may be files with it: no event tells which, nor where they stand."""
    return not event.text or (event.line or "").startswith("📎")
