"""What a text is made of, in any script: words, emoji, links; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_READ: Final = 2_000
"""Characters of one text that are looked at; the rest says little about an answer."""

# Vowel signs and accents of their own are no \w to Python, but part of a word.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0903\u093a-\u094f\u0962-\u0963\u0980-\u0dff\u0e30-\u0e4e\u0eb0-\u0ece"
    "\u0f71-\u0f87\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
_EMOJI_LETTERS: Final = (
    "\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\U0001f000-\U0001faff"
)
_JOINERS: Final = "\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
EMOJI_PARTS: Final = _EMOJI_LETTERS + _JOINERS
"""Every character that emoji are made of, to stand in a class of a pattern."""
EMOJI: Final = re.compile(f"[{_EMOJI_LETTERS}](?:[{_JOINERS}]+[{_EMOJI_LETTERS}]?)*")
BLANK_AND_EMOJI: Final = re.compile(rf"\s?(?:{EMOJI.pattern})")
_WORD: Final = re.compile(
    rf"[^\W_](?:[\w{_MARKS}]|['’](?=[^\W\d_]))*|[{_EMOJI_LETTERS}]"
)
_WITHOUT_BLANKS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_SAYING: Final = re.compile(rf"[^\W\d_]|[{_EMOJI_LETTERS}]")
LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """The words in order, in small letters, emoji one by one.

    Where a script leaves no blanks between words, all pairs of neighbouring letters stand
    for them.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST_READ]).casefold()
    found: list[str] = []
    for word in _WORD.findall(text.replace("’", "'")):
        if word.isascii() or not _WITHOUT_BLANKS.search(word):
            found.append(word)
        else:
            found += _pairs(word)
    return found


def _pairs(word: str) -> list[str]:
    if len(word) < 3:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def normalised(text: str) -> str:
    """A key that texts share which differ in case, blanks and marks only."""
    return " ".join(words_of(text)) or text.strip()[:LONGEST_READ]


def emoji_in(text: str) -> list[str]:
    """The emoji of a text, joined ones whole."""
    return EMOJI.findall(text[:LONGEST_READ])


def without_emoji(text: str) -> str:
    """The text with its emoji left out, and no blanks in their place."""
    if EMOJI.search(text) is None:
        return text
    return re.sub(r"[ \t]{2,}", " ", EMOJI.sub("", text)).strip()


def has_word(text: str) -> bool:
    """Whether a text holds a letter or an emoji outside of links."""
    return _SAYING.search(LINK.sub(" ", text[:LONGEST_READ])) is not None


def first_cased_letter(text: str) -> str | None:
    """The letter that a text begins with; null where that has no case, or is none."""
    letter = text.lstrip(" \"'“‘(¿¡")[:1]
    return letter if letter.lower() != letter.upper() else None
