"""chat.db while it is open, and who is who in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from jarvis.stores.chatdb import (
    Arrival,
    ChatDb,
    Directory,
    arrivals,
    open_chatdb,
    own_addresses,
    read_directory,
)
from jarvis.stores.contacts import ContactNames, contacts_version, read_contacts
from jarvis.stores.numbers import Plans


class Source:
    """The file at `path`, read with the names of the address book at `contacts`.

    `maybe_directory` is None until conversations can be listed; that of the file before
    stands until there is another.
    """

    def __init__(self, path: Path, contacts: Path) -> None:
        self.path = path
        self.cards = ContactNames()
        self.maybe_db: ChatDb | None = None
        self.maybe_directory: Directory | None = None
        self.plans = Plans()
        self._contacts = contacts
        self._contacts_version: object = None

    @property
    def db(self) -> ChatDb:
        """The file that is open."""
        assert self.maybe_db is not None
        return self.maybe_db

    @property
    def directory(self) -> Directory:
        """Who talks with whom."""
        assert self.maybe_directory is not None
        return self.maybe_directory

    async def is_replaced(self) -> bool:
        """Whether the path leads to another file than the one that is open."""
        if self.maybe_db is None:
            return False
        there = await asyncio.to_thread(_identity, self.path)
        return there is not None and there != self.maybe_db.identity

    async def open(self) -> ChatDb:
        """Open the file that is there now.

        Raises:
            StoreUnavailable: there is none, or it cannot be read.
        """
        self.maybe_db = await open_chatdb(self.path)
        return self.maybe_db

    async def close(self) -> None:
        """Let go of the file."""
        if self.maybe_db is not None:
            await self.maybe_db.close()
            self.maybe_db = None

    async def load_cards(self) -> None:
        """Read the address book, which the next directory is made with."""
        self._contacts_version = await contacts_version(self._contacts)
        own = await own_addresses(self.db)
        cards = await read_contacts(self._contacts)
        self.cards = replace(cards, own=own, plans=self.plans)

    async def has_other_cards(self) -> bool:
        """Whether a file of the address book is another than the one that was read."""
        return await contacts_version(self._contacts) != self._contacts_version

    async def read_directory(self, *, known: Directory | None) -> Directory:
        """Who talks with whom by now; `known` itself where nothing changed."""
        self.maybe_directory = await read_directory(self.db, self.cards, known=known)
        return self.maybe_directory

    async def arrivals(self, rowids: Sequence[int]) -> list[Arrival]:
        """The rows; the directory is read anew when one is of a chat it does not know."""
        rows = await arrivals(self.db, self.directory, rowids)
        chats = {chat for row in rows for chat in row.chat_rowids}
        if all(map(self.directory.of_rowid, chats)):
            return rows
        await self.read_directory(known=self.directory)
        return await arrivals(self.db, self.directory, rowids)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
