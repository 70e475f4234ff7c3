"""Messages by place: the pages of a conversation, and single ones by their ROWID."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from jarvis.errors import InvalidParams
from jarvis.later import later
from jarvis.records import Message, Record
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.opening import ChatDb, Fetch
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.queries import load_query, several

if TYPE_CHECKING:
    from jarvis.stores.chatdb import messages
    from jarvis.stores.chatdb.messages import LocalPath
else:
    # What reads bodies is needed with the first page, in the thread that reads it.
    messages = later("jarvis.stores.chatdb.messages")

_ROWS_BY_ID: Final = load_query("chatdb_rows_by_id")
_BY_GUID: Final = load_query("chatdb_rowids_by_guid")
_BEFORE: Final = load_query("chatdb_page_before")
_AFTER: Final = load_query("chatdb_page_after")
_ANCHOR: Final = load_query("chatdb_part_anchor")

_rowids: Final = msgspec.json.Decoder(tuple[int, ...])

# The order of the index is used where the links are dated, which they are on any system
# of the last ten years; else the dates of the messages themselves must be sorted.
_LINK_DATE: Final = "link.message_date"
_OWN_DATE: Final = "coalesce(message.date, 0)"


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
    reading = _Reading(directory, chat, db.local_path)

    def read(fetch: Fetch) -> Page:
        page = reading.page(fetch, limit, before=before, after=after, around=around)
        if not page.messages:
            reading.check_anchor(fetch, before=before, after=after, around=around)
        return page

    return await db.read(read)


class _Reading(NamedTuple):
    """How a conversation is read, in the connection's thread: a page is one trip to it."""

    directory: Directory
    chat: Chat
    local_path: LocalPath

    def page(
        self,
        fetch: Fetch,
        limit: int,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
    ) -> Page:
        if around is not None:
            newer = self._stretch(fetch, _AFTER, around, limit // 2)
            wanted = limit - len(newer)
            older = self._stretch(fetch, _BEFORE, around, wanted + 1, including=1)
            shown, has_more = (*older[:wanted][::-1], *newer), len(older) > wanted
            return Page(messages=shown, has_more=has_more)
        if after is not None:
            rows = self._stretch(fetch, _AFTER, after, limit + 1)
            return Page(messages=tuple(rows[:limit]), has_more=len(rows) > limit)
        rows = self._stretch(fetch, _BEFORE, before, limit + 1)
        return Page(messages=tuple(rows[:limit][::-1]), has_more=len(rows) > limit)

    def check_anchor(self, fetch: Fetch, **anchors: int | None) -> None:
        """Tell a page that is empty from one beside a message that is not there."""
        for field, rowid in anchors.items():
            if rowid is None:
                continue
            if not fetch(_ANCHOR, {"anchor": rowid, "chats": self._chats()}):
                reason = f"There is no message {rowid} in this conversation."
                raise InvalidParams(reason, field)

    def _chats(self) -> str:
        return msgspec.json.encode(self.chat.rowids).decode()

    def _stretch(
        self,
        fetch: Fetch,
        query: str,
        anchor: int | None,
        limit: int,
        *,
        including: int = 0,
    ) -> list[Message]:
        """The next messages on one side of one, nearest first, none twice.

        Without an anchor from the end of the conversation; none when the anchor is not in
        it. A conversation of several chats asks for each of them, many in one query.
        """
        chat = self.chat
        asked = {
            "chat": chat.rowids[0],
            "chats": self._chats(),
            "anchor": anchor,
            "including": including,
            "limit": limit,
        }
        if len(chat.rowids) == 1 and not chat.undated:
            rows = fetch(query, asked)
        else:
            rows = []
            for sql in several(partial(_of_chat, query, chat.undated), chat.rowids):
                found = map(MessageRow._make, fetch(sql, asked))
                rows = _merged((*rows, *found), limit, newest_first=query is _BEFORE)
        directory, local_path = self.directory, self.local_path
        return [messages.message_of(row, chat, directory, local_path) for row in rows]


def _merged(
    rows: Iterable[MessageRow], limit: int, *, newest_first: bool
) -> list[MessageRow]:
    """The nearest rows of several chats, in their common order."""
    once = {row.rowid: row for row in rows}
    return sorted(
        once.values(),
        key=lambda row: (row.date or 0, row.rowid),
        reverse=newest_first,
    )[:limit]


def _of_chat(query: str, undated: Collection[int], rowid: int) -> str:
    """The page query of one member of a conversation."""
    query = query.replace(":chat\n", f"{rowid}\n")
    return query.replace(_LINK_DATE, _OWN_DATE) if rowid in undated else query


class LinkedRow(NamedTuple):
    """A row of message, the chats it is linked to, and its fingerprint (see Fingerprint).

    `message` is what is shown of it; None for reactions and rows of no conversation.
    """

    row: MessageRow
    chat_rowids: tuple[int, ...]
    fingerprint: str
    message: Message | None


async def rows_by_id(
    db: ChatDb, directory: Directory, rowids: Iterable[int]
) -> dict[int, LinkedRow]:
    """Rows of message by ROWID; gone ones are missing."""

    def make(rows: list[tuple[Any, ...]]) -> dict[int, LinkedRow]:
        return {row[0]: _linked_row(row, directory, db) for row in rows}

    asked = {"rowids": msgspec.json.encode(list(rowids)).decode()}
    return await db.made(_ROWS_BY_ID, asked, make)


def _linked_row(
    columns: tuple[Any, ...], directory: Directory, db: ChatDb
) -> LinkedRow:
    row = MessageRow._make(columns[:-2])
    chats = _rowids.decode(columns[-2])
    chat = directory.of_rowids(chats)
    message = None
    if chat is not None and row.nature in ("message", "event"):
        message = messages.message_of(row, chat, directory, db.local_path)
    return LinkedRow(row, chats, columns[-1], message)


async def messages_by_id(
    db: ChatDb, directory: Directory, rowids: Sequence[int]
) -> list[Message]:
    """The messages with these ROWIDs, in that order.

    Those that are gone, in no conversation, or no message to a person are left out.
    """
    by_rowid = await rows_by_id(db, directory, rowids)
    messages = (by_rowid[rowid].message for rowid in rowids if rowid in by_rowid)
    return [message for message in messages if message is not None]


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
    rowid_of = dict(await db.rows(_BY_GUID, asked))
    return await messages_by_id(
        db, directory, [rowid_of[guid] for guid in wanted if guid in rowid_of]
    )
