"""The conversation list kept ready in jarvis.db: a page costs the same at any size."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import aiosqlite
import msgspec

from jarvis.errors import InvalidParams
from jarvis.records import ChatId, Conversation, Folder, Timestamp
from jarvis.stores.queries import load_query

_UPSERT: Final = """
INSERT INTO conversation VALUES (
  :chat_id, :display_name, :participants, :is_group, :service, :folder,
  :last_message_text, :last_message_date, :last_message_is_from_me,
  :last_message_sender, :message_count, :unread_count, coalesce(:search_text, ''),
  :people
)
ON CONFLICT (chat_id) DO UPDATE SET
  display_name = excluded.display_name,
  participants = excluded.participants,
  is_group = excluded.is_group,
  service = excluded.service,
  folder = excluded.folder,
  last_message_text = excluded.last_message_text,
  last_message_date = excluded.last_message_date,
  last_message_is_from_me = excluded.last_message_is_from_me,
  last_message_sender = excluded.last_message_sender,
  message_count = excluded.message_count,
  unread_count = excluded.unread_count,
  search_text = coalesce(:search_text, search_text),
  people = excluded.people
"""
_COLUMNS: Final = """
  chat_id, display_name, participants, is_group, service, folder,
  last_message_text, last_message_date, last_message_is_from_me,
  last_message_sender, message_count, unread_count, people
"""
_PAGE_OF_FOLDER: Final = load_query("jarvisdb_conversations")
_PAGE_OF_ALL: Final = load_query("jarvisdb_conversations_anywhere")

_participants: Final = msgspec.json.Decoder(tuple[str, ...])

_AFTER_ALL_DATES: Final = "~"


class ConversationPage(NamedTuple):
    """Newest first; `next` is the cursor of the page after it, None on the last one.

    `total_count` counts all that folder and query let through.
    """

    conversations: list[Conversation]
    total_count: int
    next: str | None


async def all_rows(db: aiosqlite.Connection) -> list[Conversation]:
    """The whole list, in no order."""
    sql = f"SELECT {_COLUMNS} FROM conversation"
    return [_conversation(row) for row in await db.execute_fetchall(sql)]


async def chat_ids(db: aiosqlite.Connection) -> list[ChatId]:
    """Which conversations the list holds, whatever their folder, newest first."""
    sql = "SELECT chat_id FROM conversation ORDER BY last_message_date DESC"
    return [ChatId(row[0]) for row in await db.execute_fetchall(sql)]


async def rows_of(
    db: aiosqlite.Connection, chat_ids: Sequence[ChatId]
) -> list[Conversation]:
    """These conversations in the order given, as far as the list holds them."""
    sql = (
        f"SELECT {_COLUMNS} FROM conversation "
        "WHERE chat_id IN (SELECT value FROM json_each(?))"
    )
    asked = msgspec.json.encode(chat_ids).decode()
    rows = [_conversation(row) for row in await db.execute_fetchall(sql, (asked,))]
    return sorted(rows, key=lambda row: chat_ids.index(row.chat_id))


async def forget_all(db: aiosqlite.Connection) -> None:
    """Begin anew with another chat.db. To be called inside a transaction."""
    await db.execute("DELETE FROM conversation")


async def replace_contacts(db: aiosqlite.Connection, names: Mapping[str, str]) -> None:
    """Make the names that others may read exactly these, by handle. In a transaction."""
    known = await db.execute_fetchall("SELECT handle, name FROM contact")
    if dict(map(tuple, known)) != names:  # else nothing is written at most starts
        await db.execute("DELETE FROM contact")
        await db.executemany("INSERT INTO contact VALUES (?, ?)", names.items())


async def write(
    db: aiosqlite.Connection,
    changed: Sequence[Conversation],
    gone: Sequence[Conversation],
    search_texts: Mapping[ChatId, str],
) -> None:
    """Put each in the place of the one with its chat_id, take others off the list.

    Inside a transaction.
    `search_texts` are what a query is looked for in; a row without one keeps its own.
    """
    rows = [
        {**_columns(row), "search_text": search_texts.get(row.chat_id)}
        for row in changed
    ]
    if rows:  # each statement costs a trip to the connection's thread
        await db.executemany(_UPSERT, rows)
    if gone:
        left = [(row.chat_id,) for row in gone]
        await db.executemany("DELETE FROM conversation WHERE chat_id = ?", left)


async def replace_search_texts(
    db: aiosqlite.Connection, search_texts: Mapping[ChatId, str]
) -> None:
    """Search these conversations by other texts from now on. Inside a transaction."""
    await db.executemany(
        "UPDATE conversation SET search_text = ?2 "
        "WHERE chat_id = ?1 AND search_text <> ?2",
        search_texts.items(),
    )


async def page(
    db: aiosqlite.Connection,
    *,
    limit: int,
    before: str | None = None,
    query: str | None = None,
    folder: Folder | Literal["all"] = "inbox",
) -> ConversationPage:
    """Up to limit conversations, newest first, from the cursor `before` on.

    query is looked for in the search texts as it is (see chatdb/addressing.py).

    Raises:
        InvalidParams: `before` is not a cursor that an earlier page gave.
    """
    date, chat_id = _from_cursor(before) if before else (_AFTER_ALL_DATES, "")
    sql = _PAGE_OF_ALL if folder == "all" else _PAGE_OF_FOLDER
    arguments = {
        "folder": folder,
        "query": query or "",
        "date": date,
        "chat_id": chat_id,
        "limit": limit + 1,  # one more tells whether there is a next page
    }
    rows = list(await db.execute_fetchall(sql, arguments))
    shown = [_conversation(row) for row in rows[:limit]]
    total_count = rows[0][-2] if rows else 0
    has_more = len(rows) > limit
    return ConversationPage(
        shown, total_count, _to_cursor(shown[-1]) if has_more else None
    )


def _columns(conversation: Conversation) -> dict[str, Any]:
    columns = {
        name: getattr(conversation, name) for name in conversation.__struct_fields__
    }
    columns["participants"] = msgspec.json.encode(conversation.participants).decode()
    columns["last_message_date"] = conversation.last_message_date or ""
    return columns


def _conversation(row: Any) -> Conversation:
    return Conversation(
        chat_id=row[0],
        display_name=row[1],
        participants=_participants.decode(row[2]),
        is_group=bool(row[3]),
        service=row[4],
        folder=row[5],
        last_message_text=row[6],
        last_message_date=Timestamp(row[7]) if row[7] else None,
        last_message_is_from_me=bool(row[8]),
        last_message_sender=row[9],
        message_count=row[10],
        unread_count=row[11],
        people=row[-1],
    )


def _to_cursor(last: Conversation) -> str:
    place = msgspec.json.encode((last.last_message_date or "", last.chat_id))
    return urlsafe_b64encode(place).decode().rstrip("=")


def _from_cursor(cursor: str) -> tuple[str, str]:
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(place, type=tuple[str, str])
    except (ValueError, msgspec.MsgspecError):
        raise InvalidParams(
            "before is not a cursor: give the `next` of an earlier page, or leave it out.",
            field="before",
        ) from None
