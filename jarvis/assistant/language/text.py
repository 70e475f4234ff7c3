"""What a text is made of, in any script: words, emoji, links; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import regex

LONGEST_READ: Final = 2_000
"""Characters of one text that are looked at; the rest says little about an answer."""

# Copyright signs and the like are letters to those who type them.
_PICTURE: Final = r"[[\p{Extended_Pictographic}\p{Regional_Indicator}]--[©®]]"
_CHANGERS: Final = r"\p{Emoji_Modifier}\uFE0F\u20E3\U000E0020-\U000E007F"
EMOJI_PARTS: Final = (
    rf"\p{{Extended_Pictographic}}\p{{Regional_Indicator}}{_CHANGERS}\u200D"
)
"""Every character that emoji are made of, to stand in a set of a pattern of `regex`."""
EMOJI: Final = regex.compile(
    rf"(?:\p{{Regional_Indicator}}{{2}}|{_PICTURE})[{_CHANGERS}]*"
    rf"(?:\u200D{_PICTURE}[{_CHANGERS}]*)*\u200D*",
    regex.V1,
)
BLANK_AND_EMOJI: Final = regex.compile(rf"\s?(?:{EMOJI.pattern})", regex.V1)
_WORD: Final = regex.compile(
    rf"[^\W_](?:[\w\p{{M}}\u200C\u200D]|['’](?=[^\W\d_]))*|{_PICTURE}", regex.V1
)
_WITHOUT_BLANKS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_SAYING: Final = regex.compile(rf"\p{{L}}|{_PICTURE}", regex.V1)
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
