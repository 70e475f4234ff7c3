"""What happened to a row between two polls, by its fingerprints alone. Pure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import msgspec

from jarvis.stores.chatdb import Fingerprint, read_fingerprint

Change = Literal[
    "edited", "text", "delivered", "read", "reaction", "unlinked", "relinked"
]

_FIELDS: Final[dict[Change, tuple[str, ...]]] = {
    "edited": ("date_edited", "summary_bytes"),
    "text": (
        "text_length",
        "body_bytes",
        "was_detonated",
        "error",
        "files",
        "item_type",
        "schedule_type",
    ),
    "delivered": ("is_delivered", "date_delivered"),
    "read": ("is_read", "date_read"),
    "reaction": ("association", "emoji"),
}
"""Fields of a fingerprint by the change they tell of, in the order of their events."""


class Difference(NamedTuple):
    """What changed of a row, in the order of the events, and its chats before."""

    changes: tuple[Change, ...]
    chat_rowids: tuple[int, ...]
    was_counted: bool


def difference(before: str, now: str | None) -> Difference:
    """What changed of a row between two fingerprints of it; `now` None: it is gone."""
    old = _read(before)
    chats, was_counted = (old.chat_rowids, old.is_counted) if old else ((), False)
    if now is None:
        return Difference(("unlinked",), chats, was_counted)
    new = _read(now)
    if old is None or new is None:
        return Difference(("text",), (), was_counted=False)
    changes: list[Change] = []
    if chats and not new.chat_rowids:
        changes.append("unlinked")
    elif new.chat_rowids and not chats:
        changes.append("relinked")
    for change, names in _FIELDS.items():
        if any(getattr(old, name) != getattr(new, name) for name in names):
            changes.append(change)
    return Difference(tuple(changes), chats, was_counted)


def chats_of(fingerprint: str) -> tuple[int, ...]:
    """The ROWIDs of the chats that a row is linked to."""
    read = _read(fingerprint)
    return read.chat_rowids if read else ()


def _read(fingerprint: str) -> Fingerprint | None:
    try:
        return read_fingerprint(fingerprint)
    except msgspec.MsgspecError:  # of another version, or of a damaged row
        return None
