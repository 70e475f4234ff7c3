"""What one poll found, and what followers hear of it once it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

import msgspec

from jarvis.daemon.inbox.conversation_index import ListUpdate
from jarvis.daemon.inbox.difference import Change
from jarvis.records import ChatId
from jarvis.stores.chatdb import Arrival, Directory
from jarvis.stores.counts import CountStep
from jarvis.stores.events import StoredEvent
from jarvis.stores.sendings import SendingRow
from jarvis.stores.sync_state import Cursor, TrackedRow


class Reset(Enum):
    """What is deleted from jarvis.db before anything else of the changes is stored."""

    FIRST_FILE = "first file"
    """What was stored of a chat.db whose cursor is lost; the epoch goes on."""
    OTHER_FILE = "other file"
    """What was stored of another chat.db: ROWIDs mean other rows, in a new epoch."""
    HISTORY = "history"
    """The stored events."""
    EVERYTHING = "everything"
    """All of jarvis.db; a new epoch begins."""


class ChangedRow(msgspec.Struct, frozen=True):
    """A tracked row that is not what it was; `now` is None when it is gone.

    `changes` are in the order of their events. `chat_rowids` are the chats it stood in
    before, `was_counted` tells whether the counts of the list held it.
    """

    before: TrackedRow
    now: Arrival | None
    changes: tuple[Change, ...]
    chat_rowids: tuple[int, ...]
    was_counted: bool

    @property
    def has_other_words(self) -> bool:
        """Whether what it says may be new, or is no longer there to be read."""
        return not {"edited", "text", "unlinked", "relinked"}.isdisjoint(self.changes)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """All that one poll found: stored in one transaction, or not at all.

    `pending_added` are ROWIDs with when they were first seen, in ms since 1970.
    `delivered` are ROWIDs by guid. `announced_unread` takes the place of what the
    conversation index holds, where it is given. `named` is the directory whose names
    others may read from then on. `arrived` and `changed` are the rows behind it all.
    """

    reset: Reset | None = None
    events: tuple[StoredEvent, ...] = ()
    update: ListUpdate | None = None
    cursor: Cursor | None = None
    pending_added: Mapping[int, int] = {}
    pending_removed: tuple[int, ...] = ()
    delivered: Mapping[str, int] = {}
    tracked: tuple[TrackedRow, ...] = ()
    untracked: tuple[int, ...] = ()
    sendings: tuple[SendingRow, ...] = ()
    announced_unread: Mapping[ChatId, int] | None = None
    count: CountStep | None = None
    named: Directory | None = None
    arrived: tuple[Arrival, ...] = ()
    changed: tuple[ChangedRow, ...] = ()


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored; followers hear of it in the order of the commits.

    `events` go out as pushes. `arrived` are new rows, once each is whole, whether or not
    an event tells of it: history that sync filled in, shops, unknown senders, reactions.
    `changed` are earlier rows that were edited, taken back, deleted, read and so on.
    `lost_others`: rows were deleted that are in none of them, too old to be tracked.
    """

    reset: Reset | None = None
    events: tuple[StoredEvent, ...] = ()
    arrived: tuple[Arrival, ...] = ()
    changed: tuple[ChangedRow, ...] = ()
    lost_others: bool = False


Follower = Callable[[Committed], None]
"""Hears of each commit and returns at once: long work is a task of its own.

It may be behind jarvis.db by what was stored when the daemon was killed; whoever keeps
something on disk needs a cursor of its own.
"""
