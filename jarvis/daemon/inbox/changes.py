"""What happened to a row between two looks at it, told by its marks alone. Pure."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import msgspec

from jarvis.stores.chatdb import Mark, read_mark

Change = Literal[
    "edited", "text", "delivered", "read", "reaction", "unlinked", "relinked"
]

_EDITED: Final = ("date_edited", "summary_bytes")
_TEXT: Final = (
    "text_length",
    "body_bytes",
    "was_detonated",
    "error",
    "files",
    "item_type",
    "schedule_type",
)
_DELIVERED: Final = ("is_delivered", "date_delivered")
_READ: Final = ("is_read", "date_read")
_REACTION: Final = ("association", "emoji")


class Changed(NamedTuple):
    """What changed of a row, in the order in which it is told, and its chats before."""

    changes: tuple[Change, ...]
    chat_rowids: tuple[int, ...]
    is_counted: bool


def changed(before: str, now: str) -> Changed:
    """How a row with mark `before` came to have mark `now`; the two differ."""
    old, new = _read(before), _read(now)
    if old is None or new is None:
        return Changed(("text",), (), is_counted=False)

    def differs(names: tuple[str, ...]) -> bool:
        return any(getattr(old, name) != getattr(new, name) for name in names)

    changes: list[Change] = []
    if old.chat_rowids and not new.chat_rowids:
        changes.append("unlinked")
    elif new.chat_rowids and not old.chat_rowids:
        changes.append("relinked")
    if differs(_EDITED):
        changes.append("edited")
    if differs(_TEXT):
        changes.append("text")
    if differs(_DELIVERED):
        changes.append("delivered")
    if differs(_READ):
        changes.append("read")
    if differs(_REACTION):
        changes.append("reaction")
    return Changed(tuple(changes), old.chat_rowids, old.is_counted)


def gone(before: str) -> Changed:
    """A row with mark `before` is there no more."""
    old = _read(before)
    return Changed(
        ("unlinked",),
        old.chat_rowids if old else (),
        is_counted=old.is_counted if old else False,
    )


def chats_of(mark: str) -> tuple[int, ...]:
    """The ROWIDs of the chats that a row is linked to."""
    read = _read(mark)
    return read.chat_rowids if read else ()


def _read(mark: str) -> Mark | None:
    try:
        return read_mark(mark)
    except msgspec.MsgspecError:  # of another version, or of a damaged row
        return None
