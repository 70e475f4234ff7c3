"""Collects the rows of one chat.db, and mints what Messages would: guids and handles."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from jarvis.demo.mailbox.rows import Chat, File, Handle, Kind, Message, SqlValue
from jarvis.demo.typedstream import Run

YEAR_NS = 31_557_600 * 10**9
_NO_COLUMNS: Mapping[str, SqlValue] = MappingProxyType({})
"""One for the most of a million messages."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose Mac it is: the addresses they send from and are reached at."""

    given: str
    family: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A card of the address book, as far as titles need it."""

    given: str
    family: str
    organisation: str = ""

    @property
    def full(self) -> str:
        """The name to show: given and family, else the organisation."""
        return f"{self.given} {self.family}".strip() or self.organisation

    @property
    def short(self) -> str:
        """The name to use among several people."""
        return self.given or self.full


class Place(NamedTuple):
    """Where and when something is written; sender None is the owner."""

    chat: Chat
    sender: Handle | None
    date: int


class Mailbox:
    """Everything that goes into one chat.db; the same rng gives the same rows."""

    def __init__(
        self, rng: random.Random, owner: Owner, *, profile: int, now: int
    ) -> None:
        self.rng = rng
        self.owner = owner
        self.profile = profile
        self.now = now
        self.handles: dict[tuple[str, str], Handle] = {}
        self.chats: list[Chat] = []
        self.messages: list[Message] = []
        self.removed: list[tuple[int, str]] = []
        """(arrived, guid) of rows that existed once: they leave a hole in the ROWIDs."""
        self.contacts: dict[str, Contact] = {}
        """The cards of people the owner knows, by address."""

    def guid(self) -> str:
        """A fresh UUID in upper case, as Messages writes them."""
        x = f"{self.rng.getrandbits(128):032X}"
        return f"{x[:8]}-{x[8:12]}-{x[12:16]}-{x[16:20]}-{x[20:]}"

    def handle(self, address: str, service: str) -> Handle:
        """The row of an address on a service, made at first use."""
        key = address, service
        if key not in self.handles:
            # Text messages from unknown senders carry the filter's verdict as a suffix.
            plain = address.partition("(")[0]
            self.handles[key] = Handle(
                rowid=len(self.handles) + 1,
                address=address,
                service=service,
                country="gb" if address.startswith("+44") else "us",
                uncanonicalized=plain if plain.isdigit() else None,
            )
        return self.handles[key]

    def direct_chat(
        self, address: str, service: str, *, conversation: int | None = None
    ) -> Chat:
        """A chat with one person; conversation joins it to a chat made before."""
        return self._chat(
            address, service, [self.handle(address, service)], conversation
        )

    def group_chat(
        self,
        addresses: Sequence[str],
        service: str,
        *,
        name: str = "",
        half_of: Chat | None = None,
    ) -> Chat:
        """A chat with several people; half_of makes it the other half of a split one."""
        digits = f"chat{self.rng.randrange(10**17, 10**18)}"
        chat = self._chat(
            digits,
            service,
            [self.handle(address, service) for address in addresses],
            half_of.conversation if half_of else None,
        )
        chat.is_group = True
        chat.guid = chat.guid.replace(";-;", ";+;")
        chat.name = name
        if half_of:
            chat.group_id = half_of.group_id
        return chat

    def _chat(
        self,
        identifier: str,
        service: str,
        handles: Sequence[Handle],
        conversation: int | None,
    ) -> Chat:
        rowid = len(self.chats) + 1
        prefix = "any" if self.profile >= 26 else service
        chat = Chat(
            rowid=rowid,
            guid=f"{prefix};-;{identifier}",
            is_group=False,
            identifier=identifier,
            service=service,
            handles=tuple(handles),
            group_id=self.guid(),
            conversation=rowid if conversation is None else conversation,
        )
        self.chats.append(chat)
        return chat

    def write(
        self,
        place: Place,
        kind: Kind,
        text: str | None,
        *,
        columns: Mapping[str, SqlValue] | None = None,
        parts: Sequence[Run] | None = None,
        body: bytes | None = None,
        files: tuple[File, ...] = (),
        note: str = "",
    ) -> Message:
        """Add one message; only a text of None leaves both text and body empty."""
        sender = place.sender
        message = Message(
            guid=self.guid(),
            kind=kind,
            date=place.date,
            chat=place.chat,
            sender=sender,
            text=text,
            service=sender.service if sender else place.chat.service,
            arrived=place.date,
            has_text_column=text is not None and self._fills_text_column(place),
            has_body=text is not None or body is not None,
            body=body,
            parts=parts,
            files=files,
            columns=columns or _NO_COLUMNS,
            note=note,
        )
        self.messages.append(message)
        return message

    def _fills_text_column(self, place: Place) -> bool:
        """Whether Messages filled the text column too: often once, seldom today.

        Ten rows in a hundred lack it up to four years ago; of last year's, 58 of the
        received and 98 of the sent ones do.
        """
        age_years = (self.now - place.date) / YEAR_NS
        newest = 0.58 if place.sender else 0.98
        share_empty = newest + (0.10 - newest) * min(1.0, max(0.0, (age_years - 1) / 3))
        return self.rng.random() >= share_empty

    def number(self) -> None:
        """Give every row its ROWID, in the order in which they arrived."""
        rowid = 0
        holes = sorted(self.removed, reverse=True)
        self.messages.sort(key=lambda message: message.arrived)
        for message in self.messages:
            while holes and holes[-1][0] <= message.arrived:
                holes.pop()
                rowid += 1
            rowid += 1
            message.rowid = rowid
