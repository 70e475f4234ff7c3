"""A chat.db made row by row, with an address book beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jarvis.demo.mailbox.addressbook import STORE_NAME, Card, write_store
from jarvis.demo.schema import chatdb
from jarvis.demo.typedstream import encode
from jarvis.records import ChatId, Conversation, Message, PlainMessage
from jarvis.stores.chatdb import (
    ChatDb,
    Directory,
    conversation_states,
    message_page,
    newest_member,
    open_chatdb,
    own_addresses,
    read_directory,
    read_heads,
)
from jarvis.stores.chatdb.said import newest_said
from jarvis.stores.contacts import load_contacts
from tests.stores.conftest import END

DIRECT, GROUP = 45, 43
_MINUTE_NS = 60 * 10**9
_BEGIN_NS = 757_382_400 * 10**9


class Box:
    """Rows as a test wants them; the number of a message is its minute too."""

    def __init__(self, folder: Path, *, own: str | None = "+15550199999") -> None:
        self.path = folder / "chat.db"
        self._folder = folder
        self._own = own
        self.db = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False
        )
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute("PRAGMA journal_mode = WAL")
        schema = chatdb(26)
        self.db.execute("BEGIN")
        for statement in (*schema.tables, *schema.indexes):
            self.db.execute(statement)
        self.db.execute("COMMIT")

    def handle(self, address: str, service: str = "iMessage") -> int:
        """The row of an address, made at first use."""
        found = self.db.execute(
            "SELECT ROWID FROM handle WHERE id = ? AND service = ?", (address, service)
        ).fetchone()
        if found:
            return int(found[0])
        return self._insert("handle", id=address, service=service)

    def chat(
        self, guid: str, *members: str, style: int = DIRECT, **columns: object
    ) -> int:
        """A chat with these members; without any its identifier is the one."""
        service, _, identifier = guid.split(";")
        values = {
            "guid": guid,
            "style": style,
            "chat_identifier": identifier,
            "service_name": service,
            **columns,
        }
        rowid = self._insert("chat", **values)
        for member in members or ([identifier] if style == DIRECT else []):
            self._insert(
                "chat_handle_join",
                chat_id=rowid,
                handle_id=self.handle(member, service),
            )
        return rowid

    def write(
        self, chat: int, text: str | None, sender: str | None = None, **columns: object
    ) -> int:
        """A message of the owner's, or of a sender, a minute after the one before."""
        rowid = self.db.execute("SELECT coalesce(max(ROWID), 0) + 1 FROM message")
        date = _BEGIN_NS + int(rowid.fetchone()[0]) * _MINUTE_NS
        values = {
            "guid": str(uuid.uuid4()).upper(),
            "attributedBody": None if text is None else encode(text),
            "date": date,
            "handle_id": self.handle(sender) if sender else 0,
            "is_from_me": int(sender is None),
            "is_finished": 1,
            "part_count": 1,
            "service": "iMessage",
            "destination_caller_id": self._own,
            **columns,
        }
        message = self._insert("message", **values)
        self._insert(
            "chat_message_join",
            chat_id=chat,
            message_id=message,
            message_date=values["date"],
        )
        return message

    def tapback(
        self, chat: int, target: str, sender: str | None = None, **columns: object
    ) -> int:
        """A "like" of the owner's, or of a sender."""
        tied = {"associated_message_guid": target, "associated_message_type": 2001}
        return self.write(chat, "Liked “…”", sender, **(tied | columns))

    def guid_of(self, message: int) -> str:
        """The guid of a message."""
        sql = "SELECT guid FROM message WHERE ROWID = ?"
        return str(self.db.execute(sql, (message,)).fetchone()[0])

    def _insert(self, table: str, **values: object) -> int:
        sql = (
            f"INSERT INTO {table} ({', '.join(values)}) "
            f"VALUES ({', '.join('?' * len(values))})"
        )
        rowid = self.db.execute(sql, list(values.values())).lastrowid
        assert rowid is not None
        return rowid

    def read(self, *cards: Card) -> Read:
        """What is seen of it by somebody with these cards."""
        store = self._folder / STORE_NAME
        store.unlink(missing_ok=True)
        write_store(store, cards)
        return asyncio.run(self._read(store))

    async def _read(self, store: Path) -> Read:
        db = await open_chatdb(self.path)
        try:
            names = await load_contacts(store, own=await own_addresses(db))
            directory = await read_directory(db, names)
            return await _read(db, directory)
        finally:
            await db.close()


async def _read(db: ChatDb, directory: Directory) -> Read:
    chats = directory.chats
    heads = await read_heads(db, now=END)
    states = await conversation_states(db, directory, chats, heads, {})
    pages = {
        chat.chat_id: (await message_page(db, directory, chat, limit=500)).messages
        for chat in chats
    }
    goes_to = [(await newest_member(db, chat)).guid for chat in chats]
    typed = await newest_said(db, directory, limit=500)
    typed_first = await newest_said(db, directory, limit=1000, chat=chats[0])
    return Read(directory, tuple(states), pages, goes_to, typed, typed_first)


@dataclass(frozen=True)
class Read:
    """The directory, the rows of the list in the order of ROWIDs, and each thread.

    `goes_to` are the chats that a message to each conversation would go to, `typed` the
    words of all, oldest first, `typed_first` those of the first conversation.
    """

    directory: Directory
    conversations: Sequence[Conversation]
    threads: dict[ChatId, tuple[Message, ...]]
    goes_to: Sequence[ChatId]
    typed: Sequence[PlainMessage]
    typed_first: Sequence[PlainMessage]

    @property
    def titles(self) -> list[str]:
        """Of the conversations."""
        return [each.display_name for each in self.conversations]

    @property
    def only(self) -> Conversation:
        """The one conversation that there is."""
        (conversation,) = self.conversations
        return conversation

    @property
    def thread(self) -> tuple[Message, ...]:
        """The messages of the one conversation, oldest first."""
        return self.threads[self.only.chat_id]


def card(
    given: str, *phones: str, emails: Sequence[str] = (), **fields: object
) -> Card:
    """Somebody's card."""
    return Card(
        given,
        1.0,
        given,
        phones=phones,
        emails=tuple(emails),
        **fields,  # type: ignore[arg-type]  # as the test says
    )
