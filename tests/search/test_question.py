"""How a query is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.search.question import MOST_LETTERS, MOST_WORDS, question_of


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("who asked about the boots", ("who", "asked", "about", "the", "boots")),
        ("Boots  BOOTS\nboots", ("boots",)),
        ('the "blue car" and blue', ("the", "blue car", "and", "blue")),
        ("“blue car”", ("blue car",)),
        ('an "unclosed quotation', ("an", "unclosed", "quotation")),
        ("boots AND NOT (car OR *)", ("boots", "and", "not", "car", "or")),
        ("text:boots NEAR/3 ^car -blue", ("text boots", "near 3", "car", "blue")),
        ("吃火锅 😂😂", ("吃 火 锅", "😂")),
        ('""', ()),
        ("?! … -- ***", ()),
    ],
)
def test_a_query_is_words_and_quotations(query: str, words: tuple[str, ...]) -> None:
    """Each once, in their order; no sign of a query language means anything."""
    assert question_of(query).words == words


@pytest.mark.parametrize(
    "query",
    [
        '"see you there"',
        "«wie bitte»",
        "anna@example.com",
        "+44 7400 123456",
        "12:30",
        "X7-2291",
        "https://example.com/a?b",
        "#A12",
    ],
)
def test_who_asks_for_letters_and_not_for_a_meaning_is_understood(query: str) -> None:
    """A quotation, an address, a number, a code, a link."""
    assert question_of(query).is_exact


@pytest.mark.parametrize(
    "query", ["boots", "who said 12", '"boots" for me', "well-known", "a@b", ""]
)
def test_whatever_else_is_asked_is_a_question(query: str) -> None:
    """Also with a number or a quotation in it."""
    assert not question_of(query).is_exact


def test_blanks_ask_for_nothing() -> None:
    """The newest messages are the answer then; signs alone do ask for something."""
    assert question_of(" \n ").is_empty
    assert not question_of("?").is_empty


def test_a_page_that_was_pasted_is_looked_for_as_far_as_it_goes() -> None:
    """And the question knows that it was cut."""
    question = question_of("boots " * 20_000)
    assert question.is_cut
    assert question.words == ("boots",)
    assert len(question.text) <= MOST_LETTERS
    many = question_of(" ".join(map(str, range(200))))
    assert len(many.words) == MOST_WORDS
    assert many.is_cut
    assert not question_of("boots").is_cut


@given(st.text())
def test_any_text_is_a_question(query: str) -> None:
    """Without an error, and never with a word that is none."""
    question = question_of(query)
    assert all(question.words)
    assert len(set(question.words)) == len(question.words)
