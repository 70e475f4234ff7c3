"""Messages by place: the pages of a conversation, and single ones by their ROWID."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from jarvis.errors import InvalidParams
from jarvis.records import Message, Record
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.messages import message_of
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.queries import load_query

_ROWS_BY_ID: Final = load_query("chatdb_rows_by_id")
_BY_GUID: Final = load_query("chatdb_rowids_by_guid")
_BEFORE: Final = load_query("chatdb_page_before")
_AFTER: Final = load_query("chatdb_page_after")
_ANCHOR: Final = load_query("chatdb_part_anchor")

# The order of the index is used where the links are dated, which they are on any system
# of the last ten years; else the dates of the messages themselves must be sorted.
_LINK_DATE: Final = "link.message_date"
_OWN_DATE: Final = "coalesce(message.date, 0)"

_QUICKLY_MADE: Final = 100
"""So many messages are made on the event loop, in about a millisecond; more in a thread."""


class Page(Record, frozen=True, kw_only=True):
    """A stretch of a conversation, oldest first; `has_more` in the direction asked."""

    messages: tuple[Message, ...]
    has_more: bool


async def message_page(
    db: ChatDb,
    directory: Directory,
    chat: Chat,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> Page:
    """Up to limit messages of chat, oldest first: the newest, or those beside a message.

    before, after and around are ROWIDs; at most one is given. With around, the message
    itself stands about in the middle, and `has_more` tells of older ones.

    Raises:
        InvalidParams: there is no such message in the conversation.
        StoreUnavailable: chat.db can no longer be read.
    """
    if around is not None:
        newer = await _stretch(db, chat, _AFTER, around, limit // 2)
        wanted = limit - len(newer)
        older = await _stretch(db, chat, _BEFORE, around, wanted + 1, including=1)
        rows, has_more = [*newer[::-1], *older[:wanted]][::-1], len(older) > wanted
    elif after is not None:
        rows = await _stretch(db, chat, _AFTER, after, limit + 1)
        rows, has_more = rows[:limit], len(rows) > limit
    else:
        rows = await _stretch(db, chat, _BEFORE, before, limit + 1)
        rows, has_more = rows[:limit][::-1], len(rows) > limit
    if not rows:
        await _check_anchor(db, chat, before=before, after=after, around=around)
    made = await made_messages(db, directory, [(row, chat.chat_id) for row in rows])
    return Page(messages=tuple(made), has_more=has_more)


async def made_messages(
    db: ChatDb, directory: Directory, rows: Sequence[tuple[MessageRow, str]]
) -> list[Message]:
    """The messages of rows, each with its chat_id; in a thread when the disk is asked."""

    def make() -> list[Message]:
        return [
            message_of(row, chat_id, directory, db.local_path) for row, chat_id in rows
        ]

    has_files = any(row.attachments is not None for row, _ in rows)
    if has_files or len(rows) > _QUICKLY_MADE:
        return await asyncio.to_thread(make)
    return make()


async def _check_anchor(db: ChatDb, chat: Chat, **anchors: int | None) -> None:
    """Tell a page that is empty from one beside a message that is not there."""
    for field, rowid in anchors.items():
        if rowid is None:
            continue
        if not await db.rows(_ANCHOR, {"anchor": rowid, "chats": _listed(chat)}):
            reason = f"There is no message {rowid} in this conversation."
            raise InvalidParams(reason, field)


def _listed(chat: Chat) -> str:
    return msgspec.json.encode(chat.rowids).decode()


async def _stretch(
    db: ChatDb,
    chat: Chat,
    query: str,
    anchor: int | None,
    limit: int,
    *,
    including: int = 0,
) -> list[MessageRow]:
    """The next rows on one side of a message, nearest first, no row twice.

    Without an anchor from the end of the conversation; none when the anchor is not in it.
    A conversation of several chats asks for each of them, in one query.
    """
    asked = {
        "chat": chat.rowids[0],
        "chats": _listed(chat),
        "anchor": anchor,
        "including": including,
        "limit": limit,
    }
    if len(chat.rowids) == 1 and not chat.undated:
        return [MessageRow._make(row) for row in await db.rows(query, asked)]
    sql = " UNION ALL ".join(
        f"SELECT * FROM ({_of_chat(query, rowid, rowid in chat.undated)})"
        for rowid in chat.rowids
    )
    rows = [MessageRow._make(row) for row in await db.rows(sql, asked)]
    once = {row.rowid: row for row in rows}
    return sorted(
        once.values(),
        key=lambda row: (row.date or 0, row.rowid),
        reverse=query is _BEFORE,
    )[:limit]


def _of_chat(query: str, rowid: int, is_undated: bool) -> str:
    """The page query of one member of a conversation."""
    query = query.replace(":chat\n", f"{rowid}\n")
    return query.replace(_LINK_DATE, _OWN_DATE) if is_undated else query


class RowById(NamedTuple):
    """A row of message, the chats it is linked to, and its mark (see Mark)."""

    row: MessageRow
    chat_rowids: tuple[int, ...]
    mark: str


async def rows_by_id(db: ChatDb, rowids: Iterable[int]) -> dict[int, RowById]:
    """Rows of message by ROWID; gone ones are missing."""
    asked = {"rowids": msgspec.json.encode(list(rowids)).decode()}
    return {
        row[0]: RowById(
            MessageRow._make(row[:-2]),
            tuple(msgspec.json.decode(row[-2], type=list[int])),
            row[-1],
        )
        for row in await db.rows(_ROWS_BY_ID, asked)
    }


async def messages_by_id(
    db: ChatDb, directory: Directory, rowids: Sequence[int]
) -> list[Message]:
    """The messages with these ROWIDs, in that order.

    Those that are gone, in no conversation, or no message to a person are left out.
    """
    found = await rows_by_id(db, rowids)
    shown = [
        (found[rowid].row, chat.chat_id)
        for rowid in rowids
        if rowid in found
        and found[rowid].row.nature in ("message", "event")
        and (chat := directory.of_rowids(found[rowid].chat_rowids))
    ]
    return await made_messages(db, directory, shown)


async def messages_by_guid(
    db: ChatDb, directory: Directory, guids: Iterable[str]
) -> list[Message]:
    """The messages with these guids, each once; those that are not there are left out.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    wanted = list(dict.fromkeys(guids))
    if not wanted:
        return []
    asked = {"guids": msgspec.json.encode(wanted).decode()}
    found = dict(await db.rows(_BY_GUID, asked))
    return await messages_by_id(
        db, directory, [found[guid] for guid in wanted if guid in found]
    )
