"""Whether the terminal paints on something light, as far as it says so itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ASK: Final = "\x1b]11;?\x1b\\"
"""What is the background? A terminal that does not know the question passes over it."""
TELL_OF_CHANGES: Final = "\x1b[?2031h"
"""Say when the reader goes from light to dark; the few who can all answer ASK."""
STOP_TELLING: Final = "\x1b[?2031l"

_COLOUR: Final = re.compile(
    r"(?:rgba?:|#)([0-9a-f]{1,4})/?([0-9a-f]{1,4})/?([0-9a-f]{1,4})(?:/[0-9a-f]{1,4})?",
    re.IGNORECASE,
)
_HEX: Final = re.compile(r"#(?:[0-9a-f]{3}){1,4}", re.IGNORECASE)
_LIGHT_FROM: Final = 0.18
"""Half way from black to white for the eye, as relative luminance."""
_LIGHT_OF_SIXTEEN: Final = (7, *range(9, 16))
"""White and the bright ones, of the sixteen colours; 8 is a dark grey."""


def is_light(colour: str) -> bool | None:
    """Whether a colour is light: `rgb:RRRR/GGGG/BBBB`, one to four digits each, or `#…`.

    None where it is no colour.
    """
    if _HEX.fullmatch(colour):
        digits = (len(colour) - 1) // 3
        parts = [colour[1 + n * digits :][:digits] for n in range(3)]
    else:
        match = _COLOUR.fullmatch(colour)
        if match is None:
            return None
        parts = list(match.groups())
    red, green, blue = (_linear(int(p, 16) / (16 ** len(p) - 1)) for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT_FROM


def _linear(share: float) -> float:
    """The light of a share of sRGB (IEC 61966-2-1)."""
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def is_light_by_variable(environment: Mapping[str, str]) -> bool | None:
    """What COLORFGBG says, `foreground;background` in numbers of the sixteen colours."""
    number = environment.get("COLORFGBG", "").rpartition(";")[2]
    if not number.isdecimal():
        return None
    return int(number) in _LIGHT_OF_SIXTEEN
