"""What may still change of a message, read cheaply for thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.queries import load_query

ROWS_WATCHED: Final = 2_000
"""So many of the newest rows are watched for changes, whatever their date."""
MOST_WATCHED: Final = 10_000
"""And never more than these, however much is dated within the last days."""

_WINDOW: Final = load_query("chatdb_window")


class Mark(msgspec.Struct, array_like=True, frozen=True):
    """Everything of a row that may change; see chatdb_part_mark.sql."""

    is_read: int | None
    date_read: int | None
    is_delivered: int | None
    date_delivered: int | None
    is_sent: int | None
    error: int | None
    date_edited: int | None
    text_length: int | None
    body_bytes: int | None
    summary_bytes: int | None
    was_detonated: int | None
    association: int | None
    emoji: str | None
    files: str | None
    item_type: int | None
    schedule_type: int | None
    chat_rowids: tuple[int, ...]

    @property
    def is_counted(self) -> bool:
        """Whether it is a message to a person, as far as the mark tells."""
        is_message = (self.association or 0) < 1000 and not self.item_type
        return is_message and self.schedule_type != 2


class WindowRow(NamedTuple):
    """A row that is watched; `mark` is JSON, equal as long as nothing changed."""

    rowid: int
    guid: str
    date_ns: int
    target: str | None
    mark: str


def read_mark(mark: str) -> Mark:
    """What a mark says."""
    return msgspec.json.decode(mark, type=Mark, strict=False)


async def read_window(db: ChatDb, *, seen: int, since_ns: int) -> dict[int, WindowRow]:
    """The watched rows by ROWID: the newest up to `seen`, and those dated after since_ns.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    asked = {
        "above": seen - ROWS_WATCHED,
        "seen": seen,
        "since": since_ns,
        "limit": MOST_WATCHED,
    }
    rows = await db.rows(_WINDOW, asked)
    return {row[0]: WindowRow(row[0], row[1], row[2] or 0, *row[3:]) for row in rows}


def is_watched(
    rowid: int,
    date_ns: int,
    window: Mapping[int, WindowRow],
    *,
    seen: int,
    since_ns: int,
) -> bool:
    """Whether a row would stand in the window if it were there."""
    if len(window) >= MOST_WATCHED and rowid < min(window):
        return False
    return rowid > seen - ROWS_WATCHED or date_ns > since_ns
