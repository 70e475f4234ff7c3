"""A mailbox of a few people and groups, for tests that care who is called what."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fixtures.manifest import FullManifest, full_manifest
from jarvis.demo.clock import MINUTE_NS
from jarvis.demo.mailbox import compose
from jarvis.demo.mailbox.addressbook import STORE_NAME, Card, write_store
from jarvis.demo.mailbox.chatdb import write_chatdb
from jarvis.demo.mailbox.mailbox import Contact, Mailbox, Owner, Place
from jarvis.demo.mailbox.rows import Chat
from jarvis.demo.manifest import MANIFEST
from jarvis.records import ChatId
from jarvis.stores.apple_time import to_apple_ns

OWNER = Owner("Robin", "Own", "+15550100099", "robin@example.com")


class SmallInbox:
    """Cards and chats are added, then the databases are written, once."""

    def __init__(self, directory: Path) -> None:
        """Begin with nobody; `directory` must not hold a chat.db yet."""
        self.directory = directory
        now = datetime.now(UTC) - timedelta(hours=1)
        self._mailbox = Mailbox(
            random.Random(7), OWNER, profile=26, now=to_apple_ns(now)
        )
        self._cards: list[Card] = []

    def card(
        self, given: str, family: str, *addresses: str, nickname: str = ""
    ) -> None:
        """The owner knows this person; the first address stands for them."""
        contact = Contact(given, family)
        self._mailbox.contacts.update(dict.fromkeys(addresses, contact))
        self._cards.append(
            Card(
                unique_id=self._mailbox.guid(),
                modified_s=0.0,
                given=given,
                family=family,
                nickname=nickname,
                phones=tuple(each for each in addresses if "@" not in each),
                emails=tuple(each for each in addresses if "@" in each),
            )
        )

    def direct(
        self, address: str, text: str = "shall we meet?", *, is_archived: bool = False
    ) -> ChatId:
        """A conversation with one person, who wrote this."""
        chat = self._mailbox.direct_chat(address, "iMessage")
        chat.is_archived = is_archived
        return self._written(chat, [text])

    def group(
        self, *addresses: str, name: str = "", texts: Sequence[str] = ("who comes?",)
    ) -> ChatId:
        """A conversation of several; each text is by the next of them."""
        chat = self._mailbox.group_chat(addresses, "iMessage", name=name)
        return self._written(chat, texts)

    def write(self) -> FullManifest:
        """Write chat.db and the address book; what a reader must see of them."""
        self.directory.mkdir(parents=True, exist_ok=True)
        write_chatdb(self._mailbox, self.directory / "chat.db", meanwhile=lambda: None)
        write_store(self.directory / "AddressBook" / STORE_NAME, self._cards)
        manifest = full_manifest(self._mailbox, seed=7)
        manifest.write(self.directory / MANIFEST)
        return manifest

    def _written(self, chat: Chat, texts: Sequence[str]) -> ChatId:
        for at, text in enumerate(texts):
            sender = chat.handles[at % len(chat.handles)]
            date = self._mailbox.now - (1000 - len(self._mailbox.messages)) * MINUTE_NS
            compose.text(self._mailbox, Place(chat, sender, date), text)
        return ChatId(chat.guid)
