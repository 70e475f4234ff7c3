"""Text of other people made safe and short for a terminal."""

from __future__ import annotations

import unicodedata

_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def plain(text: str) -> str:
    """The text on one line, without control characters or overrides of direction."""
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if letter not in _BIDI
    )


def safe(text: str) -> str:
    """The text with its lines, without other control characters."""
    return "\n".join(plain(line) for line in text.split("\n"))
