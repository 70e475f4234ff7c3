"""Rows that were seen before: compared with how they were, made into changes, committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from jarvis.daemon.inbox.changes import ChangedRow, Changes
from jarvis.daemon.inbox.commit import Committer
from jarvis.daemon.inbox.conversation_index import ListUpdate
from jarvis.daemon.inbox.counting import MessageCounter
from jarvis.daemon.inbox.difference import chats_of, difference
from jarvis.daemon.inbox.event_batch import EventBatch
from jarvis.daemon.inbox.ingest import Ingester
from jarvis.daemon.inbox.send_status import advanced
from jarvis.daemon.inbox.snapshot import Snapshot
from jarvis.daemon.inbox.source import Source
from jarvis.records import Message
from jarvis.stores import sendings, sync_state
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import (
    Directory,
    WindowRow,
    is_tracked,
    messages_by_guid,
    oldest_tracked,
    read_window,
    target_guid,
)
from jarvis.stores.chatdb import arrivals as read_arrivals
from jarvis.stores.events import StoredEvent
from jarvis.stores.sendings import SendingRow
from jarvis.stores.sync_state import TrackedRow

TRACKED_SPAN: Final = timedelta(hours=48)
"""What is dated within this is tracked, however many rows it is."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The tracked rows as they are now, and all else that their changes are made of.

    `rows` are by ROWID. `changed` are in the order of their events: by date, then
    ROWID. `left` are tracked rows that are not in the window any more. `fresh` are changed
    rows that are new after all, which the ingester takes. `update` is what changes in the
    list, `sendings` are acts of sending whose message is further than it was,
    `reacted_to` are the messages that changed reactions speak of.
    """

    rows: Mapping[int, WindowRow]
    directory: Directory
    changed: Sequence[ChangedRow]
    left: Sequence[int]
    fresh: Sequence[int]
    update: ListUpdate
    sendings: tuple[SendingRow, ...]
    reacted_to: Sequence[Message]


def detect_changes(window: Window, snapshot: Snapshot) -> Changes:
    """What changed of rows that were seen before. Pure."""
    known = [row for row in window.changed if row.before.rowid not in window.fresh]
    current = [
        WindowRow(now.rowid, now.guid, now.date_ns, now.target, now.fingerprint)
        for row in known
        if (now := row.now) is not None
    ]
    # Rows that came into the window without having been new.
    current += [
        row
        for rowid, row in window.rows.items()
        if rowid not in snapshot.tracked and rowid not in snapshot.pending
    ]
    return Changes(
        events=_events(known, window, snapshot),
        update=window.update,
        tracked=tuple(_tracked(row, window.directory) for row in current),
        untracked=tuple(window.left),
        sendings=window.sendings,
        announced_unread={},
        changed=tuple(known),
    )


def _tracked(row: WindowRow, directory: Directory) -> TrackedRow:
    chat = directory.of_rowids(chats_of(row.fingerprint))
    chat_id = chat.chat_id if chat else None
    return TrackedRow(
        row.rowid, row.guid, row.date_ns, chat_id, row.target, row.fingerprint
    )


def _events(
    known: Iterable[ChangedRow], window: Window, snapshot: Snapshot
) -> tuple[StoredEvent, ...]:
    batch = EventBatch(snapshot.seq, snapshot.epoch)
    for row in known:
        if row.before.target is None:
            _add_message(batch, row)
    for message in window.reacted_to:
        batch.message_updated(message, "reaction")
    for act in window.sendings:
        batch.send_status(act)
    _add_conversations(batch, window.update, snapshot)
    return tuple(batch.events)


def _add_message(batch: EventBatch, row: ChangedRow) -> None:
    """Add what happened to a message; it may be several events."""
    before, changes = row.before, row.changes
    if "unlinked" in changes:
        if before.chat_id is not None:
            batch.message_deleted(before.rowid, before.guid, before.chat_id)
        return
    message = row.now.message if row.now else None
    if message is None:
        return
    if message.retracted and not {"edited", "text"}.isdisjoint(changes):
        batch.message_updated(message, "unsent")
    elif "edited" in changes and (message.date_edited or message.edits):
        batch.message_updated(message, "edited")
    elif "text" in changes or "relinked" in changes:
        batch.message_updated(message, "text")
    if "delivered" in changes:
        batch.message_updated(message, "delivered")
    if "read" in changes:
        batch.message_updated(message, "read")


def _add_conversations(
    batch: EventBatch, update: ListUpdate, snapshot: Snapshot
) -> None:
    """What changed of the list's rows, other than by messages that were published."""
    rows, announced = snapshot.index.rows, snapshot.index.announced_unread
    now = {chat_id: rows[chat_id] for chat_id in announced if chat_id in rows}
    now.update((row.chat_id, row) for row in update.changed)
    for row in now.values():
        before = rows.get(row.chat_id)
        if before is None:
            continue
        batch.row_changed(before, row)
        if row.unread_count != announced.get(row.chat_id, before.unread_count):
            batch.conversation_changed(row, "unread")
    for row in update.gone:
        batch.conversation_changed(row, "event")


class ChangeDetector:
    """Compares what may still change with how it was seen last."""

    def __init__(
        self,
        source: Source,
        committer: Committer,
        ingester: Ingester,
        counter: MessageCounter,
        now: Callable[[], datetime],
    ) -> None:
        self._source = source
        self._committer = committer
        self._ingester = ingester
        self._counter = counter
        self._now = now

    async def detect(self, *, renamed: bool = False) -> None:
        """Find and commit what changed; renamed: the names of people are others."""
        source, committer = self._source, self._committer
        known = None if renamed else source.directory
        directory = await source.read_directory(known=known)
        if directory is not committer.snapshot.named:
            await committer.commit(Changes(named=directory))
        window = await self._read(directory, renamed=renamed)
        await committer.commit(detect_changes(window, committer.snapshot))
        unlinked = sum("unlinked" in row.changes for row in window.changed)
        await self._counter.check_deletions(unlinked)
        if window.fresh:
            await self._ingester.ingest_rows(window.fresh)

    async def _read(self, directory: Directory, *, renamed: bool) -> Window:
        db, stored, now = self._source.db, self._committer.stored, self._now()
        snapshot = self._committer.snapshot
        since_ns = to_apple_ns(now - TRACKED_SPAN)
        rows = await read_window(
            db, seen=snapshot.cursor.last_seen_rowid, since_ns=since_ns
        )
        left = [rowid for rowid in snapshot.tracked if rowid not in rows]
        changed = await self._changed(rows, left, since_ns)
        current = [row.now for row in changed if row.now is not None]
        guids = [arrival.guid for arrival in current]
        delivered = await sync_state.delivered_among(stored, guids)
        fresh = [
            row.before.rowid
            for row in changed
            if "relinked" in row.changes and row.before.guid not in delivered
        ]
        reacted_to = [
            target_guid(row.before.target)
            for row in changed
            if row.before.target is not None
            and row.before.rowid not in fresh
            and not {"unlinked", "relinked", "reaction"}.isdisjoint(row.changes)
        ]
        own = [arrival.guid for arrival in current if arrival.is_from_me]
        acts = await sendings.by_guid(stored, own) if own else {}
        return Window(
            rows=rows,
            directory=directory,
            changed=changed,
            left=left,
            fresh=fresh,
            update=await snapshot.index.plan(
                db,
                directory,
                now,
                edited={row.before.rowid for row in changed},
                more=_more(changed, fresh, snapshot.index.counts.below),
                renamed=renamed,
            ),
            sendings=advanced(acts, current),
            reacted_to=await messages_by_guid(db, directory, reacted_to),
        )

    async def _changed(
        self, rows: Mapping[int, WindowRow], left: Iterable[int], since_ns: int
    ) -> list[ChangedRow]:
        """Tracked rows that differ or are gone, in the order of their events."""
        snapshot, oldest = self._committer.snapshot, oldest_tracked(rows)
        gone = [
            before
            for before in map(snapshot.tracked.__getitem__, left)
            if is_tracked(
                before.rowid,
                before.date_ns,
                oldest=oldest,
                seen=snapshot.cursor.last_seen_rowid,
                since_ns=since_ns,
            )
        ]
        differing = [
            before
            for rowid, before in snapshot.tracked.items()
            if rowid in rows
            and rows[rowid].fingerprint != before.fingerprint
            and rowid not in snapshot.pending
        ]
        # By now a row may have changed once more: published is how it was read last,
        # since that is what is stored.
        arrivals = await read_arrivals(
            self._source.db,
            self._source.directory,
            [before.rowid for before in differing],
        )
        changed = [
            ChangedRow(before, None, *difference(before.fingerprint, None))
            for before in gone
        ]
        for before, arrival in zip(differing, arrivals, strict=True):
            now = arrival if arrival.exists else None
            fingerprint = now.fingerprint if now else rows[before.rowid].fingerprint
            changed.append(
                ChangedRow(before, now, *difference(before.fingerprint, fingerprint))
            )
        changed.sort(key=lambda row: (row.before.date_ns, row.before.rowid))
        return changed


def _more(
    changed: Iterable[ChangedRow], fresh: Sequence[int], counted_from: int
) -> dict[int, int]:
    """Messages that came or went, by ROWID of the chat.

    Rows below `counted_from` are still to be counted, as they are then.
    """
    more: Counter[int] = Counter()
    for row in changed:
        rowid = row.before.rowid
        if not row.was_counted or rowid < counted_from or rowid in fresh:
            continue
        if "unlinked" in row.changes:
            more.subtract(row.chat_rowids)
        if "relinked" in row.changes and row.now is not None:
            more.update(row.now.chat_rowids)
    return more
