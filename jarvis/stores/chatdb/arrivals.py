"""What the inbox asks about new rows: which there are, whether each is whole yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jarvis.records import Message
from jarvis.stores.chatdb.directory import Directory
from jarvis.stores.chatdb.messages import message_of
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.pages import rows_by_id
from jarvis.stores.chatdb.rows import MessageRow, Nature


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row of message as it stands now, which may still be incomplete.

    `is_ready`: it has a chat and something explains its content. `is_pushable`: it is of
    a kind that new_message is for. `has_sender`: from the user, or a handle is known.
    `message` is what would be shown, None for reactions, hidden rows and rows without a
    chat in the directory. `target_guid` is the message a reaction is about.
    """

    rowid: int
    guid: str
    exists: bool
    chat_rowids: tuple[int, ...]
    nature: Nature
    is_ready: bool
    is_pushable: bool
    is_from_me: bool
    has_sender: bool
    date_ns: int
    target_guid: str | None
    message: Message | None


async def newest_rowid(db: ChatDb) -> int:
    """The highest ROWID of message, 0 when there is none."""
    ((rowid,),) = await db.rows("SELECT max(ROWID) FROM main.message")
    return int(rowid or 0)


async def rowids_after(db: ChatDb, rowid: int, limit: int) -> list[int]:
    """The next ROWIDs above rowid, lowest first, at most limit."""
    sql = "SELECT ROWID FROM main.message WHERE ROWID > ? ORDER BY ROWID LIMIT ?"
    return [int(found) for (found,) in await db.rows(sql, (rowid, limit))]


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
    found = await rows_by_id(db, rowids)
    return [
        _arrival(*found[rowid], directory) if rowid in found else _gone(rowid)
        for rowid in rowids
    ]


def _arrival(
    row: MessageRow, chat_rowids: tuple[int, ...], directory: Directory
) -> Arrival:
    chat = next(filter(None, map(directory.of_rowid, chat_rowids)), None)
    is_shown = row.nature in ("message", "event")
    return Arrival(
        rowid=row.rowid,
        guid=row.guid,
        exists=True,
        chat_rowids=chat_rowids,
        nature=row.nature,
        is_ready=bool(chat_rowids) and _has_content(row),
        is_pushable=row.nature == "message" and not row.is_scheduled,
        is_from_me=bool(row.is_from_me),
        has_sender=bool(row.is_from_me or row.sender),
        date_ns=row.date or 0,
        target_guid=row.associated_guid if row.nature == "reaction" else None,
        message=message_of(row, chat.chat_id, directory) if chat and is_shown else None,
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
        is_pushable=False,
        is_from_me=False,
        has_sender=False,
        date_ns=0,
        target_guid=None,
        message=None,
    )
