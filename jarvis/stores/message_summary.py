"""message_summary_info: what was edited, and what was taken back, of a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from jarvis.later import later
from jarvis.stores.attributed_body import Undecodable, read_text

if TYPE_CHECKING:
    import plistlib
    from xml.parsers import expat
else:
    plistlib, expat = later("plistlib"), later("xml.parsers.expat")

Version = tuple[float, str]
"""What a part said, and since when: seconds on Apple's clock."""


class ChangeHistory(msgspec.Struct, frozen=True):
    """`began_with` are the parts that a message had at first, empty where it is not told.

    `unsent` are those that were taken back; `versions` what edited parts said, oldest
    first, the last as they stand now.
    """

    began_with: frozenset[int] = frozenset()
    unsent: frozenset[int] = frozenset()
    versions: Mapping[int, tuple[Version, ...]] = msgspec.field(default_factory=dict)


def read_history(blob: bytes) -> ChangeHistory:
    """What the plist tells; what is damaged tells nothing."""
    try:
        plist = plistlib.loads(blob)
    except (
        plistlib.InvalidFileException,
        expat.ExpatError,
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
    return ChangeHistory(
        began_with=_numbers(plist.get("otr")),
        unsent=_numbers(plist.get("rp")),
        versions=_versions(edits) if isinstance(edits, dict) else {},
    )


def _versions(edits: dict[object, object]) -> dict[int, tuple[Version, ...]]:
    """What each part said; unreadable parts are left out."""
    by_part: dict[int, tuple[Version, ...]] = {}
    for part, versions in edits.items():
        if not isinstance(versions, list):
            continue
        read = [text for version in versions if (text := _version(version)) is not None]
        for number in _numbers([part]) if read else ():
            by_part[number] = tuple(read)
    return by_part


def _version(version: object) -> Version | None:
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
        if isinstance(value, int)
        or (isinstance(value, str) and value.isdecimal() and len(value) < 10)
    )
