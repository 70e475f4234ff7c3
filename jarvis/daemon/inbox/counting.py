"""Counts the messages of each chat while mail goes on coming in, a slice at a time."""

from __future__ import annotations

from typing import Final

from jarvis.daemon.inbox.changes import Changes
from jarvis.daemon.inbox.commit import Committer
from jarvis.daemon.inbox.source import Source
from jarvis.stores.chatdb import (
    Directory,
    deletions_noted,
    first_of_slice,
    listed_counts,
)
from jarvis.stores.counts import DONE, CountBegun, DeletionsNoted, SliceCounted

SLICE_ROWS: Final = 5_000
"""A slice takes SQLite about ten milliseconds; a poll never waits longer for it."""
SLICES_BETWEEN_LISTS: Final = 20
SLICES_AT_ONCE: Final = 10
"""So many are counted before the list is served: about a tenth of a second."""


class MessageCounter:
    """Fills the counts of the snapshot; each slice is stored, so that a kill costs one."""

    def __init__(self, source: Source, committer: Committer) -> None:
        self._source = source
        self._committer = committer
        self._slices = 0

    async def begun(self, *, below: int, anew: bool) -> CountBegun:
        """A count of all rows below a ROWID; anew: it is another file."""
        return CountBegun(below, await deletions_noted(self._source.db), anew)

    async def check_deletions(self, explained: int) -> None:
        """Count anew if more rows were deleted than were seen to go."""
        snapshot = self._committer.snapshot
        known = snapshot.index.counts.deletions
        noted = await deletions_noted(self._source.db)
        if noted == known:
            return
        if noted - known > explained:
            below = snapshot.cursor.last_seen_rowid + 1
            step = CountBegun(below, noted, anew=False)
            await self._committer.commit(Changes(count=step))
        else:
            await self._committer.commit(Changes(count=DeletionsNoted(noted)))

    async def count_a_little(self, directory: Directory) -> None:
        """A few slices, before anybody sees the list: small stores are complete then."""
        for _ in range(SLICES_AT_ONCE):
            if self._committer.snapshot.index.counts.is_complete:
                return
            await self.count_on(directory)

    async def count_on(self, directory: Directory) -> None:
        """One slice more; the list follows now and then, and at the end."""
        db, snapshot = self._source.db, self._committer.snapshot
        known = snapshot.index.counts
        first = await first_of_slice(db, known.below, SLICE_ROWS)
        messages: dict[int, int] = {}
        if first is not None:
            messages = await listed_counts(db, first, known.below - 1, snapshot.pending)
        below = DONE if first is None else first
        step = SliceCounted(messages, below, known.deletions)
        await self._committer.commit(Changes(count=step))
        self._slices += 1
        index = self._committer.snapshot.index
        if index.counts.is_complete or self._slices % SLICES_BETWEEN_LISTS == 0:
            update = index.recounted(directory)
            await self._committer.commit(Changes(update=update))
