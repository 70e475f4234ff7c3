"""Which letters of a hit are lit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.search.highlights import highlights
from jarvis.stores.index.fold import fold, words_of


def lit(text: str, query: str) -> list[str]:
    """The lit pieces of a text."""
    spans = highlights(text, words_of(query))
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "query", "pieces"),
    [
        ("Where are my Boots? boots!", "boots", ["Boots", "boots"]),
        ("reboots", "boots", []),
        ("Café, cafe\u0301 and CAFE", "café", ["Café", "cafe\u0301", "CAFE"]),
        ("don't, I dont", "don't", ["don't"]),
        ("我们去吃火锅吧", "火锅", ["火锅"]),
        ("ha 😂😂 ha", "😂", ["😂", "😂"]),
        ("thumbs 👍🏽", "👍", ["👍🏽"]),
        ("Straße", "strasse", ["Straße"]),
        ("", "boots", []),
        ("boots", "", []),
        ("call 555-0100 now", "555-0100", ["555-0100"]),
    ],
)
def test_what_was_asked_for_is_lit_as_it_was_written(
    text: str, query: str, pieces: list[str]
) -> None:
    """Whole letters, however they are encoded; nothing that is only a part of a word."""
    assert lit(text, query) == pieces


def test_a_word_that_others_may_begin_with_lights_them_whole() -> None:
    """While somebody types, and for the plural of a noun."""
    assert lit("the bootstrap of boots", "boot") == ["bootstrap", "boots"]
    assert lit("catalogue", "cat") == []


def test_places_that_overlap_are_lit_as_one() -> None:
    """A client that walks through them never goes back."""
    spans = highlights("new york city", ("new york", "york city"))
    assert spans == ((0, 13),)


@given(st.text(), st.text(max_size=20))
def test_lit_pieces_are_in_order_and_inside(text: str, query: str) -> None:
    """Whatever somebody wrote, or asks."""
    spans = highlights(text, words_of(query))
    ends = [0, *(edge for span in spans for edge in span), len(text)]
    assert ends == sorted(ends)


@given(st.text(st.characters(categories=["L", "N", "So", "Z"]), min_size=1))
def test_a_text_that_is_its_own_query_is_lit(text: str) -> None:
    """As far as there is a word in it."""
    assert bool(highlights(text, words_of(text))) == bool(fold(text))
