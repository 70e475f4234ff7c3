"""Messages by place: the pages of a conversation, and single ones by their ROWID."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from jarvis.errors import InvalidParams
from jarvis.records import Message, Record
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.listed import SHOWN
from jarvis.stores.chatdb.messages import message_of
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.queries import load_query

_ROWS_BY_ID: Final = load_query("chatdb_rows_by_id")
_STRETCH: Final = load_query("chatdb_stretch")
_ANCHOR: Final = load_query("chatdb_anchor")

# The order of the index is used where the links are dated, which they are on any system
# of the last ten years; else the dates of the messages themselves must be sorted.
_LINK_DATE: Final = "link.message_date"
_OWN_DATE: Final = "coalesce(message.date, 0)"


class Page(Record, frozen=True, kw_only=True):
    """A stretch of a conversation, oldest first; `has_more` in the direction asked."""

    messages: tuple[Message, ...]
    has_more: bool


# Later than any message: no date and no ROWID is larger.
_END: Final = 2**63 - 1


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
        newer = await _stretch(db, chat, around, ">", limit // 2)
        wanted = limit - len(newer)
        older = await _stretch(db, chat, around, "<=", wanted + 1)
        rows, has_more = [*newer[::-1], *older[:wanted]][::-1], len(older) > wanted
    elif after is not None:
        rows = await _stretch(db, chat, after, ">", limit + 1)
        rows, has_more = rows[:limit], len(rows) > limit
    else:
        rows = await _stretch(db, chat, before, "<", limit + 1)
        rows, has_more = rows[:limit][::-1], len(rows) > limit
    if not rows:
        await _check_anchor(db, chat, before=before, after=after, around=around)
    return Page(
        messages=tuple(message_of(row, chat.chat_id, directory) for row in rows),
        has_more=has_more,
    )


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
    anchor: int | None,
    comparison: Literal["<", "<=", ">"],
    limit: int,
) -> list[MessageRow]:
    """The next rows on one side of a message, nearest first, no row twice.

    Older ones compare smaller; with "<=" the message itself is the first. Without an
    anchor from the end of the conversation; none when the anchor is not in it.
    """
    order = "ASC" if comparison == ">" else "DESC"
    parts = [
        _STRETCH.format(
            chat=rowid,
            date=_OWN_DATE if rowid in chat.undated else _LINK_DATE,
            place=_END if anchor is None else f"({_ANCHOR})",
            comparison=comparison,
            order=order,
            shown=SHOWN,
        )
        for rowid in chat.rowids
    ]
    sql = " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts)
    asked = {
        "anchor": _END if anchor is None else anchor,
        "chats": _listed(chat),
        "limit": limit,
    }
    rows = [MessageRow._make(row) for row in await db.rows(sql, asked)]
    if len(parts) > 1:
        once = {row.rowid: row for row in rows}
        rows = sorted(
            once.values(),
            key=lambda row: (row.date or 0, row.rowid),
            reverse=order == "DESC",
        )[:limit]
    return rows


async def rows_by_id(
    db: ChatDb, rowids: Iterable[int]
) -> dict[int, tuple[MessageRow, tuple[int, ...]]]:
    """Rows of message and the chats each is linked to, by ROWID; gone ones are missing."""
    asked = {"rowids": msgspec.json.encode(list(rowids)).decode()}
    found = {}
    for row in await db.rows(_ROWS_BY_ID, asked):
        chats = tuple(msgspec.json.decode(row[-1], type=list[int]))
        found[row[0]] = (MessageRow._make(row[:-1]), chats)
    return found


async def messages_by_id(
    db: ChatDb, directory: Directory, rowids: Sequence[int]
) -> list[Message]:
    """The messages with these ROWIDs, in that order.

    Those that are gone, in no conversation, or no message to a person are left out.
    """
    found = await rows_by_id(db, rowids)
    return [
        message_of(row, chat.chat_id, directory)
        for rowid in rowids
        if rowid in found
        for row, chats in (found[rowid],)
        if row.nature in ("message", "event")
        and (chat := next(filter(None, map(directory.of_rowid, chats)), None))
    ]
