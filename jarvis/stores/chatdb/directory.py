"""Who talks with whom: the chats of chat.db merged into conversations, with titles."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jarvis.letters import one_line
from jarvis.records import ChatId, Folder, Title
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.titles import title_of_group, title_of_person
from jarvis.stores.contacts import ContactNames, region_of_number
from jarvis.stores.handles import plain_handle
from jarvis.stores.queries import load_query

GROUP_STYLE, DIRECT_STYLE = 43, 45
_JUNK = 2

_CHATS = load_query("chatdb_chats")
_PARTICIPANTS = load_query("chatdb_participants")
_LOOKUPS = load_query("chatdb_lookups")
_OWN_ADDRESSES = load_query("chatdb_own_addresses")


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation; `guids` and `rowids` are its member chats, lowest ROWID first.

    `name` is the one that people gave it; where there is none the title is made up.
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
    undated: frozenset[int] = frozenset()


class Directory:
    """All conversations, found by guid or ROWID, and the names of those who write."""

    def __init__(
        self, chats: Iterable[Chat], names: ContactNames, read_from: object = None
    ) -> None:
        """Index chats, which are in the order of their lowest ROWID.

        `read_from` are the rows they were made of.
        """
        self.chats = tuple(chats)
        self.names = names
        self.read_from = read_from
        self._by_guid = {guid: chat for chat in self.chats for guid in chat.guids}
        self._by_rowid = {rowid: chat for chat in self.chats for rowid in chat.rowids}
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
        chat = self._by_guid.get(chat_id)
        return chat or self._by_address.get(chat_id.partition(";")[2])

    def of_rowid(self, chat_rowid: int) -> Chat | None:
        """The conversation that this chat is a member of."""
        return self._by_rowid.get(chat_rowid)

    def of_rowids(self, chat_rowids: Iterable[int]) -> Chat | None:
        """The conversation of the first of these chats that is in one."""
        return next(filter(None, map(self.of_rowid, chat_rowids)), None)

    def name_of(self, handle: str) -> str | None:
        """The contact name behind a handle."""
        return self.names.name_of(handle)

    def named_participants(self) -> dict[str, str]:
        """Everybody who is in a conversation and has a card, by handle."""
        return {
            handle: name
            for chat in self.chats
            for handle in chat.participants
            if (name := self.names.name_of(handle))
        }

    def first_names(self) -> frozenset[str]:
        """Of everybody who is in a conversation and has a card."""
        names = self.named_participants().values()
        return frozenset(name.split()[0] for name in names if name.strip())

    def names_of(self, chat: Chat) -> tuple[str, ...]:
        """The participants by name, by handle where the address book knows none."""
        return tuple(self.name_of(each) or each for each in chat.participants)

    def person_of(self, handle: str) -> str:
        """What is equal for all handles of one person: their card, else the handle."""
        card = self.names.card_of(handle)
        return card.key if card else handle


async def read_directory(
    db: ChatDb,
    names: ContactNames,
    *,
    merge_by_contact: bool = True,
    known: Directory | None = None,
) -> Directory:
    """All chats with their participants, merged and titled.

    merge_by_contact joins the direct chats with several addresses of one person. `known`
    is given back when nothing has changed since it was read, with the same names.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    read_from = [await db.rows(sql) for sql in (_CHATS, _PARTICIPANTS, _LOOKUPS)]
    if known is not None and known.read_from == read_from:
        return known
    chat_rows, participant_rows, lookup_rows = read_from
    chats = [_ChatRow._make(row) for row in chat_rows]
    handles: dict[int, list[str]] = {}
    for chat_rowid, handle in participant_rows:
        handles.setdefault(chat_rowid, []).append(plain_handle(str(handle)))
    lookups: dict[int, list[str]] = {}
    for chat_rowid, identifier in lookup_rows:
        lookups.setdefault(chat_rowid, []).append(identifier)
    merge_names = names if merge_by_contact else ContactNames()
    groups = _merged(
        (chat, _keys(chat, handles.get(chat.rowid, ()), lookups, merge_names))
        for chat in chats
    )
    conversations = (_conversation(group, handles, names) for group in groups)
    return Directory(conversations, names, read_from)


async def owner_region(db: ChatDb) -> str | None:
    """The country ("US") of the owner's own number; None when none is found.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    found = [
        str(address).removeprefix("P:") for (address,) in await db.rows(_OWN_ADDRESSES)
    ]
    numbers = Counter(address for address in found if address.startswith("+"))
    for number, _ in numbers.most_common(3):
        if region := await asyncio.to_thread(region_of_number, number):
            return region
    return None


class _ChatRow(NamedTuple):
    """The columns of chatdb_chats.sql."""

    rowid: int
    guid: ChatId
    style: int | None
    identifier: str | None
    service: str | None
    display_name: str | None
    group_id: str | None
    original_group_id: str | None
    is_archived: int | None
    is_filtered: int | None
    is_undated: int


def _keys(
    chat: _ChatRow,
    handles: Sequence[str],
    lookups: Mapping[int, Sequence[str]],
    names: ContactNames,
) -> Iterable[tuple[object, ...]]:
    """What makes two chats one conversation when it is equal in both.

    The style is in every key: a group is never merged with a direct chat. A display name
    is in none: two groups may well have the same.
    """
    style = chat.style
    if chat.identifier:
        yield style, "identifier", plain_handle(chat.identifier)
    for identifier in lookups.get(chat.rowid, ()):
        yield style, "identifier", plain_handle(str(identifier))
    if style == GROUP_STYLE:
        for group_id in (chat.group_id, chat.original_group_id):
            if group_id:
                yield style, "group", group_id
    elif len(handles) == 1 and (card := names.card_of(handles[0])):
        yield style, "card", card.key


def _merged(
    chats: Iterable[tuple[_ChatRow, Iterable[tuple[object, ...]]]],
) -> list[list[_ChatRow]]:
    """Chats that share a key, directly or through others, side by side; lowest first."""
    group_of_key: dict[tuple[object, ...], list[_ChatRow]] = {}
    keys_of_group: dict[int, list[tuple[object, ...]]] = {}
    for chat, keys in chats:
        joined, joined_keys = [chat], list(keys)
        met = {
            id(group_of_key[key]): group_of_key[key]
            for key in joined_keys
            if key in group_of_key
        }
        for group_id, group in met.items():
            joined += group
            joined_keys += keys_of_group.pop(group_id)
        keys_of_group[id(joined)] = joined_keys
        for key in joined_keys or [("alone", chat.rowid)]:
            group_of_key[key] = joined
    groups = {id(group): sorted(group) for group in group_of_key.values()}
    return sorted(groups.values())


def _conversation(
    members: Sequence[_ChatRow],
    handles: Mapping[int, Sequence[str]],
    names: ContactNames,
) -> Chat:
    first = members[0]
    is_group = first.style == GROUP_STYLE
    everybody = [each for chat in members for each in handles.get(chat.rowid, ())]
    if not everybody and not is_group and first.identifier:
        everybody = [plain_handle(first.identifier)]
    participants = tuple(dict.fromkeys(everybody))
    given = next(
        (c.display_name for c in members if c.display_name and c.display_name.strip()),
        None,
    )
    name = one_line(given) if given else None
    made_up = title_of_group if is_group else title_of_person
    return Chat(
        chat_id=first.guid,
        guids=tuple(chat.guid for chat in members),
        rowids=tuple(chat.rowid for chat in members),
        name=name,
        title=Title(name or made_up(participants, names) or first.guid),
        participants=participants,
        is_group=is_group,
        service=first.service,
        folder=_folder(members),
        undated=frozenset(chat.rowid for chat in members if chat.is_undated),
    )


def _folder(members: Sequence[_ChatRow]) -> Folder:
    """Where the conversation is kept: where its most visible member is.

    A known person may have a second chat that the filter does not know them in; that
    must not hide the first.
    """
    if all(chat.is_archived for chat in members):
        return "archived"
    filtered = min(chat.is_filtered or 0 for chat in members if not chat.is_archived)
    if filtered == _JUNK:
        return "junk"
    return "unknown" if filtered else "inbox"
