"""message_summary_info: what was edited, and what was taken back, of a message. Pure."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from jarvis.stores.attributed_body import Undecodable, read_text


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """`parts` are the parts a message began with, `unsent` those that were taken back.

    `current` is the newest text of each part that was edited.
    """

    parts: frozenset[int] = frozenset()
    unsent: frozenset[int] = frozenset()
    current: tuple[tuple[int, str], ...] = ()

    @property
    def is_unsent(self) -> bool:
        """Whether nothing is left of the message."""
        return bool(self.unsent) and self.parts <= self.unsent

    @property
    def text(self) -> str | None:
        """The edited parts that are left, joined; None when there are none."""
        kept = [text for part, text in self.current if part not in self.unsent]
        return "".join(kept) if kept else None


def read_history(blob: bytes) -> ChangeHistory:
    """What the plist tells; what is damaged tells nothing."""
    try:
        plist = plistlib.loads(blob)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        IndexError,
        RecursionError,
    ):
        return ChangeHistory()
    if not isinstance(plist, dict):
        return ChangeHistory()
    edits = plist.get("ec")
    current = _newest(edits) if isinstance(edits, dict) else ()
    ranges = plist.get("otr")
    unsent = plist.get("rp")
    return ChangeHistory(
        parts=_numbers(ranges) | {part for part, _ in current},
        unsent=_numbers(unsent),
        current=current,
    )


def _newest(edits: dict[object, object]) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for part, versions in edits.items():
        last = versions[-1] if isinstance(versions, list) and versions else None
        archived = last.get("t") if isinstance(last, dict) else None
        if not isinstance(archived, bytes):
            continue
        for number in _numbers([part]):
            try:
                found.append((number, read_text(archived)))
            except Undecodable:
                continue
    return tuple(sorted(found))


def _numbers(values: object) -> frozenset[int]:
    """Part numbers, which are keys as text and members as integers."""
    if not isinstance(values, dict | list):
        return frozenset()
    return frozenset(
        int(value)
        for value in values
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    )
