"""Changes of rows that were told before: edits, marks, deletions, and the list's rows."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from jarvis.daemon.inbox import listing
from jarvis.daemon.inbox.changes import Change, Changed, changed, chats_of, gone
from jarvis.daemon.inbox.counting import Counter
from jarvis.daemon.inbox.listing import ListUpdate
from jarvis.daemon.inbox.sent import further
from jarvis.daemon.inbox.state import State
from jarvis.daemon.inbox.taking import Taker
from jarvis.daemon.inbox.telling import Telling
from jarvis.records import Message
from jarvis.stores import conversations, events, ledger, sendings
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import (
    Arrival,
    WindowRow,
    arrivals,
    is_watched,
    messages_by_guid,
    read_directory,
    read_window,
    search_texts,
    target_guid,
)
from jarvis.stores.watched import Watched, write_watched

WATCHED_SPAN: Final = timedelta(hours=48)
"""What is dated within this is watched for changes, however many rows it is."""


class Comparer:
    """Compares what may still change with how it was seen last."""

    def __init__(self, state: State, taker: Taker, counter: Counter) -> None:
        self._state = state
        self._taker = taker
        self._counter = counter

    async def compare(self, *, renamed: bool = False) -> None:
        """Store what changed and tell it; renamed: the names of people are others."""
        state = self._state
        known = None if renamed else state.directory
        state.maybe_directory = await read_directory(state.db, state.names, known=known)
        if state.directory is not state.stored_directory:
            texts = await asyncio.to_thread(search_texts, state.directory)
            async with state.journal.transaction() as db:
                await conversations.replace_contacts(
                    db, state.directory.named_handles()
                )
                await conversations.replace_search_texts(db, texts)
            state.stored_directory = state.directory
        since_ns = to_apple_ns(state.now() - WATCHED_SPAN)
        seen = state.cursor.last_seen_rowid
        window = await read_window(state.db, seen=seen, since_ns=since_ns)
        changes, left = self._differences(window, since_ns)
        await self._settle(changes, left, window, renamed=renamed)

    def _differences(
        self, window: Mapping[int, WindowRow], since_ns: int
    ) -> tuple[dict[int, Changed], list[int]]:
        """What changed, by ROWID, and the rows that are watched no longer."""
        state = self._state
        changes: dict[int, Changed] = {}
        left: list[int] = []
        for rowid, before in state.watched.items():
            row = window.get(rowid)
            if row is None:
                left.append(rowid)
                if is_watched(
                    rowid,
                    before.date_ns,
                    window,
                    seen=state.cursor.last_seen_rowid,
                    since_ns=since_ns,
                ):
                    changes[rowid] = gone(before.mark)
            elif row.mark != before.mark and rowid not in state.pending:
                changes[rowid] = changed(before.mark, row.mark)
        return changes, left

    async def _settle(
        self,
        changes: Mapping[int, Changed],
        left: Sequence[int],
        window: Mapping[int, WindowRow],
        *,
        renamed: bool,
    ) -> None:
        state = self._state
        there = [rowid for rowid in changes if rowid in window]
        now = {
            each.rowid: each
            for each in await arrivals(state.db, state.directory, there)
            if each.exists
        }
        # By now a row may have changed once more: what is told is how it was read last,
        # since that is what is stored.
        changes = {
            **changes,
            **{
                rowid: changed(state.watched[rowid].mark, each.mark)
                for rowid, each in now.items()
            },
        }
        guids = [each.guid for each in now.values()]
        known = await ledger.delivered_among(state.journal.connection, guids)
        found = _Findings(state.telling(), counted_from=state.list.counts.below)
        order = sorted(changes, key=lambda rowid: (state.watched[rowid].date_ns, rowid))
        for rowid in order:
            row = state.watched[rowid]
            found.note(row, changes[rowid], now.get(rowid), is_known=row.guid in known)
        await self._store_then_tell(found, changes, now, left, window, renamed=renamed)
        await self._counter.check_deletions(found.unlinked)
        if found.fresh:
            await self._taker.take(found.fresh)

    async def _store_then_tell(
        self,
        found: _Findings,
        changes: Mapping[int, Changed],
        now: Mapping[int, Arrival],
        left: Sequence[int],
        window: Mapping[int, WindowRow],
        *,
        renamed: bool,
    ) -> None:
        state, telling = self._state, found.telling
        targets = await messages_by_guid(state.db, state.directory, found.targets)
        for message in targets:
            telling.message_updated(message, "reaction")
        acts = await further(state, now.values())
        for act in acts:
            telling.send_status(act)
        update = await state.list.plan(
            state.db,
            state.directory,
            state.now(),
            edited=changes.keys(),
            more=found.more,
            renamed=renamed,
        )
        self._tell_of_rows(telling, update)
        looks_now = [
            self._watched(row.rowid, row.guid, row.date_ns, row.target, row.mark)
            for row in now.values()
            if row.rowid not in found.fresh
        ]
        looks_now += [self._watched(*row) for row in self._newly_watched(window)]
        if telling.events or looks_now or left or update.changed or found.more:
            async with state.journal.transaction() as db:
                await write_watched(db, looks_now, left)
                for act in acts:
                    await sendings.write(db, act)
                await events.append(db, telling.events, state.timestamp())
                await listing.write(db, update, state.directory)
        for rowid in left:
            del state.watched[rowid]
        state.watched.update((each.rowid, each) for each in looks_now)
        state.list.keep(update)
        state.list.told_unread.clear()
        state.tell(telling.events)

    def _newly_watched(self, window: Mapping[int, WindowRow]) -> Iterable[WindowRow]:
        """Rows that came into the window without having been new."""
        state = self._state
        return [
            row
            for rowid, row in window.items()
            if rowid not in state.watched and rowid not in state.pending
        ]

    def _watched(
        self, rowid: int, guid: str, date_ns: int, target: str | None, mark: str
    ) -> Watched:
        chat = self._state.directory.of_rowids(chats_of(mark))
        chat_id = chat.chat_id if chat else None
        return Watched(rowid, guid, date_ns, chat_id, target, mark)

    def _tell_of_rows(self, telling: Telling, update: ListUpdate) -> None:
        """What changed of the list's rows, other than by messages that were told."""
        rows, told_unread = self._state.list.rows, self._state.list.told_unread
        changed = {row.chat_id: row for row in update.changed}
        touched = {chat_id: rows[chat_id] for chat_id in told_unread if chat_id in rows}
        for row in {**touched, **changed}.values():
            before = rows.get(row.chat_id)
            if before is None:
                continue
            telling.row_changed(before, row)
            if row.unread_count != told_unread.get(row.chat_id, before.unread_count):
                telling.conversation_changed(row, "unread")
        for row in update.gone:
            telling.conversation_changed(row, "event")


class _Findings:
    """What the changed rows come to: events, counts, and rows that are new after all.

    Rows below `counted_from` are still to be counted, as they are then.
    """

    def __init__(self, telling: Telling, *, counted_from: int) -> None:
        self.telling = telling
        self._counted_from = counted_from
        self.more: dict[int, int] = {}
        self.targets: list[str] = []
        self.fresh: list[int] = []
        self.unlinked = 0

    def note(
        self, before: Watched, change: Changed, now: Arrival | None, *, is_known: bool
    ) -> None:
        """Add one row; `now` is None when it is gone."""
        kinds = change.changes
        if "relinked" in kinds and not is_known:
            self.fresh.append(before.rowid)
            return
        is_counted = change.is_counted and before.rowid >= self._counted_from
        if "unlinked" in kinds:
            self.unlinked += 1
            self._count(change.chat_rowids if is_counted else (), -1)
        if "relinked" in kinds and now is not None and is_counted:
            self._count(now.chat_rowids, 1)
        if before.target is not None:
            if {"unlinked", "relinked", "reaction"} & set(kinds):
                self.targets.append(target_guid(before.target))
        elif "unlinked" in kinds:
            if before.chat_id is not None:
                self.telling.message_deleted(before.rowid, before.guid, before.chat_id)
        elif now is not None and now.message is not None:
            self._tell(now.message, kinds)

    def _count(self, chat_rowids: Iterable[int], step: int) -> None:
        for chat in chat_rowids:
            self.more[chat] = self.more.get(chat, 0) + step

    def _tell(self, message: Message, kinds: Collection[Change]) -> None:
        tell = self.telling.message_updated
        if message.retracted and {"edited", "text"} & set(kinds):
            tell(message, "unsent")
        elif "edited" in kinds and (message.date_edited or message.edits):
            tell(message, "edited")
        elif "text" in kinds or "relinked" in kinds:
            tell(message, "text")
        if "delivered" in kinds:
            tell(message, "delivered")
        if "read" in kinds:
            tell(message, "read")
