"""Holding a small model to words it may use: those it learnt, and those it was told.

Copying is what a small model is worst at: it writes a name or a time that nobody said.
Held to its own vocabulary and to the words of the last ask, it can only copy right or
say something general. Nothing here knows a model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

HALF_LETTER: Final = "\ufffd"
"""Stands for the bytes of a letter that is not complete yet."""

_JOINERS: Final = {"word": "'", "number": ":.,"}
_Kind = Literal["word", "number", "other"]


@dataclass(frozen=True)
class Run:
    """A word (letters with apostrophes inside), a number (digits with : . , inside), or
    characters that are neither."""

    kind: _Kind
    text: str


def runs(text: str) -> list[Run]:
    """What a text is made of, in order; the runs join to the text."""
    found: list[Run] = []
    for kind, characters in groupby(
        _kinds(text.replace("’", "'")), lambda pair: pair[0]
    ):
        found.append(Run(kind, "".join(character for _, character in characters)))
        if len(found) >= 3:
            _join_last_three(found)
    return found


def _kinds(text: str) -> Iterator[tuple[_Kind, str]]:
    """Each character and what it is part of; every joiner is a run of its own kind."""
    before: _Kind = "other"
    for character in text:
        before = _kind(character, before)
        yield before, character


def _kind(character: str, before: _Kind) -> _Kind:
    match unicodedata.category(character)[0]:
        case "L":
            return "word"
        case "N":
            return "number"
        case "M" if before == "word":
            # Vowels of many scripts are marks on the letter before.
            return "word"
        case _:
            return "other"


def _join_last_three(found: list[Run]) -> None:
    first, joiner, last = found[-3:]
    if (
        first.kind == last.kind != "other"
        and len(joiner.text) == 1
        and joiner.text in _JOINERS[first.kind]
    ):
        found[-3:] = [Run(first.kind, first.text + joiner.text + last.text)]


class Lexicon:
    """Words and numbers, every beginning of one of them, and the signs beside them."""

    def __init__(self, text: Iterable[str], *, capitals: bool) -> None:
        """Take all that stands in the texts.

        Args:
            text: pieces that are read each by itself.
            capitals: whether a word may also begin with a capital letter; it may be
                written small in any case.
        """
        found = [run for piece in text for run in runs(piece)]
        whole = {run.text for run in found if run.kind != "other"}
        self.signs = frozenset(
            sign for run in found if run.kind == "other" for sign in run.text
        )
        spelt = whole | {word.lower() for word in whole}
        if capitals:
            spelt |= {word[0].upper() + word[1:] for word in whole}
        self.whole = frozenset(spelt)
        self.beginnings = frozenset(
            word[:end] for word in spelt for end in range(1, len(word) + 1)
        )
        self.has_wide = any(not word.isascii() for word in (*self.whole, *self.signs))
        """Whether anything in it takes more than one byte to write."""


class AllowedWords:
    """What may be written in answer to one ask.

    Words: of the known ones, also with a capital or all small; of the ask, as they stand
    there or all small. Numbers: of both, as they stand there. Emoji and other pictures:
    those that stand in either. All else that is neither letter nor digit is free.
    """

    def __init__(self, known: Lexicon, ask: str) -> None:
        self._lexicons = (known, Lexicon([ask], capitals=False))
        self._judged: dict[str, bool] = {}
        """By what would stand after the last blank: words begin alike, again and again."""

    def allows(self, written_so_far: str, token_text: str) -> bool:
        """Whether the token leaves only words that are allowed, or can become so."""
        if token_text.endswith(HALF_LETTER):
            # Which letter it will be is seen with its last byte.
            has_wide = any(lexicon.has_wide for lexicon in self._lexicons)
            whole = token_text.rstrip(HALF_LETTER)
            return has_wide and (not whole or self.allows(written_so_far, whole))
        if HALF_LETTER in token_text:
            return False  # it would stay half a letter
        end = _last_word(written_so_far) + token_text
        judged = self._judged.get(end)
        if judged is None:
            judged = self._judged[end] = self._is_fine(end)
        return judged

    def _is_fine(self, end: str) -> bool:
        *closed, last = runs(end) or [_NOTHING]
        return all(map(self._is_whole, closed[:-1])) and self._may_go_on(closed, last)

    def may_end(self, written_so_far: str) -> bool:
        """Whether the text can stop here: its last word is whole."""
        return all(map(self._is_whole, runs(_last_word(written_so_far))))

    def _may_go_on(self, closed: list[Run], last: Run) -> bool:
        """Whether the end of a text is fine, or the beginning of something that is."""
        before = closed[-1] if closed else _NOTHING
        if last.kind != "other":
            return self._is_whole(before) and self._begins(last.text)
        if not self._is_whole(last):
            return False
        is_joiner = before.kind != "other" and last.text in _JOINERS[before.kind]
        return self._is_whole(before) or (
            is_joiner and self._begins(before.text + last.text)
        )

    def _begins(self, text: str) -> bool:
        return any(text in lexicon.beginnings for lexicon in self._lexicons)

    def _is_whole(self, run: Run) -> bool:
        if run.kind == "other":
            return all(map(self._is_free, run.text))
        return any(run.text in lexicon.whole for lexicon in self._lexicons)

    def _is_free(self, sign: str) -> bool:
        return not _is_picture(sign) or any(
            sign in lexicon.signs for lexicon in self._lexicons
        )


_NOTHING: Final = Run("other", "")


def _is_picture(sign: str) -> bool:
    """Emoji, and what emoji are put together from."""
    return not sign.isascii() and unicodedata.category(sign) in _PICTURES


_PICTURES: Final = frozenset({"So", "Sk", "Cf", "Co", "Cn", "Cs", "Mn", "Mc", "Me"})


def _last_word(text: str) -> str:
    """What stands after the last blank: a word ends there at the latest."""
    parts = text.split()
    return parts[-1] if parts and not text[-1].isspace() else ""
