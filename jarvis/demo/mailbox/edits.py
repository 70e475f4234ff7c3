"""message_summary_info, in which Messages keeps what a message said before."""

from __future__ import annotations

import plistlib

from jarvis.demo.clock import SECOND_NS
from jarvis.demo.typedstream import encode, utf16_length


def history(versions: list[tuple[int, str]]) -> bytes:
    """message_summary_info of an edited part: (date, text) from the first on."""
    return history_of_bodies(
        [(date, encode(text)) for date, text in versions],
        length=utf16_length(versions[0][1]),
    )


def history_of_bodies(bodies: list[tuple[int, bytes]], *, length: int) -> bytes:
    """The same for bodies that are there already; length is the first one's, in UTF-16."""
    return plist(
        {
            "amc": 1,
            "ec": {"0": [{"d": date / SECOND_NS, "t": body} for date, body in bodies]},
            "ep": [0],
            "otr": {"0": {"lo": 0, "le": length}},
            "ust": True,
        }
    )


def plist(value: dict[str, object]) -> bytes:
    """The binary property list that the column holds."""
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY)
