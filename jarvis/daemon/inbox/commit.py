"""The one way into jarvis.db for what changed: a transaction, then the followers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import aiosqlite
import msgspec

from jarvis.daemon.inbox.changes import Changes, Committed, Follower, Reset
from jarvis.daemon.inbox.conversation_index import ListUpdate
from jarvis.daemon.inbox.snapshot import Snapshot, read_rows
from jarvis.daemon.logs import traced
from jarvis.records import ChatId, Timestamp
from jarvis.stores import conversations, counts, events, sendings, sync_state
from jarvis.stores.chatdb import search_texts
from jarvis.stores.counts import CountBegun
from jarvis.stores.forgetting import forget_everything, forget_history
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.plan_answers import write_plans

log = logging.getLogger("jarvis.inbox")


class Committer:
    """Holds the snapshot, which nothing else replaces, and the followers in order.

    One commit at a time: its events are numbered after those of the snapshot. `stored` is
    the connection by which jarvis.db is read between two commits.
    `is_current` is False after a commit that failed or was cut off: whether it is in
    jarvis.db is not known then, and the snapshot must be loaded before the next one.
    """

    def __init__(self, writer: JarvisDb, now: Callable[[], datetime]) -> None:
        self.snapshot = Snapshot()
        self.followers: tuple[Follower, ...] = ()
        self.is_current = False
        self.stored = writer.connection
        self._writer = writer
        self._now = now

    async def load_place(self) -> None:
        """Learn the epoch and number of the newest event; chat.db is not needed for it."""
        epoch = await events.epoch(self.stored)
        seq = await events.newest_seq(self.stored)
        self.snapshot = msgspec.structs.replace(self.snapshot, epoch=epoch, seq=seq)

    async def load(self) -> None:
        """Make the snapshot what jarvis.db says."""
        await self.load_place()
        self.snapshot = await read_rows(self.snapshot, self.stored)
        self.is_current = True

    async def commit(self, changes: Changes) -> None:
        """Store the changes, then tell the followers.

        A follower that fails holds up no other, and nothing of the commit is lost.

        Raises:
            StoreUnavailable: jarvis.db cannot be written; nothing was stored or published.
        """
        self.is_current, was_current = False, self.is_current
        texts: Mapping[ChatId, str] = {}
        if changes.named is not None:
            texts = await asyncio.to_thread(search_texts, changes.named)
        elif changes.update is not None:
            texts = self._new_search_texts(changes.update)
        async with self._writer.transaction() as db:
            await _store(db, changes, texts, self._now().astimezone(UTC))
            epoch = await events.epoch(db) if changes.reset else self.snapshot.epoch
            counted = await counts.read_counts(db) if changes.count else None
        self.snapshot = self.snapshot.after(changes, epoch, counted)
        self.is_current = was_current
        committed = Committed(
            reset=changes.reset,
            events=changes.events,
            arrived=changes.arrived,
            changed=changes.changed,
            lost_others=isinstance(changes.count, CountBegun)
            and not changes.count.anew,
        )
        if committed != _NOTHING:
            for follower in self.followers:
                try:
                    follower(committed)
                except Exception as error:  # a boundary: others still hear of it
                    log.error("a follower of the inbox failed: %s", traced(error))

    def _new_search_texts(self, update: ListUpdate) -> dict[ChatId, str]:
        """Those of rows that are new, or whose names may be; others keep theirs."""
        rows = self.snapshot.index.rows
        has_names = update.directory is self.snapshot.named
        chat_ids = [
            row.chat_id
            for row in update.changed
            if not has_names or row.chat_id not in rows
        ]
        return search_texts(update.directory, chat_ids) if chat_ids else {}

    async def compact(self) -> None:
        """Write jarvis.db anew, without what was deleted from it."""
        await self._writer.compact()


_NOTHING = Committed()


async def _store(
    db: aiosqlite.Connection,
    changes: Changes,
    search_texts: Mapping[ChatId, str],
    now: datetime,
) -> None:
    """Write all of it. Inside a transaction."""
    if changes.reset is not None:
        await _reset(db, changes.reset)
    if changes.count is not None:
        await counts.write_step(db, changes.count)
    if changes.cursor is not None:
        await sync_state.write_progress(
            db,
            changes.cursor,
            pending_added=changes.pending_added,
            pending_removed=changes.pending_removed,
            delivered=changes.delivered,
            now_ms=int(now.timestamp() * 1000),
        )
    if changes.tracked or changes.untracked:
        await sync_state.write_tracked(db, changes.tracked, changes.untracked)
    for row in changes.sendings:
        await sendings.write(db, row)
    made_at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    await events.append(db, changes.events, Timestamp(made_at))
    if changes.update is not None:
        await counts.add(db, changes.update.more)
        await conversations.write(
            db, changes.update.changed, changes.update.gone, search_texts
        )
    if changes.named is not None:
        await conversations.replace_search_texts(db, search_texts)
        await conversations.replace_contacts(db, changes.named.named_handles())
        if changes.named.names.plans.is_more:
            await write_plans(db, changes.named.names.plans)


async def _reset(db: aiosqlite.Connection, reset: Reset) -> None:
    match reset:
        case Reset.HISTORY:
            await forget_history(db)
        case Reset.EVERYTHING:
            await forget_everything(db)
        case Reset.FIRST_FILE | Reset.OTHER_FILE:
            await sync_state.forget_rows(db)
            await conversations.forget_all(db)
            if reset is Reset.OTHER_FILE:
                await events.begin_epoch(db)
