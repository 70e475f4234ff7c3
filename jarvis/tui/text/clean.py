"""A stranger's text made safe to draw: no control codes, no reordering, known widths.

Only what is drawn is changed; the text that is copied, sent or drafted from stays whole.
"""

from __future__ import annotations

import re
from typing import Final

_REMOVED: Final = (
    *range(0x00, 0x09),
    *range(0x0E, 0x20),
    *range(0x7F, 0xA0),
    0x200B,  # zero-width space, and what else no terminal agrees on the width of
    0x2060,
    0xFEFF,
    *range(
        0x202A, 0x202F
    ),  # bidi embeddings and overrides: they reorder our own chrome
    *range(0x2066, 0x206A),
    0xFFFC,  # the place of an attachment in Apple's text; the attachment has its own row
    # Emoji presentation: two cells for Textual and one for tmux. Without it both agree.
    0xFE0E,
    0xFE0F,
    *range(0xE0000, 0xE0080),  # tags, the invisible half of some flags
)
_LINES: Final = (0x0B, 0x0C, 0x85, 0x2028, 0x2029)
_TABLE: Final = (
    dict.fromkeys(_REMOVED)
    | dict.fromkeys(_LINES, "\n")
    | dict.fromkeys(
        range(0xD800, 0xE000), "\ufffd"
    )  # lone surrogates cannot be printed
    # A space, so that CR LF stays one line end and a lone CR does not glue two words.
    | {0x0D: " ", 0x09: "    "}
)

# A joined family is drawn two cells wide by one terminal and six by the next; taken apart
# it is six everywhere. After a letter the joiner shapes script and is kept.
_EMOJI_JOINER: Final = re.compile("(?<=[\u2190-\u2bff\U0001f000-\U0001faff])\u200d")

_MOST_MARKS: Final = 4
"""Combining marks drawn on one letter; Vietnamese needs two, Hebrew with points three."""
_MARKS: Final = (
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_PILED_MARKS: Final = re.compile(f"({_MARKS}{{{_MOST_MARKS}}}){_MARKS}+")


def clean(text: str) -> str:
    """The text as it may be drawn; line ends are kept as `\\n`, all else is printable."""
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_TABLE)
    if text.isascii():
        return text
    return _PILED_MARKS.sub(r"\1", _EMOJI_JOINER.sub("", text))


def one_line(text: str) -> str:
    """The text as it may be drawn in one row: line ends become spaces."""
    return clean(text).replace("\n", " ")
