"""Which words a small model may write."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.demo.model_style.lexicon import AllowedWords, Lexicon, runs

KNOWN = ["see", "you", "at", "don't", "So", "o'clock", "café", "😀"]
ASK = "Mira asks: dinner at 4:05 or 12? bring 1,500.50 for Ana's ❤️ straße"
ALLOWED_WORDS = AllowedWords(Lexicon(KNOWN, capitals=True), ASK)

LETTERS = "abA'1: "
SMALL_KNOWN = ["ab", "a'b", "bA"]
SMALL_ASK = "Ba 1:1 A'a 11"
SMALL = AllowedWords(Lexicon(SMALL_KNOWN, capitals=True), SMALL_ASK)
RUN = re.compile(r"[a-zA-Z]+(?:'[a-zA-Z]+)*|[0-9]+(?:[:.,][0-9]+)*")
ALLOWED = {
    *("ab", "Ab", "a'b", "A'b", "bA", "BA", "ba"),
    *("Ba", "1:1", "A'a", "a'a", "11"),
}


def is_fine(text: str) -> bool:
    """The slow and plain way to say that every word of a text is allowed."""
    return all(run in ALLOWED for run in RUN.findall(text))


def can_become_fine(text: str) -> bool:
    """Whether any two further characters, or fewer, make it so."""
    ends = ("", *LETTERS, *map("".join, product(LETTERS, repeat=2)))
    return any(is_fine(text + end) for end in ends)


@given(st.text(LETTERS, max_size=8), st.text(LETTERS, min_size=1, max_size=4))
def test_a_token_is_allowed_when_the_text_can_still_come_out_right(
    written: str, token: str
) -> None:
    """Said by an oracle that tries every ending."""
    open_part = re.split(r"\s", written)[-1]
    assert SMALL.allows(written, token) == can_become_fine(open_part + token)


@given(st.text(LETTERS, max_size=8))
def test_a_text_may_end_when_its_last_word_is_whole(written: str) -> None:
    """The same oracle."""
    assert SMALL.may_end(written) == is_fine(re.split(r"\s", written)[-1])


@given(st.text())
def test_runs_join_to_the_text(text: str) -> None:
    """Nothing is lost of any text, in any script."""
    assert "".join(run.text for run in runs(text)) == text.replace("’", "'")


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("", "See"),
        ("", "so"),
        ("See you ", "4"),
        ("See you 4", ":0"),
        ("See you 4:05", ". "),
        ("See you 12", "!"),
        ("", " don"),
        ("don", "'"),
        ("don", "’t"),
        ("", "mira"),
        ("", "Ana"),
        ("caf", "é"),
        ("", "❤️"),
        ("", "stra"),
    ],
)
def test_what_was_learnt_or_told_may_be_written(written: str, token: str) -> None:
    """Words, names, times, letters with accents, an emoji."""
    assert ALLOWED_WORDS.allows(written, token)


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("", "Zelda"),
        ("", "MIRA"),
        ("See you 4", " "),
        ("See you 4", "pm"),
        ("See you ", "5"),
        ("don", " "),
        ("don't", "s"),
        ("", "🎉"),
        ("", "kilo"),
        ("", "you kilo"),
    ],
)
def test_what_nobody_said_is_refused(written: str, token: str) -> None:
    """Other names, other spellings, other times, parts of numbers, other emoji."""
    assert not ALLOWED_WORDS.allows(written, token)


def test_half_a_letter_is_for_those_who_may_write_such_letters() -> None:
    """Its first byte says too little to decide more."""
    assert ALLOWED_WORDS.allows("caf", "\ufffd")
    plain = AllowedWords(Lexicon(["see"], capitals=True), "dinner?")
    assert not plain.allows("", "\ufffd")


def test_after_a_word_that_slipped_through_the_next_one_is_looked_at_anew() -> None:
    """A step without an allowed token is left as it is; that spoils one word."""
    assert not ALLOWED_WORDS.allows("Zelda", " you")
    assert ALLOWED_WORDS.allows("Zelda ", "you")
