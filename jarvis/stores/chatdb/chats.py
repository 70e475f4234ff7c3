"""Reads the chats of chat.db: merged into conversations, titled, with who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from jarvis.letters import one_line
from jarvis.records import Folder, Title
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.merging import ChatRow, merge_keys, merged
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.titles import title_of_group, title_of_person
from jarvis.stores.contacts import ContactNames
from jarvis.stores.handles import plain_handle
from jarvis.stores.queries import load_query

_JUNK: Final = 2

_CHATS: Final = load_query("chatdb_chats")
_PARTICIPANTS: Final = load_query("chatdb_participants")
_LOOKUPS: Final = load_query("chatdb_lookups")
_HANDLES: Final = load_query("chatdb_handles")
_MEMBERS: Final = load_query("chatdb_members")
_RENAMED: Final = load_query("chatdb_renamed")

Speaking = dict[int, tuple[int, ...]]
"""By the lowest ROWID of a conversation of several chats: those that say what it is."""


class _ReadFrom(NamedTuple):
    """The rows a directory was made of, and which of several chats speak."""

    rows: list[list[tuple[object, ...]]]
    speaking: Speaking


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
    rows = [await db.rows(sql) for sql in (_CHATS, _PARTICIPANTS, _LOOKUPS)]
    if known is not None and isinstance(known.read_from, _ReadFrom):
        speaking = await _speaking(db, (chat.rowids for chat in known.chats))
        if known.read_from == _ReadFrom(rows, speaking):
            return known
    chats = [ChatRow._make(row) for row in rows[0]]
    handles = tuple(str(handle) for (handle,) in await db.rows(_HANDLES))
    is_met = known and known.handles == handles and known.names.is_of(names)
    names = known.names if known and is_met else await names.met_with(handles)
    others = _others(chats, rows[1], names)
    lookups: dict[int, list[str]] = {}
    for chat_rowid, identifier in rows[2]:
        lookups.setdefault(chat_rowid, []).append(str(identifier))
    groups = merged(
        (
            chat,
            merge_keys(
                chat,
                others.get(chat.rowid, ()),
                lookups.get(chat.rowid, ()),
                names,
                by_contact=merge_by_contact,
            ),
        )
        for chat in chats
    )
    speaking = await _speaking(db, (tuple(c.rowid for c in group) for group in groups))
    conversations = []
    for group in groups:
        renamed = await _renamed(db, group) if len(group) > 1 else None
        spoken = speaking.get(group[0].rowid, (group[0].rowid,))
        conversations.append(_conversation(group, spoken, renamed, others, names))
    read_from = _ReadFrom(rows, speaking)
    return Directory(conversations, names, handles=handles, read_from=read_from)


def _others(
    chats: Iterable[ChatRow], rows: Iterable[tuple[int, str]], names: ContactNames
) -> dict[int, list[str]]:
    """Who is in each chat but the owner, whose address is in some; alone in none.

    A direct chat of several is one with whom it is named after: the owner may have an
    address that nothing tells of.
    """
    handles: dict[int, list[str]] = {}
    for chat_rowid, handle in rows:
        handles.setdefault(chat_rowid, []).append(plain_handle(str(handle)))
    line_of = names.lines.line_of
    for chat in chats:
        members = handles.get(chat.rowid, [])
        others = [
            handle for handle in members if line_of(handle) not in names.own_lines
        ]
        if len(others) > 1 and not chat.is_group and chat.identifier:
            line = line_of(chat.identifier)
            others = [handle for handle in others if line_of(handle) == line] or others
        handles[chat.rowid] = others or members
    return handles


async def _speaking(db: ChatDb, groups: Iterable[tuple[int, ...]]) -> Speaking:
    """Of conversations of several chats those with messages, the live one first.

    All, where none has any. The others follow in the order of their ROWIDs, so that only
    what matters differs when a message comes.
    """
    several = [group for group in groups if len(group) > 1]
    rowids = [rowid for group in several for rowid in group]
    asked = {"chats": msgspec.json.encode(rowids).decode()}
    order = {
        rowid: place
        for place, (rowid, *_, date) in enumerate(await db.rows(_MEMBERS, asked))
        if date is not None
    }
    speaking: Speaking = {}
    for group in several:
        filled = [rowid for rowid in group if rowid in order] or [*group]
        live = min(filled, key=lambda rowid: order.get(rowid, 0))
        speaking[group[0]] = live, *(rowid for rowid in filled if rowid != live)
    return speaking


async def _renamed(db: ChatDb, group: Sequence[ChatRow]) -> str | None:
    """What a conversation was named last, "" if the name was removed; None: unknown.

    Asked only where its chats have different names.
    """
    if not group[0].is_group or len({chat.name for chat in group}) == 1:
        return None
    asked = {"chats": msgspec.json.encode([chat.rowid for chat in group]).decode()}
    for (title,) in await db.rows(_RENAMED, asked):
        return (title or "").strip()
    return None


def _conversation(
    members: Sequence[ChatRow],
    speaking: Sequence[int],
    renamed: str | None,
    others: Mapping[int, Sequence[str]],
    names: ContactNames,
) -> Chat:
    by_rowid = {chat.rowid: chat for chat in members}
    heard = [by_rowid[rowid] for rowid in speaking]
    first, live = members[0], heard[0]
    participants = _participants(heard, others, names)
    if renamed is not None and renamed in {chat.name for chat in members}:
        given = renamed
    else:
        given = next((chat.name for chat in heard if chat.name), "")
    name = one_line(given) or None
    made_up = title_of_group if live.is_group else title_of_person
    return Chat(
        chat_id=first.guid,
        guids=tuple(chat.guid for chat in members),
        rowids=tuple(chat.rowid for chat in members),
        name=name,
        title=Title(name or one_line(made_up(participants, names)) or first.guid),
        participants=participants,
        is_group=live.is_group,
        service=live.service,
        folder=_folder(heard),
        people=len(set(map(names.person_of, participants))),
        undated=frozenset(chat.rowid for chat in members if chat.is_undated),
    )


def _participants(
    heard: Sequence[ChatRow],
    others: Mapping[int, Sequence[str]],
    names: ContactNames,
) -> tuple[str, ...]:
    """Everybody who takes part, each line once: of a group those of its live chat.

    Of a direct conversation all addresses of the person, that of the live chat first.
    """
    live = heard[0]
    everybody = [*others.get(live.rowid, ())]
    if not (live.is_group and everybody):
        everybody += [handle for c in heard[1:] for handle in others.get(c.rowid, ())]
    if not everybody and not live.is_group and live.identifier:
        everybody = [plain_handle(live.identifier)]
    by_line: dict[str, str] = {}
    for handle in everybody:
        by_line.setdefault(names.lines.line_of(handle), handle)
    return tuple(by_line.values())


def _folder(members: Sequence[ChatRow]) -> Folder:
    """Where the conversation is kept: where its most visible member is.

    A known person may have a second chat that the filter does not know them in; that
    must not hide the first.
    """
    if all(chat.is_archived for chat in members):
        return "archived"
    filtered = min(chat.is_filtered for chat in members if not chat.is_archived)
    if filtered == _JUNK:
        return "junk"
    return "unknown" if filtered else "inbox"
