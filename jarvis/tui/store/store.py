"""Everything the screen knows, in one place, and the name of the state it is in."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple

from jarvis.protocol.events import (
    ConversationChanged,
    MessageUpdated,
    NewMessage,
    SendStatus,
)
from jarvis.protocol.methods.status import Ping
from jarvis.records import ChatId, Conversation, Timestamp
from jarvis.tui.store.card import Card, Phase
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.link import Connecting, Link, Offline, Online
from jarvis.tui.store.model import Model
from jarvis.tui.store.outbox import Outbox
from jarvis.tui.store.page import Page, message_of
from jarvis.tui.store.sender import Sender


class State(StrEnum):
    """What the screen is in; each has a picture in screenshots/ and a test."""

    STARTING = "starting"
    LOADING = "loading"
    EMPTY = "empty"
    NO_PERMISSION = "no permission"
    MODEL_LOADING = "model loading"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    OFFLINE = "offline"
    DEMO = "demo"
    READY = "ready"


class Place(NamedTuple):
    """How far the stored events were told when the lists were fetched."""

    seq: int
    epoch: str


class Touched(NamedTuple):
    """What of the screen an event changed."""

    inbox: bool = False
    thread: bool = False
    """The messages of the open conversation."""
    is_stale: bool = False
    """It tells of something that was never fetched: the lists are to be fetched."""
    is_page_stale: bool = False
    """The open conversation has something that the event does not tell."""


class Store:
    """The daemon's state as far as it came over the wire, and what was typed here."""

    def __init__(self, *, is_demo: bool = False) -> None:
        """Know nothing, connected to nobody."""
        self.is_demo = is_demo
        self.link: Link = Connecting()
        self.inbox = Inbox()
        self.inbox_failure: str | None = None
        """Why the list could not be read, in the daemon's words."""
        self.open_chat: ChatId | None = None
        self.model = Model()
        self.sender = Sender()
        self.outbox = Outbox()
        self.fetched_at: Place | None = None
        self.unsent: dict[ChatId, str] = {}
        """What stands in the composer, by conversation."""
        self._pages: dict[ChatId, Page] = {}
        self._cards: dict[ChatId, Card] = {}

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
        found = self.inbox.find(self.open_chat)
        return found or self.inbox.elsewhere.get(self.open_chat)

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
        return self._pages.setdefault(chat_id, Page(chat_id))

    def card_of(self, chat_id: ChatId) -> Card:
        """The conversation's draft, closed until one is asked for."""
        return self._cards.setdefault(chat_id, Card())

    def forget_closed_pages(self) -> None:
        """Let go of pages not on screen: after an absence nobody knows what they lack."""
        self._pages = {
            chat_id: page
            for chat_id, page in self._pages.items()
            if chat_id == self.open_chat
        }

    def meet(self, ping: Ping) -> None:
        """Somebody answers, and says what they can do."""
        self.link = Online(ping)
        self.sender = replace(self.sender, can_send=ping.can_send)

    def apply(self, event: Any, now: Timestamp) -> Touched:
        """Take an event; `now` is when it was heard.

        What the lists had when they were fetched is in them already, and is passed over.
        """
        if isinstance(event, SendStatus):
            return self._send_status(event)
        match event:
            case _ if self._is_in_the_lists(event):
                return Touched()
            case NewMessage():
                return self._receive(event)
            case MessageUpdated():
                return self._update(event, now)
            case ConversationChanged():
                return self._change(event)
        return Touched()

    def _is_in_the_lists(self, event: Any) -> bool:
        place = self.fetched_at
        if place is None or getattr(event, "epoch", None) != place.epoch:
            return False
        return bool(event.seq <= place.seq)

    def _receive(self, push: NewMessage) -> Touched:
        page = self._pages.get(push.chat_id)
        if page is not None:
            page.receive(push)
        self.outbox.recognise([message_of(push)])
        card = self._cards.get(push.chat_id)
        if card is not None and not push.is_from_me:
            card.is_outdated = bool(card.candidates)
        is_open = push.chat_id == self.open_chat
        return Touched(
            inbox=True,
            thread=is_open,
            is_stale=not self.inbox.receive(push),
            is_page_stale=is_open and _has_files(push),
        )

    def _update(self, event: MessageUpdated, now: Timestamp) -> Touched:
        page = self._pages.get(event.chat_id)
        before = None if page is None else page.update(event, now)
        if page is None or before is None:
            # What the list shows of it may have changed, and nobody here knows.
            says_other = event.change in ("edited", "unsent", "text", "deleted")
            return Touched(is_stale=says_other and page is None)
        older = [each for each in page.messages if each.date <= before.date]
        self.inbox.last_changed(before, older[-1] if older else None)
        is_open = event.chat_id == self.open_chat
        says_other = event.change in ("edited", "text")
        is_page_stale = (
            is_open and says_other and (bool(before.attachments) or _has_files(event))
        )
        return Touched(inbox=True, thread=is_open, is_page_stale=is_page_stale)

    def _change(self, event: ConversationChanged) -> Touched:
        self.inbox.change(event)
        chat_id, is_open = event.chat_id, event.chat_id == self.open_chat
        if self.inbox.find(chat_id) is None and chat_id not in self.inbox.elsewhere:
            self._pages.pop(event.chat_id, None)
            if is_open:
                self.open_chat = None
        # Mail of shops and strangers is told so only: its row is newer than the page.
        page = self._pages.get(chat_id)
        newest = page.messages[-1].date if page and page.messages else None
        lacks = newest is not None and newest < (
            event.conversation.last_message_date or ""
        )
        if lacks and not is_open:
            del self._pages[chat_id]
        return Touched(
            inbox=True,
            thread=is_open,
            is_page_stale=is_open and (event.change == "event" or lacks),
        )

    def _send_status(self, event: SendStatus) -> Touched:
        outgoing = self.outbox.by_key(event.idempotency_key)
        if outgoing is None:
            return Touched()
        outgoing.take(event.status, event.guid, event.reason)
        return Touched(thread=outgoing.chat_id == self.open_chat)

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
