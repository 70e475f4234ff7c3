"""New rows: read and classified, made into changes, committed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from jarvis.daemon.inbox.changes import Changes
from jarvis.daemon.inbox.classify import LISTED, Classification, classify, is_late
from jarvis.daemon.inbox.commit import Committer
from jarvis.daemon.inbox.conversation_index import UNKNOWN, ListUpdate
from jarvis.daemon.inbox.event_batch import EventBatch
from jarvis.daemon.inbox.send_status import appeared
from jarvis.daemon.inbox.snapshot import Snapshot
from jarvis.daemon.inbox.source import Source
from jarvis.records import ChatId, Message
from jarvis.stores import sendings, sync_state
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import (
    Arrival,
    Directory,
    messages_by_guid,
    rowids_after,
    target_guid,
    twins_of,
)
from jarvis.stores.events import StoredEvent
from jarvis.stores.sendings import SendingRow
from jarvis.stores.sync_state import Cursor, TrackedRow

ROWS_AT_A_TIME: Final = 500
OLD_PENDING_MS: Final = 600_000
"""Rows that have been pending longer than this are read again only so often."""


class NewRow(msgspec.Struct, frozen=True):
    """A row as it stands now, and what becomes of it."""

    arrival: Arrival
    kind: Classification


class NewRows(msgspec.Struct, frozen=True, kw_only=True):
    """All that the changes of new rows are made of, as it was read at `now_ns`.

    `rows` are in the order of their events: by date, then ROWID. `first_seen_ms`
    are those and rows that are gone. `update` is what they change in the list,
    `sendings` are acts of sending whose message is among them, `reacted_to` are the
    messages that reactions among them speak of.
    """

    now_ns: int
    first_seen_ms: Mapping[int, int]
    last_seen_rowid: int
    rows: Sequence[NewRow]
    directory: Directory
    update: ListUpdate
    sendings: tuple[SendingRow, ...]
    reacted_to: Sequence[Message]


def ingest(new: NewRows, snapshot: Snapshot) -> Changes:
    """What new rows change. Pure."""
    listed = [row for row in new.rows if row.kind.action in LISTED]
    pending = _pending(new, snapshot)
    dates = [row.arrival.date_ns for row in listed if row.kind.action == "push"]
    return Changes(
        events=_events(new, listed, snapshot),
        update=new.update,
        cursor=Cursor(
            last_seen_rowid=new.last_seen_rowid,
            newest_date_ns=max(
                snapshot.cursor.newest_date_ns,
                *(date for date in dates if date <= new.now_ns),
                0,
            ),
            inode=snapshot.cursor.inode,
        ),
        pending_added={r: ms for r, ms in pending.items() if r not in snapshot.pending},
        pending_removed=tuple(r for r in snapshot.pending if r not in pending),
        delivered={row.arrival.guid: row.arrival.rowid for row in listed},
        # What was dropped is tracked too: it may get its chat some day.
        tracked=tuple(
            TrackedRow(
                row.arrival.rowid,
                row.arrival.guid,
                row.arrival.date_ns,
                chat.chat_id if chat else None,
                row.arrival.target,
                row.arrival.fingerprint,
            )
            for row in new.rows
            if row.arrival.exists and row.kind.action != "wait"
            for chat in [new.directory.of_rowids(row.arrival.chat_rowids)]
        ),
        sendings=new.sendings,
        announced_unread=_announced_unread(listed, snapshot),
        arrived=tuple(row.arrival for row in listed),
    )


def _pending(new: NewRows, snapshot: Snapshot) -> dict[int, int]:
    """The rows that are pending from now on, with when they were first seen."""
    pending = {
        rowid: first_ms
        for rowid, first_ms in snapshot.pending.items()
        if rowid not in new.first_seen_ms
    }
    for row in new.rows:
        if row.kind.action == "wait":
            pending[row.arrival.rowid] = new.first_seen_ms[row.arrival.rowid]
    return pending


def _events(
    new: NewRows, listed: Sequence[NewRow], snapshot: Snapshot
) -> tuple[StoredEvent, ...]:
    """New messages, what reactions change, and what else happened."""
    batch = EventBatch(snapshot.seq, snapshot.epoch)
    happened: dict[ChatId, None] = {}
    for row in listed:
        message = row.arrival.message
        if message is None or row.arrival.target is not None:
            continue
        if row.kind.action == "push":
            batch.new_message(message, late=is_late(row.arrival.date_ns, new.now_ns))
        elif row.kind.is_live and row.arrival.nature == "event":
            happened[message.chat_id] = None
    for message in new.reacted_to:
        batch.message_updated(message, "reaction")
    for act in new.sendings:
        batch.send_status(act)
    rows = snapshot.index.rows
    changed = {row.chat_id: row for row in new.update.changed}
    for chat_id, conversation in changed.items():
        # A new chat of a known conversation may speak for it.
        if before := rows.get(chat_id):
            batch.row_changed(before, conversation)
    for chat_id in happened:
        if now := changed.get(chat_id) or rows.get(chat_id):
            batch.conversation_changed(now, "event")
    return tuple(batch.events)


def _announced_unread(
    listed: Sequence[NewRow], snapshot: Snapshot
) -> dict[ChatId, int]:
    """What clients think is unread once they heard of these."""
    announced = dict(snapshot.index.announced_unread)
    for row in listed:
        message = row.arrival.message
        if message is None or not row.kind.is_live:
            continue
        if row.arrival.nature != "message":
            continue
        listed_row = snapshot.index.rows.get(message.chat_id)
        before = announced.get(
            message.chat_id, listed_row.unread_count if listed_row else 0
        )
        if row.kind.action != "push" or before == UNKNOWN:
            announced[message.chat_id] = UNKNOWN
        else:
            is_unread = not (message.is_from_me or message.is_read)
            announced[message.chat_id] = before + is_unread
    return announced


class Ingester:
    """Brings new rows in.

    `due_ms`: when pending rows want to be read again, since 1970. `horizon_ns`: the newest
    date known when this run began or the machine awoke; what is older is history.
    """

    def __init__(
        self, source: Source, committer: Committer, now: Callable[[], datetime]
    ) -> None:
        self.due_ms: int | None = None
        self.horizon_ns = 0
        self._source = source
        self._committer = committer
        self._now = now
        self._old_ones_read_ms = 0

    async def unseen(self) -> list[int]:
        """The next ROWIDs above the cursor, lowest first."""
        seen = self._committer.snapshot.cursor.last_seen_rowid
        return await rowids_after(self._source.db, seen, ROWS_AT_A_TIME)

    async def ingest_all(self, fresh: Sequence[int]) -> bool:
        """These rows and all that come after them; whether any was listed."""
        self.due_ms = None
        has_listed = await self.ingest_rows(fresh)
        while len(fresh) == ROWS_AT_A_TIME:
            await asyncio.sleep(0)  # a burst holds nobody up
            fresh = await self.unseen()
            has_listed |= await self.ingest_rows(fresh)
        return has_listed

    async def ingest_rows(self, fresh: Sequence[int]) -> bool:
        """These rows and the pending ones; whether any was listed."""
        snapshot, now = self._committer.snapshot, self._now()
        now_ms = int(now.timestamp() * 1000)
        first_seen_ms = {
            **self._worth_reading(snapshot.pending, now_ms),
            **dict.fromkeys(fresh, now_ms),
        }
        if not first_seen_ms:
            return False
        rows = await self._classified(first_seen_ms, now)
        for row in rows:
            if row.kind.again_in_ms is not None:
                due_ms = now_ms + row.kind.again_in_ms
                self.due_ms = min(self.due_ms or due_ms, due_ms)
        has_listed = any(row.kind.action in LISTED for row in rows)
        is_as_before = not fresh and all(r.kind.action == "wait" for r in rows)
        if not is_as_before:
            new = await self._read(rows, first_seen_ms, fresh, now)
            await self._committer.commit(ingest(new, snapshot))
        return has_listed

    def _worth_reading(
        self, pending: Mapping[int, int], now_ms: int
    ) -> Mapping[int, int]:
        """The pending rows; those that have been so for long only now and then."""
        if now_ms - self._old_ones_read_ms >= OLD_PENDING_MS:
            self._old_ones_read_ms = now_ms
            return pending
        return {
            rowid: first_ms
            for rowid, first_ms in pending.items()
            if now_ms - first_ms < OLD_PENDING_MS
        }

    async def _classified(
        self, first_seen_ms: Mapping[int, int], now: datetime
    ) -> list[NewRow]:
        """The rows as they are now, what becomes of each, in the order of their events."""
        now_ms, now_ns = int(now.timestamp() * 1000), to_apple_ns(now)
        arrivals = await self._source.arrivals(list(first_seen_ms))
        delivered = await sync_state.delivered_among(
            self._committer.stored, [arrival.guid for arrival in arrivals]
        )
        suspects = [
            arrival.rowid
            for arrival in arrivals
            if arrival.is_pushable
            and (arrival.is_link or is_late(arrival.date_ns, now_ns))
        ]
        twins = await twins_of(self._source.db, suspects) if suspects else {}
        arrivals.sort(key=lambda arrival: (arrival.date_ns, arrival.rowid))
        return [
            NewRow(
                arrival,
                classify(
                    arrival,
                    age_ms=now_ms - first_seen_ms[arrival.rowid],
                    now_ns=now_ns,
                    horizon_ns=self.horizon_ns,
                    is_known=arrival.guid in delivered,
                    is_twin=arrival.rowid in twins,
                ),
            )
            for arrival in arrivals
        ]

    async def _read(
        self,
        rows: Sequence[NewRow],
        first_seen_ms: Mapping[int, int],
        fresh: Sequence[int],
        now: datetime,
    ) -> NewRows:
        """What else is to be known of these rows."""
        db, directory = self._source.db, self._source.directory
        snapshot = self._committer.snapshot
        more: Counter[int] = Counter()
        read: dict[int, Message] = {}
        own, targets = [], []
        for row in rows:
            arrival = row.arrival
            if arrival.message is not None:
                read[arrival.rowid] = arrival.message
            is_listed = row.kind.action in LISTED
            if is_listed:
                is_counted = arrival.nature == "message" and arrival.is_ready
                more.update(dict.fromkeys(arrival.chat_rowids, int(is_counted)))
            if (
                row.kind.action == "push"
                and arrival.is_from_me
                and arrival.message is not None
            ):
                own.append(arrival)
            if is_listed and row.kind.is_live and arrival.target is not None:
                targets.append(target_guid(arrival.target))
        chats = dict.fromkeys(filter(None, map(directory.of_rowid, more)))
        unknown = await sendings.unknown(self._committer.stored) if own else []
        return NewRows(
            now_ns=to_apple_ns(now),
            first_seen_ms=first_seen_ms,
            last_seen_rowid=max(snapshot.cursor.last_seen_rowid, *fresh, 0),
            rows=rows,
            directory=directory,
            update=await snapshot.index.plan(
                db, directory, now, chats=list(chats), more=more, read=read
            ),
            sendings=appeared(unknown, own) if own else (),
            reacted_to=await messages_by_guid(db, directory, targets)
            if targets
            else [],
        )
