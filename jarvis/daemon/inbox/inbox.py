"""Inbox: follows chat.db, stores what happened, then tells it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from jarvis.daemon.inbox.sorting import Fate, is_late, judge
from jarvis.daemon.watcher import Look, Occasion
from jarvis.errors import StoreUnavailable
from jarvis.protocol.events import NewMessage
from jarvis.records import Conversation, Timestamp
from jarvis.stores import conversations, events, ledger
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import (
    Arrival,
    ChatDb,
    Directory,
    all_conversations,
    arrivals,
    conversation_states,
    data_version,
    newest_date_ns,
    newest_rowid,
    open_chatdb,
    owner_region,
    read_directory,
    rowids_after,
)
from jarvis.stores.contacts import ContactNames, load_contacts
from jarvis.stores.events import StoredEvent
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.ledger import Cursor

ROWS_AT_A_TIME: Final = 500
RETRY_S: Final = 5.0
"""How often a chat.db that cannot be read is tried again: a permission makes no event."""

log = logging.getLogger("jarvis.inbox")


class Inbox:
    """Knows chat.db as it stands; `look` brings it up to date.

    `directory` is None until conversations can be listed; `problem` says why chat.db
    cannot be read; `identity` tells which file is open.
    """

    def __init__(
        self,
        path: Path,
        contacts: Path,
        journal: JarvisDb,
        *,
        publish: Callable[[StoredEvent], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = path
        self.directory: Directory | None = None
        self.problem: str | None = None
        self.names = ContactNames()
        self.epoch: str | None = None
        self.seq = 0
        self._contacts = contacts
        self._journal = journal
        self._publish = publish
        self._now = now
        self._db: ChatDb | None = None
        self._version: int | None = None
        self._cursor = Cursor(0, 0, 0)
        self._horizon_ns = 0
        self._pending: dict[int, int] = {}
        self._listed: dict[str, Conversation] = {}

    @property
    def identity(self) -> tuple[int, int] | None:
        """(device, inode) of the chat.db that is read."""
        return self._db.identity if self._db else None

    @property
    def waiting_rows(self) -> int:
        """Rows that are seen but not whole yet."""
        return len(self._pending)

    async def look(self, occasion: Occasion) -> Look:
        """Find what changed, store it, tell it; for the watcher, one at a time."""
        try:
            if await self._is_replaced(occasion):
                await self.close()
            if self._db is None:
                await self._open()
                return Look(has_changed=True, again_in_s=await self._catch_up())
            if occasion is Occasion.AWAKE:
                self._horizon_ns = self._cursor.newest_date_ns
            return await self._look_again(occasion)
        except StoreUnavailable as error:
            if self.problem != str(error):
                log.warning("chat.db cannot be read")
            self.problem = str(error)
            await self.close()
            return Look(has_changed=False, again_in_s=RETRY_S)

    async def close(self) -> None:
        """Let go of chat.db."""
        if self._db is not None:
            await self._db.close()
            self._db = None

    # Opening

    async def _is_replaced(self, occasion: Occasion) -> bool:
        """Whether the path leads to another file than the one that is open."""
        if self._db is None or occasion is Occasion.AGAIN:
            return False
        status = await asyncio.to_thread(_identity, self.path)
        return status is not None and status != self._db.identity

    async def _open(self) -> None:
        """Open chat.db, learn who is who, go on where reading stopped."""
        # What was told is known also while chat.db cannot be read.
        self.epoch = await events.epoch(self._journal.connection)
        self.seq = await events.newest_seq(self._journal.connection)
        self._db = await open_chatdb(self.path)
        self._version = await data_version(self._db)  # before anything is read
        region = await owner_region(self._db)
        self.names = await load_contacts(self._contacts, region=region)
        directory = await read_directory(self._db, self.names)
        cursor = await ledger.read_cursor(self._journal.connection)
        highest = await newest_rowid(self._db)
        inode = self._db.identity[1]
        if cursor is None or cursor.inode != inode or cursor.last_seen_rowid > highest:
            await self._begin(highest, inode, is_first=cursor is None)
        else:
            self._cursor = cursor
            self._pending = await ledger.read_pending(self._journal.connection)
        self._horizon_ns = self._cursor.newest_date_ns
        await self._list_all(directory)
        self.directory = directory
        self.problem = None

    async def _begin(self, highest: int, inode: int, *, is_first: bool) -> None:
        """Take chat.db as it is for known; another file than before is a new epoch."""
        assert self._db is not None
        newest_ns = await newest_date_ns(self._db, to_apple_ns(self._now()))
        self._cursor = Cursor(highest, newest_ns, inode)
        self._pending = {}
        async with self._journal.transaction() as db:
            await ledger.forget_rows(db)
            await ledger.write_cursor(db, self._cursor)
            if not is_first:
                self.epoch = await events.begin_epoch(db)

    async def _list_all(self, directory: Directory) -> None:
        assert self._db is not None
        found = await all_conversations(self._db, directory, now=self._now())
        async with self._journal.transaction() as db:
            await conversations.replace_all(db, found)
        self._listed = {each.chat_id: each for each in found}

    # Looking

    async def _look_again(self, occasion: Occasion) -> Look:
        assert self._db is not None
        version = await data_version(self._db)
        has_changed = version != self._version
        if not has_changed and not (self._pending and occasion is Occasion.DUE):
            if occasion is Occasion.QUIET:
                await self._refresh_list()
            return Look(has_changed=False)
        again_in_s = await self._catch_up()
        self._version = version  # only now: a look that was cut off must be made again
        if occasion in (Occasion.SAFETY, Occasion.AWAKE, Occasion.QUIET):
            await self._refresh_list()
        return Look(has_changed=has_changed, again_in_s=again_in_s)

    async def _catch_up(self) -> float | None:
        """Take in all rows there are; when the waiting ones want another look."""
        while True:
            assert self._db is not None
            seen = self._cursor.last_seen_rowid
            fresh = await rowids_after(self._db, seen, ROWS_AT_A_TIME)
            again_in_ms = await self._take(fresh)
            if len(fresh) < ROWS_AT_A_TIME:
                return None if again_in_ms is None else again_in_ms / 1000
            await asyncio.sleep(0)  # a burst holds nobody up

    async def _take(self, fresh: Sequence[int]) -> int | None:
        """Judge new and waiting rows, and let what is ready take its course."""
        now = self._now()
        now_ms = int(now.timestamp() * 1000)
        candidates = {**self._pending, **dict.fromkeys(fresh, now_ms)}
        if not candidates:
            return None
        found = await self._arrivals(list(candidates))
        known = await ledger.delivered_among(
            self._journal.connection, [each.guid for each in found]
        )
        again_in_ms: int | None = None
        by_fate: dict[Fate, list[Arrival]] = {}
        for arrival in found:
            verdict = judge(
                arrival,
                age_ms=now_ms - candidates[arrival.rowid],
                now_ns=to_apple_ns(now),
                horizon_ns=self._horizon_ns,
                is_known=arrival.guid in known,
            )
            by_fate.setdefault(verdict.fate, []).append(arrival)
            if verdict.again_in_ms is not None:
                again_in_ms = min(
                    again_in_ms or verdict.again_in_ms, verdict.again_in_ms
                )
        waiting = {
            each.rowid: candidates[each.rowid] for each in by_fate.get("wait", ())
        }
        pushed = by_fate.get("push", [])
        touched = [*pushed, *by_fate.get("list", ())]
        if touched or fresh or waiting.keys() != self._pending.keys():
            seen = max(self._cursor.last_seen_rowid, *fresh, 0)
            await self._store_then_tell(pushed, touched, waiting, seen, now)
        return again_in_ms

    async def _arrivals(self, rowids: list[int]) -> list[Arrival]:
        """The rows; the directory is read anew when one is of a chat it does not know."""
        assert self._db is not None
        assert self.directory is not None
        found = await arrivals(self._db, self.directory, rowids)
        strangers = any(
            self.directory.of_rowid(chat) is None
            for arrival in found
            for chat in arrival.chat_rowids
        )
        if not strangers:
            return found
        self.directory = await read_directory(self._db, self.names)
        return await arrivals(self._db, self.directory, rowids)

    async def _store_then_tell(
        self,
        pushed: list[Arrival],
        touched: list[Arrival],
        waiting: dict[int, int],
        last_seen_rowid: int,
        now: datetime,
    ) -> None:
        """The order that every client can rely on: stored first, told after."""
        pushed.sort(key=lambda each: (each.date_ns, each.rowid))
        states = await self._states_after(touched)
        made = [
            self._event(arrival, self.seq + number, to_apple_ns(now))
            for number, arrival in enumerate(pushed, 1)
        ]
        dates = (each.date_ns for each in pushed if each.date_ns <= to_apple_ns(now))
        newest_ns = max([self._cursor.newest_date_ns, *dates])
        cursor = replace(
            self._cursor, last_seen_rowid=last_seen_rowid, newest_date_ns=newest_ns
        )
        added = {row: ms for row, ms in waiting.items() if row not in self._pending}
        removed = [row for row in self._pending if row not in waiting]
        delivered = {each.guid: each.rowid for each in touched}
        async with self._journal.transaction() as db:
            await ledger.write_cursor(db, cursor)
            await ledger.write_pending(db, added, removed)
            await ledger.note_delivered(db, delivered, int(now.timestamp() * 1000))
            await events.append(db, made, _timestamp(now))
            await conversations.upsert(db, states)
        self._cursor, self._pending = cursor, waiting
        self._listed.update((state.chat_id, state) for state in states)
        self.seq += len(made)
        for event in made:
            self._publish(event)

    def _event(self, arrival: Arrival, seq: int, now_ns: int) -> StoredEvent:
        message = arrival.message
        assert message is not None
        assert self.epoch is not None
        params = NewMessage(
            message_id=message.id,
            guid=message.guid,
            chat_id=message.chat_id,
            sender=message.sender,
            sender_name=message.sender_name,
            text=message.text,
            line=message.line,
            date=message.date,
            is_from_me=message.is_from_me,
            late=is_late(arrival.date_ns, now_ns),
            seq=seq,
            epoch=self.epoch,
        )
        return StoredEvent(
            seq=seq,
            name="new_message",
            chat_id=message.chat_id,
            params=msgspec.Raw(msgspec.json.encode(params)),
        )

    # The list

    async def _states_after(self, touched: Iterable[Arrival]) -> list[Conversation]:
        """The rows of the list that new messages change."""
        assert self._db is not None
        assert self.directory is not None
        added: dict[str, int] = {}
        for arrival in touched:
            for chat_rowid in arrival.chat_rowids:
                chat = self.directory.of_rowid(chat_rowid)
                if chat is not None:
                    is_counted = arrival.nature == "message"
                    added[chat.chat_id] = added.get(chat.chat_id, 0) + is_counted
        if not added:
            return []
        counts = {
            chat_id: self._listed[chat_id].message_count + count
            for chat_id, count in added.items()
            if chat_id in self._listed
        }
        chats = [chat for chat in self.directory.chats if chat.chat_id in added]
        return await conversation_states(
            self._db, self.directory, chats, known_counts=counts, now=self._now()
        )

    async def _refresh_list(self) -> None:
        """Read marks, edits, names and members: what changes rows without new messages."""
        assert self._db is not None
        self.directory = await read_directory(self._db, self.names)
        counts = {each.chat_id: each.message_count for each in self._listed.values()}
        found = await conversation_states(
            self._db,
            self.directory,
            [chat for chat in self.directory.chats if chat.chat_id in counts],
            known_counts=counts,
            now=self._now(),
        )
        changed = [each for each in found if self._listed.get(each.chat_id) != each]
        gone = self._listed.keys() - {each.chat_id for each in found}
        if not changed and not gone:
            return
        async with self._journal.transaction() as db:
            await conversations.upsert(db, changed)
            await conversations.delete(db, gone)
        self._listed.update((each.chat_id, each) for each in changed)
        for chat_id in gone:
            del self._listed[chat_id]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _timestamp(moment: datetime) -> Timestamp:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return Timestamp(text.replace("+00:00", "Z"))
