"""What jarvis.db holds of the chat.db that is followed, as it stood after a commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiosqlite
import msgspec

from jarvis.daemon.inbox.changes import Changes, Reset
from jarvis.daemon.inbox.conversation_index import ConversationIndex
from jarvis.stores import conversations, counts, sync_state
from jarvis.stores.chatdb import Directory
from jarvis.stores.counts import Counts
from jarvis.stores.sync_state import Cursor, TrackedRow

NEVER_READ: Final = Cursor(0, 0, 0)


class Snapshot(msgspec.Struct, frozen=True):
    """One state of jarvis.db; each commit makes the next one out of it.

    `seq` is the number of the newest event. `pending` are rows
    that are not whole yet, with when they were first seen, in ms since 1970. `named` is
    the directory whose names others can read in jarvis.db: a new chat may make another
    one known before it is compared.
    """

    epoch: str | None = None
    seq: int = 0
    cursor: Cursor = NEVER_READ
    pending: Mapping[int, int] = {}
    tracked: Mapping[int, TrackedRow] = {}
    index: ConversationIndex = msgspec.field(default_factory=ConversationIndex)
    named: Directory | None = None

    def after(
        self, changes: Changes, epoch: str | None, counted: Counts | None
    ) -> Snapshot:
        """The state once the changes are stored.

        `counted` is what the counts came to, where a step of the count was stored.
        """
        index, pending, tracked = self.index, self.pending, self.tracked
        if changes.reset not in (None, Reset.HISTORY):
            index, pending, tracked = ConversationIndex(), {}, {}
        if changes.pending_added or changes.pending_removed:
            pending = {**pending, **changes.pending_added}
            for rowid in changes.pending_removed:
                pending.pop(rowid, None)
        if changes.tracked or changes.untracked:
            tracked = {**tracked, **{row.rowid: row for row in changes.tracked}}
            for rowid in changes.untracked:
                tracked.pop(rowid, None)
        return Snapshot(
            epoch=epoch,
            seq=changes.events[-1].seq if changes.events else self.seq,
            cursor=changes.cursor or self.cursor,
            pending=pending,
            tracked=tracked,
            index=index.after(changes.update, changes.announced_unread, counted),
            named=changes.named or self.named,
        )


async def read_rows(place: Snapshot, stored: aiosqlite.Connection) -> Snapshot:
    """All that jarvis.db holds, at the epoch and number of `place`."""
    rows = await conversations.all_rows(stored)
    return msgspec.structs.replace(
        place,
        cursor=await sync_state.read_cursor(stored) or NEVER_READ,
        pending=await sync_state.read_pending(stored),
        tracked=await sync_state.read_tracked(stored),
        index=ConversationIndex(
            rows={row.chat_id: row for row in rows},
            counts=await counts.read_counts(stored) or Counts(),
        ),
    )
