"""Word pieces in plain Python, held against the library that everybody else uses."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from jarvis.inference.embedders.static import TABLE
from jarvis.inference.embedders.word_pieces import WordPieces

UNKNOWN: Final = "[UNK]"


@cache
def vocabulary() -> list[str]:
    """The table's."""
    return (TABLE / "pieces.txt").read_text(encoding="utf-8").splitlines()


@cache
def pieces() -> WordPieces:
    """What is tried."""
    return WordPieces(vocabulary())


@cache
def library() -> Tokenizer:
    """What it is tried against."""
    numbers = {piece: number for number, piece in enumerate(vocabulary())}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def by_library(text: str) -> list[int]:
    """Its numbers, without those of what is unknown."""
    unknown = library().token_to_id(UNKNOWN)
    return [number for number in library().encode(text).ids if number != unknown]


@pytest.mark.parametrize(
    "text",
    [
        "Dinner on Friday? I'd love to!!",
        "it's 7:30pm @ Joe's, $4.50 + tip",
        "Crème brûlée à la maison, Ünal",
        "吃火锅吗 let's go 一起",
        "안녕하세요 여러분, これはペンです",
        "a\nb\tc\r\nd e f",
        "‘quotes’ “double” — dashes… • bullets",
        "antidisestablishmentarianism 😂🎉 x" + "y" * 200,
        "İstanbul ΌΣΟΣ straße Ǆ",
        "zero\u200bwidth soft\u00adhyphen \x07bell \ufffd",
    ],
)
def test_numbers_are_the_librarys(text: str) -> None:
    """Letters, accents, marks, scripts without blanks, and what cannot be seen."""
    assert pieces().numbers(text) == by_library(text)


LETTERS = some.characters(
    # What Unicode gave out later than a library's tables is not held against either.
    exclude_categories=("Cs", "Cn", "Co"),
    max_codepoint=0x2FFF,
)


@given(some.text(LETTERS, max_size=40))
@example("A\u0300B\u3000c")
def test_numbers_are_the_librarys_whatever_is_written(text: str) -> None:
    """Hypothesis looks for a text where they are not."""
    assert pieces().numbers(text) == by_library(text)


def test_halves_of_letters_fail_nothing() -> None:
    """A lone surrogate is no letter, and what stands beside it is still read."""
    assert pieces().numbers("dinner \ud83d friday") == pieces().numbers("dinner friday")
