"""Text for people's eyes: put on one line, and cut where no letter is torn. Pure.

A letter is what a reader sees as one, however many characters it takes: a flag, a family,
a keycap, a syllable of Hangul, a consonant with its marks (Unicode's grapheme cluster).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

NEWLINE: Final = " ⏎ "
"""What stands on one line where another began."""

_LINE_END: Final = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """The text on one line for everybody, whatever they take for a line's end.

    Other control characters become spaces: they have no shape, but may part words.
    """
    if text.isprintable():
        return text
    return _CONTROL.sub(" ", _LINE_END.sub(NEWLINE, text))


def cut(text: str, most: int) -> str:
    """At most so many characters, the last an ellipsis where something was cut off."""
    return text if len(text) <= most else head(text, most - 1).rstrip() + "…"


def head(text: str, most: int) -> str:
    """The first letters that fit into so many characters.

    Only of a letter that is longer than all of that is there a part.
    """
    if len(text) <= most:
        return text
    if _is_seam(text, most):
        return text[:most]
    end = max((start for start in starts(text[: most + 1]) if start <= most), default=0)
    return text[: end or most]


def tail(text: str, most: int) -> str:
    """The last letters that fit into so many characters."""
    first = len(text) - most
    if first <= 0 or _is_seam(text, first):
        return text[max(first, 0) :]
    return text[next((each for each in starts(text) if each >= first), first) :]


def starts(text: str) -> Iterator[int]:
    """Where each letter begins."""
    # 20 ms, so that who never cuts a long text does not load it.
    import regex

    return (found.start() for found in regex.finditer(r"\X", text))


def _is_seam(text: str, at: int) -> bool:
    """Whether two letters meet there for certain, seen without the tables of Unicode."""
    before, after = text[at - 1], text[at]
    return before.isascii() and after.isascii() and (before, after) != ("\r", "\n")
