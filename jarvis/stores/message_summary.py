"""message_summary_info: what was edited, and what was taken back, of a message. Pure."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from jarvis.stores.attributed_body import Undecodable, read_text


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """`parts` are the parts a message began with, `unsent` those that were taken back.

    `current` is the newest text of each part that was edited; `earlier` what they said
    before, oldest first, with the moment of writing in seconds on Apple's clock.
    """

    parts: frozenset[int] = frozenset()
    unsent: frozenset[int] = frozenset()
    current: tuple[tuple[int, str], ...] = ()
    earlier: tuple[tuple[float, str], ...] = ()

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
    versions = _versions(edits) if isinstance(edits, dict) else {}
    current = tuple(sorted((part, texts[-1][1]) for part, texts in versions.items()))
    earlier = sorted(text for texts in versions.values() for text in texts[:-1])
    ranges = plist.get("otr")
    unsent = plist.get("rp")
    return ChangeHistory(
        parts=_numbers(ranges) | {part for part, _ in current},
        unsent=_numbers(unsent),
        current=current,
        earlier=tuple(earlier),
    )


def _versions(edits: dict[object, object]) -> dict[int, list[tuple[float, str]]]:
    """What each part said, oldest first, and when; unreadable parts are left out."""
    found: dict[int, list[tuple[float, str]]] = {}
    for part, versions in edits.items():
        if not isinstance(versions, list):
            continue
        read = [text for each in versions if (text := _version(each)) is not None]
        for number in _numbers([part]) if read else ():
            found[number] = read
    return found


def _version(version: object) -> tuple[float, str] | None:
    if not isinstance(version, dict) or not isinstance(version.get("t"), bytes):
        return None
    written = version.get("d")
    try:
        text = read_text(version["t"])
    except Undecodable:
        return None
    return float(written) if isinstance(written, int | float) else 0.0, text


def _numbers(values: object) -> frozenset[int]:
    """Part numbers, which are keys as text and members as integers."""
    if not isinstance(values, dict | list):
        return frozenset()
    return frozenset(
        int(value)
        for value in values
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal())
    )
