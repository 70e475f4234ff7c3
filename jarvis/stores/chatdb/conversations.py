"""Conversations as the list shows them: last message, counts, unread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from jarvis.records import Conversation, Message
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.pages import messages_by_id
from jarvis.stores.queries import load_query

UNREAD_WITHOUT_MARK: Final = timedelta(days=30)
"""How far back a message counts as unread in a chat that never noted a reading."""

_LAST: Final = load_query("chatdb_last_listed")
_COUNTS: Final = load_query("chatdb_listed_counts")
_UNREAD: Final = load_query("chatdb_unread_counts")


class ChatHeads(NamedTuple):
    """The heads of chats, by their ROWID: the last message's ROWID, unread messages.

    A chat without messages has no last; one without unread ones is not in `unread`.
    """

    last: Mapping[int, int]
    unread: Mapping[int, int]

    def updated(self, now: ChatHeads, chats: Iterable[Chat]) -> ChatHeads:
        """The heads of these chats as they are now, of the others as they were."""
        asked = {rowid for chat in chats for rowid in chat.rowids}
        last = {chat: rowid for chat, rowid in self.last.items() if chat not in asked}
        unread = {chat: n for chat, n in self.unread.items() if chat not in asked}
        return ChatHeads({**last, **now.last}, {**unread, **now.unread})


async def read_heads(
    db: ChatDb,
    chats: Iterable[Chat] | None = None,
    *,
    now: datetime | None = None,
) -> ChatHeads:
    """The heads of these conversations, or of all; a few index steps a chat.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    members = None if chats is None else [r for chat in chats for r in chat.rowids]
    asked = {
        "chats": None if members is None else msgspec.json.encode(members).decode()
    }
    since = (now or datetime.now(UTC)) - UNREAD_WITHOUT_MARK
    last = await db.rows(_LAST, asked)
    unread = await db.rows(_UNREAD, {**asked, "since": to_apple_ns(since)})
    return ChatHeads({chat: rowid for chat, rowid in last if rowid}, dict(unread))


async def conversation_states(
    db: ChatDb,
    directory: Directory,
    chats: Sequence[Chat],
    heads: ChatHeads,
    counts: Mapping[int, int],
    read: Mapping[int, Message] | None = None,
) -> list[Conversation]:
    """These conversations as the list shows them, in the order given.

    counts are messages by ROWID of the chat, `read` by their own: those that need not be
    read again.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    last = [heads.last.get(rowid) for chat in chats for rowid in chat.rowids]
    by_id = dict(read or {})
    rowids = [rowid for rowid in last if rowid is not None and rowid not in by_id]
    if rowids:
        by_id.update((m.id, m) for m in await messages_by_id(db, directory, rowids))
    return [
        _conversation(
            chat,
            _newest(by_id.get(heads.last.get(rowid, 0)) for rowid in chat.rowids),
            sum(counts.get(rowid, 0) for rowid in chat.rowids),
            sum(heads.unread.get(rowid, 0) for rowid in chat.rowids),
        )
        for chat in chats
    ]


async def first_of_slice(db: ChatDb, below: int, size: int) -> int | None:
    """The ROWID at which the next rows below one begin, size of them; None when none is."""
    sql = (
        "SELECT min(ROWID) FROM (SELECT ROWID FROM main.message "
        "WHERE ROWID < ? ORDER BY ROWID DESC LIMIT ?)"
    )
    ((first,),) = await db.rows(sql, (below, size))
    return None if first is None else int(first)


async def listed_counts(
    db: ChatDb, first: int, last: int, waiting: Iterable[int] = ()
) -> dict[int, int]:
    """Messages by ROWID of the chat, among the ROWIDs from first to last.

    What waits to be whole is left out: it is counted when it is.
    """
    asked = {
        "from": first,
        "to": last,
        "waiting": msgspec.json.encode(list(waiting)).decode(),
    }
    return dict(await db.rows(_COUNTS, asked))


async def deletions_noted(db: ChatDb) -> int:
    """A number that rises with every message that is deleted, for a while or for good."""
    noted = [
        f"SELECT coalesce(max(ROWID), 0) AS number FROM main.{table}"
        for table in ("deleted_messages", "chat_recoverable_message_join")
        if table in db.columns
    ]
    if not noted:
        return 0
    sql = f"SELECT sum(number) FROM ({' UNION ALL '.join(noted)})"
    ((number,),) = await db.rows(sql)
    return int(number or 0)


def _newest(messages: Iterable[Message | None]) -> Message | None:
    there = [message for message in messages if message is not None]
    return max(there, key=lambda message: (message.date, message.id), default=None)


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
        people=chat.people,
    )
