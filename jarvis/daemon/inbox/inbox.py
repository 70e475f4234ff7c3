"""Inbox: follows chat.db and commits what happened there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from jarvis.daemon.inbox.changes import Changes, Follower, Reset
from jarvis.daemon.inbox.commit import Committer
from jarvis.daemon.inbox.counting import MessageCounter
from jarvis.daemon.inbox.detect import ChangeDetector
from jarvis.daemon.inbox.event_batch import EventBatch
from jarvis.daemon.inbox.ingest import Ingester
from jarvis.daemon.inbox.snapshot import NEVER_READ
from jarvis.daemon.inbox.source import Source
from jarvis.daemon.watcher import PollResult, Trigger
from jarvis.errors import StoreUnavailable
from jarvis.stores import counts, sendings
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import (
    Directory,
    data_version,
    newest_date_ns,
    newest_rowid,
    read_directory,
)
from jarvis.stores.contacts import ContactNames
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.plan_answers import read_plans
from jarvis.stores.sendings import SendingRow, is_further
from jarvis.stores.sync_state import Cursor

RETRY_S: Final = 5.0
"""How often a chat.db that cannot be read is tried again: a permission makes no event."""
REST_S: Final = 0.1
"""Delay before the next comparison of all tracked rows during a burst of changes."""

_UNHURRIED: Final = (Trigger.QUIET, Trigger.SAFETY, Trigger.AWAKE)

log = logging.getLogger("jarvis.inbox")


class Inbox:
    """Knows chat.db as it stands; `poll` brings it up to date.

    `problem` says why chat.db cannot be read. `has_polled` is set after the first poll,
    `is_listed` once conversations can be listed.
    """

    def __init__(
        self,
        path: Path,
        contacts: Path,
        writer: JarvisDb,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = path
        self.problem: str | None = None
        self.has_polled = asyncio.Event()
        self.is_listed = asyncio.Event()
        self._now = now
        self._source = Source(path, contacts)
        self._committer = Committer(writer, now)
        self._ingester = Ingester(self._source, self._committer, now)
        self._counter = MessageCounter(self._source, self._committer)
        self._detector = ChangeDetector(
            self._source, self._committer, self._ingester, self._counter, now
        )
        self._turn = asyncio.Lock()  # one commit at a time numbers its events
        self._version: int | None = None
        self._owes_comparison = False
        self._compared_s = 0.0

    def follow(self, *followers: Follower) -> None:
        """Tell these of every commit from now on, one after the other in this order."""
        self._committer.followers += followers

    @property
    def directory(self) -> Directory | None:
        """Who talks with whom; None until conversations can be listed."""
        return self._source.maybe_directory

    @property
    def names(self) -> ContactNames:
        """The address book, held against the mail as soon as that is known."""
        return self.directory.names if self.directory else self._source.cards

    @property
    def epoch(self) -> str | None:
        """Which history of events this is; None until it is known."""
        return self._committer.snapshot.epoch

    @property
    def seq(self) -> int:
        """The number of the newest event that was committed."""
        return self._committer.snapshot.seq

    @property
    def identity(self) -> tuple[int, int] | None:
        """(device, inode) of the chat.db that is read."""
        db = self._source.maybe_db
        return db.identity if db else None

    @property
    def newest_rowid(self) -> int:
        """The highest ROWID of chat.db that was seen."""
        return self._committer.snapshot.cursor.last_seen_rowid

    @property
    def waiting_rows(self) -> int:
        """Rows that are seen but not whole yet."""
        return len(self._committer.snapshot.pending)

    @property
    def uncounted_rows(self) -> int:
        """How many ROWIDs are still to be counted; counts of the list grow till then."""
        return self._committer.snapshot.index.counts.below - 1

    async def poll(self, trigger: Trigger) -> PollResult:
        """Find what changed and commit it; for the watcher."""
        async with self._turn:
            result = await self._poll(trigger)
            self.has_polled.set()
            return result

    async def note_sending(self, row: SendingRow, *, publish: bool) -> None:
        """Store how far an act of sending is, unless more is known; maybe publish it."""
        async with self._turn:
            committer = self._committer
            if not committer.is_current:
                await committer.load_place()
            known = await sendings.find(committer.stored, row.idempotency_key)
            is_found = known is not None and known.guid is None and row.guid is not None
            if known and not (is_found or is_further(row.status, known.status)):
                return
            batch = EventBatch(committer.snapshot.seq, committer.snapshot.epoch)
            if publish:
                batch.send_status(row)
            await committer.commit(Changes(sendings=(row,), events=tuple(batch.events)))

    async def forget(self, what: Literal["history", "everything"]) -> None:
        """Delete what jarvis.db holds; after everything the list is made anew at once."""
        async with self._turn:
            await self._committer.commit(Changes(reset=Reset(what)))
            await self._committer.compact()
            if what == "everything":
                await self.close()
                await self._poll(Trigger.EVENT)

    async def compact(self) -> None:
        """Write jarvis.db anew, without what others deleted from it.

        Raises:
            StoreUnavailable: it cannot be written: the disk is full or read-only.
        """
        async with self._turn:
            await self._committer.compact()

    async def _poll(self, trigger: Trigger) -> PollResult:
        try:
            may_be_replaced = trigger is not Trigger.RETRY
            if not self._committer.is_current or (
                may_be_replaced and await self._source.is_replaced()
            ):
                await self.close()
            if self._source.maybe_db is None:
                await self._open()
                await self._ingester.ingest_all(await self._ingester.unseen())
                await self._compare()
                return PollResult(has_changed=True, again_in_s=self._again_in_s())
            if trigger is Trigger.AWAKE:
                cursor = self._committer.snapshot.cursor
                self._ingester.horizon_ns = cursor.newest_date_ns
            return await self._poll_again(trigger)
        except StoreUnavailable as error:
            if self.problem != str(error):
                log.warning("chat.db cannot be read")
            self.problem = str(error)
            await self.close()
            return PollResult(has_changed=False, again_in_s=RETRY_S)

    async def close(self) -> None:
        """Let go of chat.db."""
        await self._source.close()

    # Opening

    async def _open(self) -> None:
        """Open chat.db, learn who is who, go on where reading stopped."""
        source, committer = self._source, self._committer
        await committer.load_place()
        db = await source.open()
        self._version = await data_version(db)  # before anything is read
        source.plans = await read_plans(committer.stored)
        await source.load_cards()
        directory = await read_directory(db, source.cards)
        await committer.load()
        highest, inode = await newest_rowid(db), db.identity[1]
        cursor = committer.snapshot.cursor
        if cursor.inode != inode or cursor.last_seen_rowid > highest:
            await self._begin(highest, inode, is_first=cursor == NEVER_READ)
        elif await counts.read_counts(committer.stored) is None:
            below = cursor.last_seen_rowid + 1
            step = await self._counter.begun(below=below, anew=True)
            await committer.commit(Changes(count=step))
        snapshot = committer.snapshot
        self._ingester.horizon_ns = snapshot.cursor.newest_date_ns
        update = None
        if not snapshot.index.rows:
            update = await snapshot.index.plan(db, directory, self._now())
        await committer.commit(Changes(update=update, named=directory))
        await self._counter.count_a_little(directory)
        source.maybe_directory = directory
        self.is_listed.set()
        self.problem = None

    async def _begin(self, highest: int, inode: int, *, is_first: bool) -> None:
        """Take chat.db as it is for known; another file than before is a new epoch."""
        newest_ns = await newest_date_ns(self._source.db, to_apple_ns(self._now()))
        await self._committer.commit(
            Changes(
                reset=Reset.FIRST_FILE if is_first else Reset.OTHER_FILE,
                cursor=Cursor(highest, newest_ns, inode),
                count=await self._counter.begun(below=highest + 1, anew=True),
            )
        )

    # Polling

    async def _poll_again(self, trigger: Trigger) -> PollResult:
        snapshot, db = self._committer.snapshot, self._source.db
        version = await data_version(db)
        has_changed = version != self._version
        has_listed = False
        due_ms = self._ingester.due_ms
        if has_changed or (due_ms is not None and self._now_ms() >= due_ms):
            fresh = await self._ingester.unseen()
            if not fresh and await newest_rowid(db) < snapshot.cursor.last_seen_rowid:
                await self.close()  # the file was written anew, from the first row on
                return await self._poll(trigger)
            has_listed = await self._ingester.ingest_all(fresh)
            self._owes_comparison |= has_changed
            self._version = version  # only now: a poll cut off must be made again
        if self._owes_comparison and self._may_compare(trigger, has_listed=has_listed):
            await self._compare()
        if trigger in (Trigger.SAFETY, Trigger.AWAKE):
            await self._refresh_cards()
        if not (has_changed or self._committer.snapshot.index.counts.is_complete):
            await self._counter.count_on(self._source.directory)
        return PollResult(has_changed=has_changed, again_in_s=self._again_in_s())

    def _may_compare(self, trigger: Trigger, *, has_listed: bool) -> bool:
        """New rows go first; in an unbroken burst of changes there are rests."""
        if trigger in _UNHURRIED:
            return True
        rested_s = asyncio.get_running_loop().time() - self._compared_s
        return not has_listed and rested_s >= REST_S

    async def _compare(self, *, renamed: bool = False) -> None:
        await self._detector.detect(renamed=renamed)
        self._owes_comparison = False
        self._compared_s = asyncio.get_running_loop().time()

    def _again_in_s(self) -> float | None:
        """When to poll again, if nothing happens before."""
        if not self._committer.snapshot.index.counts.is_complete:
            return 0.0
        due_ms = self._ingester.due_ms
        return None if due_ms is None else max(due_ms - self._now_ms(), 0) / 1000

    def _now_ms(self) -> int:
        return int(self._now().timestamp() * 1000)

    async def _refresh_cards(self) -> None:
        """The address book is read anew when one of its files is another."""
        if await self._source.has_other_cards():
            await self._source.load_cards()
            await self._compare(renamed=True)
