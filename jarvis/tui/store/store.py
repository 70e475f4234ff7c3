"""Everything the screen knows, in one place, and the name of the state it is in."""

from __future__ import annotations

from enum import StrEnum

from jarvis.protocol.events import NewMessage
from jarvis.records import Conversation
from jarvis.tui.store.card import Card, Phase
from jarvis.tui.store.inbox import Inbox
from jarvis.tui.store.link import Connecting, Link, Offline, Online
from jarvis.tui.store.model import Model
from jarvis.tui.store.page import Page


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


class Store:
    """The daemon's state as far as it came over the wire, and what was typed here."""

    def __init__(self, *, is_demo: bool = False) -> None:
        """Know nothing, connected to nobody."""
        self.is_demo = is_demo
        self.link: Link = Connecting()
        self.inbox = Inbox()
        self.inbox_failure: str | None = None
        """Why the list could not be read, in the daemon's words."""
        self.open_chat: str | None = None
        self.model = Model()
        self.unsent: dict[str, str] = {}
        """What stands in the composer, by conversation."""
        self._pages: dict[str, Page] = {}
        self._cards: dict[str, Card] = {}

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
        """The open conversation."""
        return None if self.open_chat is None else self.inbox.find(self.open_chat)

    @property
    def live_chats(self) -> set[str]:
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

    def page_of(self, chat_id: str) -> Page:
        """The conversation's messages, empty until they are fetched."""
        return self._pages.setdefault(chat_id, Page(chat_id))

    def card_of(self, chat_id: str) -> Card:
        """The conversation's draft, closed until one is asked for."""
        return self._cards.setdefault(chat_id, Card())

    def forget_closed_pages(self) -> None:
        """Let go of pages not on screen: after an absence nobody knows what they lack."""
        self._pages = {
            chat_id: page
            for chat_id, page in self._pages.items()
            if chat_id == self.open_chat
        }

    def receive(self, message: NewMessage) -> bool:
        """Take a push; False when its conversation is unknown and must be fetched."""
        page = self._pages.get(message.chat_id)
        if page is not None:
            page.receive(message)
        card = self._cards.get(message.chat_id)
        if card is not None and not message.is_from_me:
            card.is_outdated = bool(card.candidates)
        return self.inbox.receive(message)

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
