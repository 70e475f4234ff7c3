"""Who talks with whom: the conversations, found by any of their chats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from jarvis.records import ChatId, Folder, Title
from jarvis.stores.chatdb.titles import called_in_group, whole_names
from jarvis.stores.contacts import ContactNames
from jarvis.stores.handles import plain_handle

YOU: Final = "You"
SOMEONE: Final = "Someone"


class Writer(NamedTuple):
    """Who wrote a message of a conversation; no address: the user, or nobody knows.

    `name` is on their card, `short_name` what they are called in this conversation.
    """

    address: str | None
    name: str | None = None
    short_name: str | None = None


OWNER: Final = Writer(None)


class Chat(msgspec.Struct, frozen=True):
    """One conversation; `guids` and `rowids` are its member chats, lowest ROWID first.

    `name` is the one that people gave it; where there is none the title is made up.
    `people` counts the participants, a person once however many addresses.
    `undated` are the members that hold messages whose link has no date, as very old
    systems wrote them.
    """

    chat_id: ChatId
    guids: tuple[ChatId, ...]
    rowids: tuple[int, ...]
    name: str | None
    title: Title
    participants: tuple[str, ...]
    is_group: bool
    service: str | None
    folder: Folder
    people: int
    undated: frozenset[int] = frozenset()


def sender_of(handle: str | None, is_from_me: object, chat: Chat) -> str | None:
    """The address of who wrote a row; None: the user, or somebody nobody knows.

    Rows of others come without a handle, or with one whose row is gone. In a direct chat
    they are the other person's, at the address that is used now.
    """
    if is_from_me:
        return None
    if handle:
        return plain_handle(handle)
    return None if chat.is_group else next(iter(chat.participants), None)


class Directory:
    """All conversations, found by guid or ROWID, and the names of those who write."""

    def __init__(
        self,
        chats: Iterable[Chat],
        names: ContactNames,
        *,
        handles: Iterable[str] = (),
        read_from: object = None,
    ) -> None:
        """Index chats, which are in the order of their lowest ROWID.

        `handles` are all of chat.db, `read_from` are the rows they were made of.
        """
        self.handles = tuple(handles)
        self.chats = tuple(chats)
        self.names = names
        self.read_from = read_from
        self._by_guid = {guid: chat for chat in self.chats for guid in chat.guids}
        self._by_rowid = {rowid: chat for chat in self.chats for rowid in chat.rowids}
        self._writers: dict[tuple[ChatId, str | None], Writer] = {}
        self._by_address: dict[str, Chat | None] = {}
        for guid, chat in self._by_guid.items():
            address = guid.partition(";")[2]
            is_other = self._by_address.get(address, chat) is not chat
            self._by_address[address] = None if is_other else chat

    def find(self, chat_id: ChatId) -> Chat | None:
        """The conversation that has a member of this guid.

        A guid in another spelling of its service (macOS 26 rewrote "iMessage;-;…" to
        "any;-;…") is understood where it can mean only one conversation.
        """
        chat, address = self._by_guid.get(chat_id), chat_id.partition(";")[2]
        # Without an address it is no guid: a name that somebody typed finds nothing.
        return chat or (self._by_address.get(address) if address else None)

    def of_rowid(self, chat_rowid: int) -> Chat | None:
        """The conversation that this chat is a member of."""
        return self._by_rowid.get(chat_rowid)

    def of_rowids(self, chat_rowids: Iterable[int]) -> Chat | None:
        """The conversation of the first of these chats that is in one."""
        return next(filter(None, map(self.of_rowid, chat_rowids)), None)

    def name_of(self, handle: str) -> str | None:
        """The contact name behind a handle."""
        return self.names.name_of(handle)

    def called(self, handle: str | None) -> str:
        """What a line calls whoever did something; None: nobody knows who it was."""
        if not handle:
            return SOMEONE
        is_own = self.names.lines.line_of(handle) in self.names.own_lines
        return YOU if is_own else self.name_of(handle) or plain_handle(handle)

    def writer_of(self, handle: str | None, chat: Chat) -> Writer:
        """Who of others wrote a row with this handle in a conversation.

        It may be somebody who has left it. Each is worked out once and kept.
        """
        key = chat.chat_id, handle
        writer = self._writers.get(key)
        if writer is None:
            self._writers[key] = writer = self._writer(handle, chat)
        return writer

    def _writer(self, handle: str | None, chat: Chat) -> Writer:
        address = sender_of(handle, False, chat)
        name = self.name_of(address) if address else None
        if address is None or name is None:
            return Writer(address)
        called = called_in_group((*chat.participants, address), self.names)
        return Writer(address, name, called[address])

    def named_handles(self) -> dict[str, str]:
        """Names by handle as chat.db spells it, of everybody who has a card."""
        return {
            handle: name
            for handle in self.handles
            if (name := self.names.name_of(handle))
        }

    def names_of(self, chat: Chat) -> tuple[str, ...]:
        """The participants by name, by handle where the address book knows none.

        People whose whole names are alike are told apart by their addresses.
        """
        return whole_names(chat.participants, self.names)

    def person_of(self, handle: str) -> str:
        """What is equal for all handles of one person."""
        return self.names.person_of(handle)
