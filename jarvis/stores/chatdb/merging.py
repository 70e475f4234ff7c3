"""Which chats are one conversation: those of one address, one person, one group. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from jarvis.records import ChatId
from jarvis.stores.contacts import ContactNames
from jarvis.stores.handles import plain_handle

GROUP_STYLE = 43
Key = tuple[object, ...]


class ChatRow(NamedTuple):
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
    is_filtered: int
    is_undated: int
    is_hidden: int

    @property
    def is_group(self) -> bool:
        """By its style: a group in which one is left is still a group."""
        return self.style == GROUP_STYLE

    @property
    def name(self) -> str:
        """What it was named by its members, "" where it was not."""
        return (self.display_name or "").strip()


def merge_keys(
    chat: ChatRow,
    others: Sequence[str],
    lookups: Iterable[str],
    names: ContactNames,
    *,
    by_contact: bool,
) -> Iterator[Key]:
    """What makes two chats one conversation when it is equal in both.

    `others` are the handles in it, without the owner's; `lookups` addresses under which
    macOS finds it. The style is in every key: a group is never merged with a direct chat,
    nor a chat that macOS hides with one that it shows. A display name is in none: two
    groups may well have the same.
    """
    kind = chat.style, bool(chat.is_hidden)
    identifiers = [*filter(None, (chat.identifier, *lookups))]
    if chat.is_group:
        for identifier in identifiers:
            yield *kind, "identifier", plain_handle(identifier)
        for group_id in filter(None, (chat.group_id, chat.original_group_id)):
            yield *kind, "group", group_id
        return
    lines = {names.lines.line_of(identifier) for identifier in identifiers}
    lines -= names.own_lines if others else frozenset()
    others_lines = {names.lines.line_of(handle) for handle in others} - {""}
    if len(others_lines) == 1:
        lines |= others_lines
        if by_contact:
            yield *kind, "person", names.person_of(*others_lines)
    for line in lines:
        yield *kind, "line", line


def merged(chats: Iterable[tuple[ChatRow, Iterable[Key]]]) -> list[list[ChatRow]]:
    """Chats that share a key, directly or through others, side by side; lowest first."""
    group_of_key: dict[Key, list[ChatRow]] = {}
    keys_of_group: dict[int, list[Key]] = {}
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
