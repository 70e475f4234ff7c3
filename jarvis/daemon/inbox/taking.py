"""New rows: judged, stored with what they change in the list, then told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from jarvis.daemon.inbox import listing
from jarvis.daemon.inbox.listing import ListUpdate
from jarvis.daemon.inbox.sent import appeared
from jarvis.daemon.inbox.sorting import Verdict, is_late, judge
from jarvis.daemon.inbox.state import State
from jarvis.records import ChatId
from jarvis.stores import events, ledger, sendings
from jarvis.stores.chatdb import (
    Arrival,
    arrivals,
    messages_by_guid,
    read_directory,
    rowids_after,
    target_guid,
    twins_of,
)
from jarvis.stores.events import StoredEvent
from jarvis.stores.sendings import SendingRow
from jarvis.stores.watched import Watched, write_watched

ROWS_AT_A_TIME: Final = 500
OLD_WAITING_MS: Final = 600_000
"""Rows that have waited longer than this are looked at again only so often."""


class Taker:
    """Takes in what is new. `due_ms`: when waiting rows want another look, since 1970."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._old_ones_seen_ms = 0
        self.due_ms: int | None = None

    async def take_all(self) -> bool:
        """All rows there are; whether there were any new ones."""
        state = self._state
        self.due_ms = None
        took = False
        while True:
            seen = state.cursor.last_seen_rowid
            fresh = await rowids_after(state.db, seen, ROWS_AT_A_TIME)
            took |= await self.take(fresh)
            if len(fresh) < ROWS_AT_A_TIME:
                return took
            await asyncio.sleep(0)  # a burst holds nobody up

    async def take(self, fresh: Sequence[int]) -> bool:
        """These rows and the waiting ones: what is ready takes its course."""
        state = self._state
        now_ms = state.now_ms()
        first_seen = {**self._worth_a_look(now_ms), **dict.fromkeys(fresh, now_ms)}
        if not first_seen:
            return False
        found = await self._arrivals(list(first_seen))
        judged = await self._judged(found, first_seen)
        waiting = {
            row: ms for row, ms in state.pending.items() if row not in first_seen
        }
        for arrival, verdict in judged:
            if verdict.fate == "wait":
                waiting[arrival.rowid] = first_seen[arrival.rowid]
            if verdict.again_in_ms is not None:
                due_ms = now_ms + verdict.again_in_ms
                self.due_ms = min(self.due_ms or due_ms, due_ms)
        touched = [each for each in judged if each[1].fate in ("push", "list")]
        if touched or fresh or waiting.keys() != state.pending.keys():
            # What was dropped is watched too: it may get its chat some day.
            settled = [a for a, v in judged if v.fate != "wait" and a.exists]
            seen = max(state.cursor.last_seen_rowid, *fresh, 0)
            await self._store_then_tell(touched, settled, waiting, seen)
        return bool(touched)

    def _worth_a_look(self, now_ms: int) -> dict[int, int]:
        """The waiting rows; those that have waited long only now and then."""
        is_time = now_ms - self._old_ones_seen_ms >= OLD_WAITING_MS
        if is_time:
            self._old_ones_seen_ms = now_ms
        return {
            row: first_ms
            for row, first_ms in self._state.pending.items()
            if is_time or now_ms - first_ms < OLD_WAITING_MS
        }

    async def _arrivals(self, rowids: list[int]) -> list[Arrival]:
        """The rows; the directory is read anew when one is of a chat it does not know."""
        state = self._state
        found = await arrivals(state.db, state.directory, rowids)
        strangers = any(
            state.directory.of_rowid(chat) is None
            for arrival in found
            for chat in arrival.chat_rowids
        )
        if not strangers:
            return found
        state.maybe_directory = await read_directory(
            state.db, state.names, known=state.directory
        )
        return await arrivals(state.db, state.directory, rowids)

    async def _judged(
        self, found: Sequence[Arrival], first_seen_ms: Mapping[int, int]
    ) -> list[tuple[Arrival, Verdict]]:
        """What becomes of each, in the order in which they are told."""
        state = self._state
        now_ms, now_ns = state.now_ms(), state.now_ns()
        known = await ledger.delivered_among(
            state.journal.connection, [each.guid for each in found]
        )
        suspects = [
            each.rowid
            for each in found
            if each.is_pushable and (each.is_link or is_late(each.date_ns, now_ns))
        ]
        twins = await twins_of(state.db, suspects) if suspects else {}
        return [
            (
                arrival,
                judge(
                    arrival,
                    age_ms=now_ms - first_seen_ms[arrival.rowid],
                    now_ns=now_ns,
                    horizon_ns=state.horizon_ns,
                    is_known=arrival.guid in known,
                    is_twin=arrival.rowid in twins,
                ),
            )
            for arrival in sorted(found, key=lambda each: (each.date_ns, each.rowid))
        ]

    async def _store_then_tell(
        self,
        touched: Sequence[tuple[Arrival, Verdict]],
        settled: Sequence[Arrival],
        waiting: dict[int, int],
        last_seen_rowid: int,
    ) -> None:
        """The order that every client can rely on: stored first, told after."""
        state = self._state
        update = await self._list_after([arrival for arrival, _ in touched])
        pushed = [each for each, verdict in touched if verdict.fate == "push"]
        sent = await appeared(state, pushed)
        told = await self._told_of(touched, update, sent)
        self._note_unread(touched)
        dates = [each.date_ns for each in pushed if each.date_ns <= state.now_ns()]
        cursor = replace(
            state.cursor,
            last_seen_rowid=last_seen_rowid,
            newest_date_ns=max([state.cursor.newest_date_ns, *dates]),
        )
        added = {row: ms for row, ms in waiting.items() if row not in state.pending}
        removed = [row for row in state.pending if row not in waiting]
        delivered = {each.guid: each.rowid for each, _ in touched}
        seen_now = [self._watched(each) for each in settled]
        async with state.journal.transaction() as db:
            await ledger.write_cursor(db, cursor)
            await ledger.write_pending(db, added, removed)
            await ledger.note_delivered(db, delivered, state.now_ms())
            await write_watched(db, seen_now)
            for row in sent:
                await sendings.write(db, row)
            await events.append(db, told, state.timestamp())
            await listing.write(db, update, state.directory)
        state.cursor, state.pending = cursor, waiting
        state.watched.update((each.rowid, each) for each in seen_now)
        state.list.keep(update)
        state.tell(told)

    def _watched(self, arrival: Arrival) -> Watched:
        chat = self._state.directory.of_rowids(arrival.chat_rowids)
        return Watched(
            arrival.rowid,
            arrival.guid,
            arrival.date_ns,
            chat.chat_id if chat else None,
            arrival.target,
            arrival.mark,
        )

    async def _list_after(self, touched: Sequence[Arrival]) -> ListUpdate:
        """What new rows change in the list."""
        state = self._state
        more: dict[int, int] = {}
        for arrival in touched:
            is_counted = arrival.nature == "message" and arrival.is_ready
            for chat_rowid in arrival.chat_rowids:
                more[chat_rowid] = more.get(chat_rowid, 0) + is_counted
        chats = dict.fromkeys(filter(None, map(state.directory.of_rowid, more)))
        return await state.list.plan(
            state.db, state.directory, state.now(), chats=list(chats), more=more
        )

    async def _told_of(
        self,
        touched: Sequence[tuple[Arrival, Verdict]],
        update: ListUpdate,
        sent: Sequence[SendingRow],
    ) -> list[StoredEvent]:
        """New messages, what reactions change, and what else happened."""
        state = self._state
        telling = state.telling()
        targets: list[str] = []
        happened: dict[ChatId, None] = {}
        for arrival, verdict in touched:
            message = arrival.message
            if not verdict.is_live:
                continue
            if arrival.target is not None:
                targets.append(target_guid(arrival.target))
            elif message is None:
                continue
            elif verdict.fate == "push":
                telling.new_message(
                    message, late=is_late(arrival.date_ns, state.now_ns())
                )
            elif arrival.nature == "event":
                happened[message.chat_id] = None
        for message in await messages_by_guid(state.db, state.directory, targets):
            telling.message_updated(message, "reaction")
        for act in sent:
            telling.send_status(act)
        changed = {row.chat_id: row for row in update.changed}
        for (
            row
        ) in update.changed:  # a new chat of a known conversation may speak for it
            if before := state.list.rows.get(row.chat_id):
                telling.row_changed(before, row)
        for chat_id in happened:
            if now := changed.get(chat_id) or state.list.rows.get(chat_id):
                telling.conversation_changed(now, "event")
        return telling.events

    def _note_unread(self, touched: Sequence[tuple[Arrival, Verdict]]) -> None:
        """What clients think is unread once they heard of these."""
        for arrival, verdict in touched:
            message = arrival.message
            if message is not None and verdict.is_live and arrival.nature == "message":
                is_unread = not (message.is_from_me or message.is_read)
                is_told = verdict.fate == "push"
                self._state.list.note_told(
                    message.chat_id, is_unread=is_unread, is_told=is_told
                )
