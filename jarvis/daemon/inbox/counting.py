"""Counts the messages of each chat while mail goes on coming in, a slice at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import aiosqlite

from jarvis.daemon.inbox import listing
from jarvis.daemon.inbox.state import State
from jarvis.stores import counts
from jarvis.stores.chatdb import (
    Directory,
    deletions_noted,
    first_of_slice,
    listed_counts,
)
from jarvis.stores.counts import DONE, Counts

SLICE_ROWS: Final = 5_000
"""A slice takes SQLite about ten milliseconds; a look never waits longer for it."""
SLICES_BETWEEN_LISTS: Final = 20
SLICES_AT_ONCE: Final = 10
"""So many are counted before the list is served: about a tenth of a second."""


class Counter:
    """Fills `state.list.counts`; every slice is stored, so a count goes on after a kill."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._slices = 0

    async def begin(self, db: aiosqlite.Connection, *, below: int, anew: bool) -> None:
        """Count everything below a ROWID; anew: it is another file. In a transaction."""
        deletions = await deletions_noted(self._state.db)
        await counts.begin(db, below=below, deletions=deletions, anew=anew)

    async def resume(self) -> Counts:
        """What is known; a file that was never counted is counted."""
        state = self._state
        connection = state.journal.connection
        known = await counts.read_counts(connection)
        if known is None:
            async with state.journal.transaction() as db:
                below = state.cursor.last_seen_rowid + 1
                await self.begin(db, below=below, anew=True)
            known = await counts.read_counts(connection)
        assert known is not None
        return known

    async def check_deletions(self, explained: int) -> None:
        """Count anew if more rows were deleted than were seen to go."""
        state = self._state
        noted = await deletions_noted(state.db)
        missed = noted - state.list.counts.deletions - explained
        if noted == state.list.counts.deletions:
            return
        async with state.journal.transaction() as db:
            if missed > 0:
                below = state.cursor.last_seen_rowid + 1
                await self.begin(db, below=below, anew=False)
            else:
                await counts.note_deletions(db, noted)
        state.list.counts = (
            await counts.read_counts(state.journal.connection) or Counts()
        )

    async def count_a_little(self, directory: Directory) -> None:
        """A few slices, before anybody sees the list: small stores are complete then."""
        for _ in range(SLICES_AT_ONCE):
            if self._state.list.counts.is_complete:
                return
            await self.count_on(directory)

    async def count_on(self, directory: Directory) -> None:
        """One slice more; the list follows now and then, and at the end."""
        state = self._state
        known = state.list.counts
        first = await first_of_slice(state.db, known.below, SLICE_ROWS)
        found = await self._slice(first, known.below - 1, state.pending)
        below = DONE if first is None else first
        async with state.journal.transaction() as db:
            await counts.add_counted(db, found, known, below=below)
        known = await counts.read_counts(state.journal.connection) or Counts()
        self._slices += 1
        if known.is_complete or self._slices % SLICES_BETWEEN_LISTS == 0:
            update = state.list.recount(directory, known)
            async with state.journal.transaction() as db:
                await listing.write(db, update, directory)
            state.list.keep(update)
        else:
            state.list.counts = known

    async def _slice(
        self, first: int | None, last: int, waiting: Iterable[int]
    ) -> dict[int, int]:
        if first is None:
            return {}
        return await listed_counts(self._state.db, first, last, waiting)
