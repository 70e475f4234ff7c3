"""Texts to the numbers of BERT's word pieces, in plain Python: what the table needs.

The same numbers as the library `tokenizers` gives, which the daemon would have to load
for one question; most words of a text were seen before, and are found as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

_LONGEST_WORD: Final = 100
"""What is longer is no word: [UNK]."""
_MOST_KEPT: Final = 50_000
"""Words whose pieces are remembered; then all are forgotten."""
_CHINESE: Final = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F)),
    *((0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)
"""Blocks whose characters are words of their own; kana and Hangul are not among them."""


class WordPieces:
    """Numbers of pieces by the vocabulary, whose order is theirs; [UNK] is left out."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._kept: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str) -> list[int]:
        """Those of the text, in its order; none where nothing of it is known."""
        found: list[int] = []
        for chunk in _printable(text).split():
            known = self._kept.get(chunk)
            if known is None:
                known = self._look_up(chunk)
            found += known
        return found

    def _look_up(self, chunk: str) -> tuple[int, ...]:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        found = tuple(
            number for word in _words(chunk) for number in self._pieces_of(word)
        )
        if len(chunk) <= _LONGEST_WORD:
            self._kept[chunk] = found
        return found

    def _pieces_of(self, word: str) -> list[int]:
        """The longest piece that the word begins with, and so on; all of it or nothing."""
        if len(word) > _LONGEST_WORD:
            return []
        found = []
        start = 0
        while start < len(word):
            before = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._numbers.get(before + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return []
        return found


def _printable(text: str) -> str:
    """The text without what is not meant to be seen; every kind of space as a blank."""
    text = text.replace("\n", " ")
    if text.isprintable():
        return text
    return "".join(filter(None, map(_seen, text)))


def _seen(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    category = unicodedata.category(letter)
    if category[0] == "Z":
        return " "
    return "" if category[0] == "C" or letter == "\ufffd" else letter


def _words(chunk: str) -> Iterator[str]:
    """Its words in small letters without accents; each mark is a word of its own."""
    if not chunk.isascii():
        chunk = "".join(
            letter.lower()
            for letter in unicodedata.normalize("NFD", _spaced(chunk))
            if unicodedata.category(letter) != "Mn"
        )
    elif chunk.isalnum():
        yield chunk.lower()
        return
    else:
        chunk = chunk.lower()
    for part in chunk.split():
        ends = [place for place, letter in enumerate(part) if _is_mark(letter)]
        cuts = sorted({0, len(part), *ends, *(place + 1 for place in ends)})
        yield from (part[start:end] for start, end in pairwise(cuts))


def _spaced(chunk: str) -> str:
    return "".join(
        f" {letter} " if _is_chinese(ord(letter)) else letter for letter in chunk
    )


def _is_chinese(code: int) -> bool:
    return code >= 0x3400 and any(first <= code <= last for first, last in _CHINESE)


def _is_mark(letter: str) -> bool:
    if letter.isascii():
        return not letter.isalnum() and letter.isprintable() and letter != " "
    return unicodedata.category(letter)[0] == "P"
