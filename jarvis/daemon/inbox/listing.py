"""The conversation list in jarvis.db follows chat.db; only what changed is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import aiosqlite
import msgspec

from jarvis.records import ChatId, Conversation
from jarvis.stores import conversations, counts
from jarvis.stores.chatdb import (
    Chat,
    ChatDb,
    Directory,
    Standing,
    conversation_states,
    read_standing,
    search_texts,
)
from jarvis.stores.counts import Counts

UNKNOWN: Final = -1


class ListUpdate(NamedTuple):
    """What the list has to become: `changed` rows, `gone` ones as they were last.

    `more` are messages that came or went, by ROWID of the chat.
    """

    changed: list[Conversation]
    gone: list[Conversation]
    standing: Standing
    more: Mapping[int, int]


class Listing:
    """The rows as they are stored. Plan an update, write it in a transaction, keep it.

    `told_unread`: unread messages by chat_id as clients must think they are who heard of
    the new ones, since the last comparison; UNKNOWN where they were not told of some.
    """

    def __init__(self) -> None:
        self.rows: dict[ChatId, Conversation] = {}
        self.counts = Counts()
        self.told_unread: dict[ChatId, int] = {}
        self._standing = Standing({}, {})

    def begin(self, rows: Iterable[Conversation], known: Counts) -> None:
        """Take the list as it was stored; what changed since, the next plan finds."""
        self.rows = {row.chat_id: row for row in rows}
        self.counts = known
        self.told_unread.clear()
        self._standing = Standing({}, {})

    async def build(self, db: ChatDb, directory: Directory, now: datetime) -> None:
        """Learn the whole list for the first time; it remains to be written."""
        known = self.counts
        self._standing = await read_standing(db, now=now)
        states = await conversation_states(
            db, directory, directory.chats, self._standing, known.by_chat
        )
        self.rows = {each.chat_id: each for each in states if each.last_message_date}

    async def plan(
        self,
        db: ChatDb,
        directory: Directory,
        now: datetime,
        *,
        chats: Sequence[Chat] | None = None,
        edited: Collection[int] = (),
        more: Mapping[int, int] | None = None,
        renamed: bool = False,
    ) -> ListUpdate:
        """What changed of these conversations, or of all.

        `edited` are ROWIDs of messages whose line may have changed; with `more` messages
        by ROWID of the chat; renamed: any line may name somebody otherwise.
        """
        more = more or {}
        standing = await read_standing(db, chats, now=now)
        known = self.counts.added(more)
        stale = [
            chat
            for chat in (directory.chats if chats is None else chats)
            if renamed or self._is_stale(chat, standing, known, edited)
        ]
        states = await conversation_states(
            db, directory, stale, standing, known.by_chat
        )
        changed = [
            each
            for each in states
            if each.last_message_date and self.rows.get(each.chat_id) != each
        ]
        gone = [
            each
            for each in states
            if not each.last_message_date and each.chat_id in self.rows
        ]
        if chats is None:
            there = {chat.chat_id for chat in directory.chats}
            gone += [
                _emptied(row) for id_, row in self.rows.items() if id_ not in there
            ]
        else:
            standing = _merged(self._standing, standing, chats)
        return ListUpdate(changed, gone, standing, more)

    def _is_stale(
        self, chat: Chat, now: Standing, known: Counts, edited: Collection[int]
    ) -> bool:
        row, before = self.rows.get(chat.chat_id), self._standing
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

    def recount(self, directory: Directory, known: Counts) -> ListUpdate:
        """The same rows with the counts known by now."""
        self.counts = known
        recounted = [
            msgspec.structs.replace(row, message_count=number)
            for chat in directory.chats
            if (row := self.rows.get(chat.chat_id))
            and (number := sum(known.by_chat.get(r, 0) for r in chat.rowids))
            != row.message_count
        ]
        return ListUpdate(recounted, [], self._standing, {})

    def note_told(self, chat_id: ChatId, *, is_unread: bool, is_told: bool) -> None:
        """A message came; was it told, and is it one that clients count?"""
        row = self.rows.get(chat_id)
        before = self.told_unread.get(chat_id, row.unread_count if row else 0)
        if not is_told or before == UNKNOWN:
            self.told_unread[chat_id] = UNKNOWN
        else:
            self.told_unread[chat_id] = before + is_unread

    def keep(self, update: ListUpdate) -> None:
        """An update that was written is what stands now."""
        self.counts = self.counts.added(update.more)
        self._standing = update.standing
        self.rows.update((each.chat_id, each) for each in update.changed)
        for each in update.gone:
            self.rows.pop(each.chat_id, None)


async def write(
    db: aiosqlite.Connection, update: ListUpdate, directory: Directory
) -> None:
    """Store an update. Inside a transaction."""
    await counts.add(db, update.more)
    texts = search_texts(directory, [row.chat_id for row in update.changed])
    await conversations.upsert(db, update.changed, texts)
    await conversations.delete(db, [each.chat_id for each in update.gone])


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


def _merged(before: Standing, now: Standing, chats: Sequence[Chat]) -> Standing:
    """Of these chats what stands now, of the others what stood before."""
    asked = {rowid for chat in chats for rowid in chat.rowids}
    last = {chat: rowid for chat, rowid in before.last.items() if chat not in asked}
    unread = {chat: n for chat, n in before.unread.items() if chat not in asked}
    return Standing({**last, **now.last}, {**unread, **now.unread})
