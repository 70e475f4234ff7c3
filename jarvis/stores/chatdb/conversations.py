"""Conversations as the list shows them: last message, counts, unread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from jarvis.records import Conversation, Message
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.listed import LISTED
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.pages import messages_by_id
from jarvis.stores.queries import load_query

UNREAD_WITHOUT_MARK: Final = timedelta(days=30)
"""How far back a message counts as unread in a chat that never noted a reading."""

_LAST: Final = load_query("chatdb_last_listed").format(listed=LISTED)
_COUNTS: Final = load_query("chatdb_listed_counts").format(listed=LISTED)
_UNREAD: Final = load_query("chatdb_unread_counts")


async def conversation_states(
    db: ChatDb,
    directory: Directory,
    chats: Sequence[Chat],
    *,
    known_counts: Mapping[str, int] | None = None,
    now: datetime | None = None,
) -> list[Conversation]:
    """These conversations as the list shows them now, in the order given.

    known_counts, message counts by chat_id, spares the counting of those it names.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    return await _states(db, directory, chats, known_counts or {}, now)


async def all_conversations(
    db: ChatDb, directory: Directory, *, now: datetime | None = None
) -> list[Conversation]:
    """Every conversation that has messages, newest first.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    states = await _states(db, directory, None, {}, now)
    filled = [state for state in states if state.message_count]
    return sorted(filled, key=lambda each: each.last_message_date or "", reverse=True)


async def _states(
    db: ChatDb,
    directory: Directory,
    chats: Sequence[Chat] | None,
    known_counts: Mapping[str, int],
    now: datetime | None,
) -> list[Conversation]:
    """These conversations, or all when None."""
    members = None if chats is None else [r for chat in chats for r in chat.rowids]
    asked = {
        "chats": None if members is None else msgspec.json.encode(members).decode()
    }
    since = (now or datetime.now(UTC)) - UNREAD_WITHOUT_MARK
    last = dict(await db.rows(_LAST, asked))
    uncounted = [
        chat
        for chat in (directory.chats if chats is None else chats)
        if chat.chat_id not in known_counts
    ]
    counts = {}
    if uncounted:
        asked_counts = {"chats": _members(uncounted)} if known_counts else asked
        counts = dict(await db.rows(_COUNTS, asked_counts))
    unread = dict(await db.rows(_UNREAD, {**asked, "since": to_apple_ns(since)}))
    rowids = [rowid for rowid in last.values() if rowid is not None]
    by_id = {each.id: each for each in await messages_by_id(db, directory, rowids)}
    states = []
    for chat in directory.chats if chats is None else chats:
        newest = _newest(by_id.get(last.get(rowid, 0)) for rowid in chat.rowids)
        counted = sum(counts.get(rowid, 0) for rowid in chat.rowids)
        count = known_counts.get(chat.chat_id, counted)
        unread_count = sum(unread.get(rowid, 0) for rowid in chat.rowids)
        states.append(_conversation(chat, newest, count, unread_count))
    return states


def _members(chats: Iterable[Chat]) -> str:
    """The ROWIDs of all their chats, as JSON."""
    return msgspec.json.encode([r for chat in chats for r in chat.rowids]).decode()


def _newest(messages: Iterable[Message | None]) -> Message | None:
    known = [message for message in messages if message is not None]
    return max(known, key=lambda message: (message.date, message.id), default=None)


def _conversation(
    chat: Chat, last: Message | None, count: int, unread_count: int
) -> Conversation:
    return Conversation(
        chat_id=chat.chat_id,
        display_name=chat.title,
        participants=chat.participants,
        is_group=chat.is_group,
        service=chat.service,
        folder=chat.folder,
        last_message_text=last.line if last else None,
        last_message_date=last.date if last else None,
        last_message_is_from_me=last.is_from_me if last else False,
        last_message_sender=last.sender if last else None,
        message_count=count,
        unread_count=unread_count,
    )
