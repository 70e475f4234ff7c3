"""Inbox: follows chat.db, stores what happened, then tells it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from jarvis.daemon.inbox.comparing import Comparer
from jarvis.daemon.inbox.counting import Counter
from jarvis.daemon.inbox.sent import note_sending
from jarvis.daemon.inbox.state import State
from jarvis.daemon.inbox.taking import Taker
from jarvis.daemon.watcher import Look, Occasion
from jarvis.errors import StoreUnavailable
from jarvis.stores import conversations, events, ledger, watched
from jarvis.stores.chatdb import (
    Directory,
    data_version,
    newest_date_ns,
    newest_rowid,
    open_chatdb,
    own_addresses,
    read_directory,
    search_texts,
)
from jarvis.stores.contacts import ContactNames, contacts_version, load_contacts
from jarvis.stores.events import StoredEvent
from jarvis.stores.forgetting import forget_everything, forget_history
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.ledger import Cursor
from jarvis.stores.sendings import SendingRow

RETRY_S: Final = 5.0
"""How often a chat.db that cannot be read is tried again: a permission makes no event."""
REST_S: Final = 0.1
"""So long after a comparison of all watched rows comes the next, in a flock of changes."""

_UNHURRIED: Final = (Occasion.QUIET, Occasion.SAFETY, Occasion.AWAKE)

log = logging.getLogger("jarvis.inbox")


class Inbox:
    """Knows chat.db as it stands; `look` brings it up to date.

    `problem` says why chat.db cannot be read.
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
        self.problem: str | None = None
        self._contacts = contacts
        self._contacts_version: object = None
        self._journal = journal
        self._state = State(journal, publish, now)
        self._taker = Taker(self._state)
        self._counter = Counter(self._state)
        self._comparer = Comparer(self._state, self._taker, self._counter)
        self._turn = asyncio.Lock()  # events are numbered by one at a time
        self._version: int | None = None
        self._owes_comparison = False
        self._compared_s = 0.0

    @property
    def directory(self) -> Directory | None:
        """Who talks with whom; None until conversations can be listed."""
        return self._state.maybe_directory

    @property
    def names(self) -> ContactNames:
        """The address book, held against the mail as soon as that is known."""
        directory = self._state.maybe_directory
        return directory.names if directory else self._state.names

    @property
    def epoch(self) -> str | None:
        """Which history of events this is; None until it is known."""
        return self._state.epoch

    @property
    def seq(self) -> int:
        """The number of the newest event that was told."""
        return self._state.seq

    @property
    def identity(self) -> tuple[int, int] | None:
        """(device, inode) of the chat.db that is read."""
        db = self._state.maybe_db
        return db.identity if db else None

    @property
    def newest_rowid(self) -> int:
        """The highest ROWID of chat.db that was seen."""
        return self._state.cursor.last_seen_rowid

    @property
    def waiting_rows(self) -> int:
        """Rows that are seen but not whole yet."""
        return len(self._state.pending)

    @property
    def uncounted_rows(self) -> int:
        """How many ROWIDs are still to be counted; counts of the list grow till then."""
        return self._state.list.counts.below - 1

    async def look(self, occasion: Occasion) -> Look:
        """Find what changed, store it, tell it; for the watcher."""
        async with self._turn:
            return await self._look(occasion)

    async def note_sending(self, row: SendingRow, *, tell: bool) -> None:
        """Store how far an act of sending is, and tell it; between two looks."""
        async with self._turn:
            await note_sending(self._state, row, tell=tell)

    async def forget(self, what: Literal["history", "everything"]) -> None:
        """Delete what jarvis.db holds; after everything the list is made anew at once."""
        async with self._turn:
            async with self._journal.transaction() as tx:
                if what == "history":
                    await forget_history(tx)
                else:
                    self._state.epoch = await forget_everything(tx)
            await self._journal.compact()
            if what == "everything":
                await self.close()
                await self._look(Occasion.EVENT)

    async def _look(self, occasion: Occasion) -> Look:
        try:
            if await self._is_replaced(occasion):
                await self.close()
            if self._state.maybe_db is None:
                await self._open()
                await self._taker.take_all()
                await self._compare()
                return Look(has_changed=True, again_in_s=self._again_in_s())
            if occasion is Occasion.AWAKE:
                self._state.horizon_ns = self._state.cursor.newest_date_ns
            return await self._look_again(occasion)
        except StoreUnavailable as error:
            if self.problem != str(error):
                log.warning("chat.db cannot be read")
            self.problem = str(error)
            await self.close()
            return Look(has_changed=False, again_in_s=RETRY_S)

    async def close(self) -> None:
        """Let go of chat.db."""
        if self._state.maybe_db is not None:
            await self._state.maybe_db.close()
            self._state.maybe_db = None

    # Opening

    async def _is_replaced(self, occasion: Occasion) -> bool:
        """Whether the path leads to another file than the one that is open."""
        if self.identity is None or occasion is Occasion.AGAIN:
            return False
        status = await asyncio.to_thread(_identity, self.path)
        return status is not None and status != self.identity

    async def _open(self) -> None:
        """Open chat.db, learn who is who, go on where reading stopped."""
        state, journal = self._state, self._journal
        # What was told is known also while chat.db cannot be read.
        state.epoch = await events.epoch(journal.connection)
        state.seq = await events.newest_seq(journal.connection)
        db = state.maybe_db = await open_chatdb(self.path)
        self._version = await data_version(db)  # before anything is read
        await self._load_names()
        directory = await read_directory(db, state.names)
        cursor = await ledger.read_cursor(journal.connection)
        highest = await newest_rowid(db)
        inode = db.identity[1]
        if cursor is None or cursor.inode != inode or cursor.last_seen_rowid > highest:
            await self._begin(highest, inode, is_first=cursor is None)
        else:
            state.cursor = cursor
            state.pending = await ledger.read_pending(journal.connection)
            state.watched = await watched.read_watched(journal.connection)
        state.horizon_ns = state.cursor.newest_date_ns
        stored = await conversations.all_rows(journal.connection)
        state.list.begin(stored, await self._counter.resume())
        if not stored:
            await state.list.build(db, directory, state.now())
        texts = await asyncio.to_thread(search_texts, directory)
        async with journal.transaction() as tx:
            fresh = () if stored else state.list.rows.values()
            await conversations.upsert(tx, fresh, texts)
            await conversations.replace_search_texts(tx, texts)
            await conversations.replace_contacts(tx, directory.named_handles())
        await self._counter.count_a_little(directory)
        state.maybe_directory = state.stored_directory = directory
        self.problem = None

    async def _begin(self, highest: int, inode: int, *, is_first: bool) -> None:
        """Take chat.db as it is for known; another file than before is a new epoch."""
        state = self._state
        newest_ns = await newest_date_ns(state.db, state.now_ns())
        state.cursor = Cursor(highest, newest_ns, inode)
        state.pending, state.watched = {}, {}
        async with self._journal.transaction() as tx:
            await ledger.forget_rows(tx)
            await conversations.forget_all(tx)
            await watched.forget_watched(tx)
            await ledger.write_cursor(tx, state.cursor)
            await self._counter.begin(tx, below=highest + 1, anew=True)
            if not is_first:
                state.epoch = await events.begin_epoch(tx)

    # Looking

    async def _look_again(self, occasion: Occasion) -> Look:
        state = self._state
        version = await data_version(state.db)
        has_changed = version != self._version
        if has_changed and await newest_rowid(state.db) < state.cursor.last_seen_rowid:
            await self.close()  # the same file was written anew, from the first row on
            return await self._look(occasion)
        took = False
        if has_changed or self._is_due():
            took = await self._taker.take_all()
            self._owes_comparison |= has_changed
            self._version = version  # only now: a look cut off must be made again
        if self._owes_comparison and self._may_compare(occasion, took=took):
            await self._compare()
        if occasion in (Occasion.SAFETY, Occasion.AWAKE):
            await self._refresh_names()
        if not (has_changed or state.list.counts.is_complete):
            await self._counter.count_on(state.directory)
        return Look(has_changed=has_changed, again_in_s=self._again_in_s())

    def _may_compare(self, occasion: Occasion, *, took: bool) -> bool:
        """New rows go first; in an unbroken flock of changes there are rests."""
        if occasion in _UNHURRIED:
            return True
        rested_s = asyncio.get_running_loop().time() - self._compared_s
        return not took and rested_s >= REST_S

    async def _compare(self, *, renamed: bool = False) -> None:
        await self._comparer.compare(renamed=renamed)
        self._owes_comparison = False
        self._compared_s = asyncio.get_running_loop().time()

    def _is_due(self) -> bool:
        due_ms = self._taker.due_ms
        return due_ms is not None and self._state.now_ms() >= due_ms

    def _again_in_s(self) -> float | None:
        """When to look again, if nothing happens before."""
        if not self._state.list.counts.is_complete:
            return 0.0
        due_ms = self._taker.due_ms
        return None if due_ms is None else max(due_ms - self._state.now_ms(), 0) / 1000

    # Names

    async def _load_names(self) -> None:
        self._contacts_version = await contacts_version(self._contacts)
        own = await own_addresses(self._state.db)
        self._state.names = await load_contacts(self._contacts, own=own)

    async def _refresh_names(self) -> None:
        """The address book is read anew when one of its files is another."""
        if await contacts_version(self._contacts) == self._contacts_version:
            return
        await self._load_names()
        await self._compare(renamed=True)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
