"""Texts as their words are compared: one fold, for what is written and what is asked.

Case, accents and ways of encoding go (names.py). A script that puts no spaces between
words is told letter by letter, and each emoji is a word: a run of them is then found as a
phrase, wherever it begins.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from jarvis.names import plain

FOLD_VERSION: Final = f"1 {unicodedata.unidata_version}"
"""What was folded by another is folded anew; which letters there are is Python's word."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals of Chinese characters
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Chinese characters
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F),  # kana
    (0x20000, 0x3FFFF),  # Chinese characters
)
_EMOJI: Final = range(0x1F000, 0x1FB00)
"""So that one that Unicode had not heard of when Python was made is one too."""
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


class _Apart(dict[int, str]):
    """What becomes of each letter, looked up in Unicode when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _apart(code)
        return self[code]


def fold(text: str) -> str:
    """The words of the text, a space between two."""
    return " ".join(plain(text).translate(_TABLE).split())


def words_of(query: str) -> tuple[str, ...]:
    """What a query asks for, each once, in its order: words as `fold` writes them.

    What stands without a space is one phrase ("don't", "火锅"), but each emoji is its own.
    """
    found: dict[str, None] = {}
    for piece in query.split():
        phrase: list[str] = []
        for word in fold(piece).split():
            if _is_emoji(ord(word[0])):
                found.update(dict.fromkeys((" ".join(phrase), word)))
                phrase = []
            else:
                phrase.append(word)
        found[" ".join(phrase)] = None
    return tuple(word for word in found if word)


def _apart(code: int) -> str:
    if _is_emoji(code):
        return "" if code in _SKIN_TONES else f" {chr(code)} "
    category = unicodedata.category(chr(code))
    if category[0] not in "LMN":
        return " "
    is_unspaced = any(first <= code <= last for first, last in _UNSPACED)
    return f" {chr(code)} " if is_unspaced else chr(code)


def _is_emoji(code: int) -> bool:
    return code in _EMOJI or unicodedata.category(chr(code)) in ("So", "Co")


_TABLE: Final = _Apart()
