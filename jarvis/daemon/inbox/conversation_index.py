"""The conversation list as jarvis.db holds it, and what has to change in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from jarvis.records import ChatId, Conversation, Message
from jarvis.stores.chatdb import (
    Chat,
    ChatDb,
    ChatHeads,
    Directory,
    conversation_states,
    read_heads,
)
from jarvis.stores.counts import Counts

UNKNOWN: Final = -1


class ListUpdate(NamedTuple):
    """What the list has to become: `changed` rows, `gone` ones as they were last.

    `more` are messages that came or went, by ROWID of the chat. `directory` is the one
    that the rows were made with.
    """

    changed: Sequence[Conversation]
    gone: Sequence[Conversation]
    heads: ChatHeads
    more: Mapping[int, int]
    directory: Directory


class ConversationIndex(msgspec.Struct, frozen=True):
    """The rows as they are stored; every update makes another index.

    `announced_unread`: unread messages by chat_id as clients must think they are who heard
    of the new ones, since the last comparison; UNKNOWN where some were not published.
    """

    rows: Mapping[ChatId, Conversation] = {}
    counts: Counts = msgspec.field(default_factory=Counts)
    heads: ChatHeads = msgspec.field(default_factory=lambda: ChatHeads({}, {}))
    announced_unread: Mapping[ChatId, int] = {}

    def after(
        self,
        update: ListUpdate | None,
        announced_unread: Mapping[ChatId, int] | None,
        counted: Counts | None,
    ) -> ConversationIndex:
        """The index once these are stored; what is None stays as it is."""
        rows, counts, heads = self.rows, self.counts, self.heads
        if update is not None:
            rows = {**rows, **{row.chat_id: row for row in update.changed}}
            for row in update.gone:
                rows.pop(row.chat_id, None)
            counts, heads = counts.added(update.more), update.heads
        if announced_unread is None:
            announced_unread = self.announced_unread
        return ConversationIndex(rows, counted or counts, heads, announced_unread)

    async def plan(
        self,
        db: ChatDb,
        directory: Directory,
        now: datetime,
        *,
        chats: Sequence[Chat] | None = None,
        edited: Collection[int] = (),
        more: Mapping[int, int] | None = None,
        read: Mapping[int, Message] | None = None,
        renamed: bool = False,
    ) -> ListUpdate:
        """What changed of these conversations, or of all.

        `edited` are ROWIDs of messages whose line may have changed; with `more` messages
        by ROWID of the chat; `read` are messages by ROWID that need not be read again;
        renamed: any line may name somebody otherwise.
        """
        more = more or {}
        heads = await read_heads(db, chats, now=now)
        known = self.counts.added(more)
        stale = [
            chat
            for chat in (directory.chats if chats is None else chats)
            if renamed or self._is_stale(chat, heads, known, edited)
        ]
        states = await conversation_states(
            db, directory, stale, heads, known.by_chat, read
        )
        changed, gone = [], []
        for row in states:
            before = self.rows.get(row.chat_id)
            if row.last_message_date and row != before:
                changed.append(row)
            elif before is not None and not row.last_message_date:
                gone.append(row)
        if chats is None:
            there = {chat.chat_id for chat in directory.chats}
            gone += [
                _emptied(row) for id_, row in self.rows.items() if id_ not in there
            ]
        else:
            heads = self.heads.updated(heads, chats)
        return ListUpdate(changed, gone, heads, more, directory)

    def recounted(self, directory: Directory) -> ListUpdate:
        """The same rows with the counts known by now."""
        by_chat = self.counts.by_chat
        changed = [
            msgspec.structs.replace(row, message_count=number)
            for chat in directory.chats
            if (row := self.rows.get(chat.chat_id))
            and (number := sum(by_chat.get(rowid, 0) for rowid in chat.rowids))
            != row.message_count
        ]
        return ListUpdate(changed, [], self.heads, {}, directory)

    def _is_stale(
        self, chat: Chat, now: ChatHeads, known: Counts, edited: Collection[int]
    ) -> bool:
        row, before = self.rows.get(chat.chat_id), self.heads
        if row is None:
            return any(rowid in now.last for rowid in chat.rowids)
        if (
            row.display_name != chat.title
            or row.participants != chat.participants
            or row.people != chat.people
            or row.folder != chat.folder
            or row.service != chat.service
            or row.message_count != sum(known.by_chat.get(r, 0) for r in chat.rowids)
        ):
            return True
        return any(
            before.last.get(rowid) != now.last.get(rowid)
            or before.unread.get(rowid, 0) != now.unread.get(rowid, 0)
            or now.last.get(rowid) in edited
            for rowid in chat.rowids
        )


def _emptied(row: Conversation) -> Conversation:
    """A conversation whose chat is no longer there."""
    return msgspec.structs.replace(
        row,
        last_message_text=None,
        last_message_date=None,
        last_message_is_from_me=False,
        last_message_sender=None,
        message_count=0,
        unread_count=0,
    )
