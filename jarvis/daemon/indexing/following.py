"""What the index holds of messages, kept in step with chat.db: one small step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import aiosqlite

from jarvis.daemon.inbox import Committed, Inbox
from jarvis.daemon.inbox.changes import Reset
from jarvis.daemon.indexing.pace import Pace
from jarvis.daemon.indexing.reading import MailReader
from jarvis.daemon.indexing.segmenting import DONE, Segmenter, State
from jarvis.daemon.indexing.words import ROWS_AT_A_TIME, WordIndex
from jarvis.search.mending import mend_codes
from jarvis.stores.chatdb import Directory
from jarvis.stores.index.backlog import chats_of, count_messages
from jarvis.stores.index.forgetting import forget_index
from jarvis.stores.index.state import get_state, put_state
from jarvis.stores.index.words import clear_words, prepare_words, refold, words_from
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.sync_state import read_tracked

CHECKED_AT_A_TIME: Final = 20_000
"""So many rows are held against chat.db at once where some were deleted long after."""

# What is remembered in the index's state, beside what segmenting.py does.
SOURCE: Final = "source"
"""Which chat.db it is of: its ROWIDs mean nothing in another."""
UP: Final = "rowid_up"
"""Rows up to this one were looked at, as far as the backfill came."""
ROWS_DOWN: Final = "rowid_down"
"""The backfill looked at rows from this one on; 1: it is complete."""
DELETIONS: Final = "deletions"
CHATS: Final = "chats"
"""Which chats were one conversation, as a digest."""


class WordFollower:
    """A follower of the inbox with a cursor of its own.

    `step` does one thing and says whether more is to be done; new mail goes before all
    else. What it knows is remembered with what it writes, in one transaction, so that a
    kill at any moment costs one step.
    """

    def __init__(
        self,
        inbox: Inbox,
        mail: MailReader,
        writer: JarvisDb,
        reader: aiosqlite.Connection,
        segmenter: Segmenter,
    ) -> None:
        self.messages = 0
        """How many are indexed."""
        self.rows_left = 0
        """How many rows of chat.db the backfill has still to look at."""
        self.pace = Pace()
        self.is_loaded = False
        self._inbox = inbox
        self._mail = mail
        self._writer = writer
        self._reader = reader
        self._segmenter = segmenter
        self._words = WordIndex(mail, writer, reader, segmenter)
        self._fresh: set[int] = set()
        """Rows that are to be looked at again, whether or not they were before."""
        self._up = self._down = 0
        self._check_from: int | None = None
        self._is_folding = False
        self._may_disagree = True
        """Whether the codes of vectors may be other than the vectors say."""
        self._may_clear = True
        """Whether words of messages that went may still be in the file."""
        self._grouping: str | None = None
        self._must_empty = False
        self._old_directory: Directory | None = None
        """That of the file before, until the one of now is read."""
        self._known_directory: Directory | None = None

    @property
    def is_between_files(self) -> bool:
        """Whether another chat.db is there, and nobody knows yet who is who in it."""
        old = self._old_directory
        return old is not None and self._inbox.directory is old

    @property
    def has_all_words(self) -> bool:
        """Whether every message can be found by its words."""
        return self.is_loaded and self._down <= 1 and not self._is_folding

    @property
    def is_whole(self) -> bool:
        """Whether every message is also in its segments."""
        return self.has_all_words and self._segmenter.down == DONE

    def note(self, committed: Committed) -> None:
        """Hear of a commit; nothing is done yet."""
        if committed.reset in (Reset.FIRST_FILE, Reset.OTHER_FILE, Reset.EVERYTHING):
            self._fresh.clear()
            self._must_empty = True
            self._old_directory = self._inbox.directory
        self._fresh.update(
            row.rowid for row in committed.arrived if row.nature == "message"
        )
        self._fresh.update(
            row.before.rowid for row in committed.changed if row.has_other_words
        )
        if committed.lost_others:
            self._check_from = 0

    async def step(self, *, only_new: bool) -> bool:
        """Do what is due next; whether there may be more. `only_new`: no backfill.

        Raises:
            StoreUnavailable: chat.db cannot be read, or jarvis.db not be written.
        """
        directory = self._inbox.directory
        if directory is None or self.is_between_files:
            return False
        self._old_directory = None
        if self._must_empty:
            await self.empty()
        if not self.is_loaded:
            await self._load()
            return True
        if directory is not self._known_directory:
            await self._meet(directory)
        if self._fresh or self._up < self._inbox.newest_rowid:
            await self._look_at_new()
            return True
        if await self._segmenter.cut_due():
            return True
        if self._check_from is not None:
            await self._check_a_little(self._check_from)
            return True
        if not only_new and await self._go_down():
            return True
        if self._may_disagree:
            self._may_disagree = False
            return await mend_codes(self._reader, self._writer)
        if self._may_clear:
            async with self._writer.transaction() as db:
                self._may_clear = await clear_words(db)
        return self._may_clear

    # The state

    async def empty(self) -> None:
        """Delete all of it; what was done so far does not count any more.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        self.is_loaded = False
        self.messages = self.rows_left = 0
        async with self._writer.transaction() as db:
            await forget_index(db)
        self._words.forget()
        self._must_empty = False

    async def _load(self) -> None:
        state: Mapping[str, str] = await get_state(self._reader)
        if state.get(SOURCE, self._source) != self._source:
            await self.empty()
            state = {}
        async with self._writer.transaction() as db:
            await prepare_words(db)
        if SOURCE not in state:
            state = await self._begin()
        self._up, self._down = int(state[UP]), int(state[ROWS_DOWN])
        self._segmenter.load(state)
        self.messages = await count_messages(self._reader)
        self.rows_left = await self._mail.count_before(self._down)
        # What was committed when the daemon was killed may not have come here.
        self._fresh.update(await read_tracked(self._reader))
        self._grouping = state.get(CHATS)
        if str(await self._mail.deletions()) != state[DELETIONS]:
            self._check_from = 0
        self._is_folding = await words_from(self._reader) is not None
        self.is_loaded = True
        self.pace.begin()

    async def _begin(self) -> Mapping[str, str]:
        newest = await self._mail.newest()
        state: State = {
            SOURCE: self._source,
            UP: newest,
            ROWS_DOWN: newest + 1,
            DELETIONS: await self._mail.deletions(),
            CHATS: await asyncio.to_thread(_digest, self._mail.directory),
        }
        async with self._writer.transaction() as db:
            await put_state(db, state)
        return {key: str(value) for key, value in state.items()}

    @property
    def _source(self) -> str:
        identity = self._inbox.identity
        return f"{self._inbox.epoch} {identity[1] if identity else None}"

    # What is new

    async def _look_at_new(self) -> None:
        """New rows, and those that changed, some at a time."""
        up = self._up
        if up < self._inbox.newest_rowid:
            rowids = await self._mail.after(up, ROWS_AT_A_TIME)
            up = max(rowids, default=self._inbox.newest_rowid)
        else:
            rowids = sorted(self._fresh, reverse=True)[:ROWS_AT_A_TIME]
        state: State = {UP: up} if up > self._up else {}
        more = await self._words.update(rowids, state)
        self.messages += more
        self._may_clear = self._may_clear or more < len(rowids)
        self._up = up
        self._fresh.difference_update(rowids)

    async def _meet(self, directory: Directory) -> None:
        """Where other chats are one conversation than before, all is held against that."""
        known, self._grouping = (
            self._grouping,
            await asyncio.to_thread(_digest, directory),
        )
        if self._grouping != known:
            self._check_from = 0
        self._known_directory = directory

    async def _check_a_little(self, first: int) -> None:
        """Hold some rows against chat.db: what is deleted there goes, what moved moves."""
        last = first + CHECKED_AT_A_TIME
        linked = await self._mail.linked(first, last)
        held = await chats_of(self._reader, first, last)
        self._fresh.update(id_ for id_, chat in held.items() if linked.get(id_) != chat)
        self._check_from = last + 1
        if last >= self._up:
            self._check_from = None
            deletions = await self._mail.deletions()
            async with self._writer.transaction() as db:
                await put_state(db, {DELETIONS: deletions, CHATS: self._grouping})

    # What was there before

    async def _go_down(self) -> bool:
        if self._is_folding:
            async with self._writer.transaction() as db:
                self._is_folding = await refold(db, ROWS_AT_A_TIME)
            return True
        if self._down > 1:
            rowids = await self._mail.before(self._down, ROWS_AT_A_TIME)
            down = min(rowids, default=1)
            more = await self._words.update(rowids, {ROWS_DOWN: down})
            self._down = down
            self.messages += more
            self.rows_left -= len(rowids)
            self.pace.note(more)
            return True
        if self._segmenter.down != DONE:
            await self._segmenter.cut_down(self._reader)
            return True
        return False


def _digest(directory: Directory) -> str:
    """Equal as long as the same chats are one conversation."""
    digest = blake2b(digest_size=16)
    for chat in directory.chats:
        digest.update("\n".join((*chat.guids, "")).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()
