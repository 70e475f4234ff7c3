"""What the inbox asks about new rows: which there are, whether each is whole yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from jarvis.records import ChatId, Message
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.pages import LinkedRow, rows_by_id
from jarvis.stores.chatdb.rows import URL_BALLOON, MessageRow, Nature
from jarvis.stores.handles import is_business

_TARGET: Final = re.compile(r"(?:p:\d+/|bp:)?(?P<guid>.+)", re.DOTALL)


class Arrival(msgspec.Struct, frozen=True):
    """A row of message as it stands now, which may still be incomplete.

    `is_ready`: it has a chat and something explains its content. `lacks_files`: it is
    nothing but files, and some are not there yet, or were lost. `is_pushable`: it is of
    a kind that new_message is for. `is_link`: a link with its
    preview. `is_scheduled`: it is to be sent at its date. `has_sender`:
    from the user, or a handle is known. `message` is what would be shown, None for
    reactions, hidden rows and rows without a chat in the directory. `target` is what a
    reaction or vote is tied to. `fingerprint` is
    another one as soon as anything of the row changed.
    """

    rowid: int
    guid: str
    exists: bool
    chat_rowids: tuple[int, ...]
    nature: Nature
    is_ready: bool
    lacks_files: bool
    is_pushable: bool
    is_link: bool
    is_scheduled: bool
    is_from_me: bool
    has_sender: bool
    date_ns: int
    target: str | None
    message: Message | None
    fingerprint: str


def target_guid(target: str) -> str:
    """The guid of the message that "p:0/GUID", "bp:GUID" or a bare guid speaks of."""
    spelling = _TARGET.fullmatch(target)
    return spelling["guid"] if spelling else target


async def newest_rowid(db: ChatDb) -> int:
    """The highest ROWID that message ever had; 0 when it was always empty.

    Deleted ones count: SQLite does not give a number twice in this table.
    """
    sql = "SELECT max(ROWID) FROM main.message"
    if "sqlite_sequence" in db.columns:
        sql += " UNION SELECT seq FROM main.sqlite_sequence WHERE name = 'message'"
    return max(int(rowid or 0) for (rowid,) in await db.rows(sql))


async def rowids_after(db: ChatDb, rowid: int, limit: int) -> list[int]:
    """The next ROWIDs above rowid, lowest first, at most limit."""
    sql = "SELECT ROWID FROM main.message WHERE ROWID > ? ORDER BY ROWID LIMIT ?"
    return [int(later) for (later,) in await db.rows(sql, (rowid, limit))]


async def rowids_before(db: ChatDb, rowid: int, limit: int) -> list[int]:
    """The next ROWIDs below rowid, highest first, at most limit."""
    sql = "SELECT ROWID FROM main.message WHERE ROWID < ? ORDER BY ROWID DESC LIMIT ?"
    return [int(earlier) for (earlier,) in await db.rows(sql, (rowid, limit))]


async def count_before(db: ChatDb, rowid: int) -> int:
    """How many rows there are below rowid, of whatever kind."""
    sql = "SELECT count(*) FROM main.message WHERE ROWID < ?"
    ((number,),) = await db.rows(sql, (rowid,))
    return int(number)


async def linked_chats(
    db: ChatDb, directory: Directory, first: int, last: int
) -> dict[int, ChatId]:
    """In which conversation each message from first to last stands, by its ROWID.

    Those that stand in none, because they were deleted, are missing.
    """
    sql = (
        "SELECT message_id, min(chat_id) FROM main.chat_message_join"
        " WHERE message_id BETWEEN ? AND ? GROUP BY message_id"
    )
    rows = await db.rows(sql, (first, last))
    chats = ((rowid, directory.of_rowid(chat_rowid)) for rowid, chat_rowid in rows)
    return {int(rowid): chat.chat_id for rowid, chat in chats if chat is not None}


async def newest_date_ns(db: ChatDb, until_ns: int) -> int:
    """The newest date of any message that is not later than until_ns; 0 if none."""
    sql = "SELECT max(date) FROM main.message WHERE date <= ?"
    ((date,),) = await db.rows(sql, (until_ns,))
    return int(date or 0)


async def arrivals(
    db: ChatDb, directory: Directory, rowids: Sequence[int]
) -> list[Arrival]:
    """What stands behind each ROWID, in the order given; a gone one has exists=False.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    by_rowid = await rows_by_id(db, directory, rowids)
    return [
        _arrival(by_rowid[rowid], directory) if rowid in by_rowid else _gone(rowid)
        for rowid in rowids
    ]


def _arrival(linked: LinkedRow, directory: Directory) -> Arrival:
    row, message = linked.row, linked.message
    chat = directory.of_rowids(linked.chat_rowids)
    is_tied = row.nature in ("reaction", "hidden")
    return Arrival(
        rowid=row.rowid,
        guid=row.guid,
        exists=True,
        chat_rowids=linked.chat_rowids,
        nature=row.nature,
        is_ready=bool(linked.chat_rowids) and _has_content(row),
        lacks_files=message is not None and _lacks_files(message),
        is_pushable=row.nature == "message" and not _is_quiet(row, chat, message),
        is_link=row.balloon == URL_BALLOON,
        is_scheduled=row.is_scheduled,
        is_from_me=bool(row.is_from_me),
        has_sender=bool(row.is_from_me or row.sender),
        date_ns=row.date or 0,
        target=row.associated_guid if is_tied else None,
        message=message,
        fingerprint=linked.fingerprint,
    )


def _is_quiet(row: MessageRow, chat: Chat | None, message: Message | None) -> bool:
    """Whether it is listed without a word: what machines and strangers write, and codes."""
    if row.is_from_me:
        return False
    return bool(
        row.is_spam
        or (chat and chat.folder in ("unknown", "junk"))
        or (message and message.sender and is_business(message.sender))
        or (message and message.is_secret)
    )


def _lacks_files(message: Message) -> bool:
    return not message.text and any(
        part.kind == "file" and part.attachment is None for part in message.parts
    )


def _has_content(row: MessageRow) -> bool:
    return row.nature != "message" or any(
        (
            row.text,
            row.body,
            row.attachments,
            row.balloon,
            row.summary_info,
            row.was_detonated,
        )
    )


def _gone(rowid: int) -> Arrival:
    return Arrival(
        rowid=rowid,
        guid="",
        exists=False,
        chat_rowids=(),
        nature="hidden",
        is_ready=False,
        lacks_files=False,
        is_pushable=False,
        is_link=False,
        is_scheduled=False,
        is_from_me=False,
        has_sender=False,
        date_ns=0,
        target=None,
        message=None,
        fingerprint="",
    )
