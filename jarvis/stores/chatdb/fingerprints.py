"""What may still change of a message, read cheaply for thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.queries import load_query

ROWS_TRACKED: Final = 2_000
"""So many of the newest rows are tracked, whatever their date."""
MOST_TRACKED: Final = 10_000
"""And never more than these, however much is dated within the last days."""

_WINDOW: Final = load_query("chatdb_window")


class Fingerprint(msgspec.Struct, array_like=True, frozen=True):
    """Everything of a row that may change; see chatdb_part_fingerprint.sql."""

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
        """Whether it is a message to a person, as far as the fingerprint tells."""
        is_message = (self.association or 0) < 1000 and not self.item_type
        return is_message and self.schedule_type != 2


class WindowRow(NamedTuple):
    """A tracked row; `fingerprint` is JSON, equal as long as nothing changed."""

    rowid: int
    guid: str
    date_ns: int
    target: str | None
    fingerprint: str


def read_fingerprint(fingerprint: str) -> Fingerprint:
    """What a fingerprint says."""
    return msgspec.json.decode(fingerprint, type=Fingerprint, strict=False)


async def read_window(db: ChatDb, *, seen: int, since_ns: int) -> dict[int, WindowRow]:
    """The tracked rows by ROWID: the newest up to `seen`, and those dated after since_ns.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    asked = {
        "above": seen - ROWS_TRACKED,
        "seen": seen,
        "since": since_ns,
        "limit": MOST_TRACKED,
    }
    rows = await db.rows(_WINDOW, asked)
    return {row[0]: WindowRow(row[0], row[1], row[2] or 0, *row[3:]) for row in rows}


def oldest_tracked(window: Mapping[int, WindowRow]) -> int:
    """The ROWID below which no row would stand in the window if it were there."""
    return min(window) if len(window) >= MOST_TRACKED else 0


def is_tracked(
    rowid: int, date_ns: int, *, oldest: int, seen: int, since_ns: int
) -> bool:
    """Whether a row would stand in the window if it were there."""
    return rowid >= oldest and (rowid > seen - ROWS_TRACKED or date_ns > since_ns)
