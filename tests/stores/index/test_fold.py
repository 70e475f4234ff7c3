"""Words are compared as people mean them, in every script, and never read as a command."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.stores.index.fold import fold, words_of

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Groß, Sørensen!", "gross sorensen"),
        ("don't", "don t"),
        ("吃火锅 ok", "吃 火 锅 ok"),
        ("ひらがなカタカナ", "ひ ら が な カ タ カ ナ"),
        ("한국어 말", "한국어 말"),
        ("😂😂 lol", "😂 😂 lol"),
        ("👍🏽", "👍"),
        ("❤️ it", "❤ it"),
        ("हिन्दी", "हिन्दी"),
        ("שָׁלוֹם", "שלום"),
        ("a\x00b\ud800c", "a b c"),
        ("١٢ ½", "١٢ 1 2"),
        ("", ""),
    ],
)
def test_a_text_is_its_words(text: str, folded: str) -> None:
    """Without case, accents, skin tones and ways of encoding."""
    assert fold(text) == folded


@given(ANY_TEXT)
def test_what_is_folded_stays_so(text: str) -> None:
    """And is the same however the text was encoded; a quote never comes through."""
    once = fold(text)
    assert fold(once) == once
    assert fold(unicodedata.normalize("NFC", text)) == once
    assert fold(unicodedata.normalize("NFD", text)) == once
    assert not set('"*^(){}:+-\x00') & set(once)


@given(ANY_TEXT)
def test_each_word_of_a_text_is_in_it(text: str) -> None:
    """What is asked for is what was written, in its order."""
    folded = f" {fold(text)} "
    for word in words_of(text):
        assert f" {word} " in folded


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Who asked about the boots?", ("who", "asked", "about", "the", "boots")),
        ("don't  don't", ("don t",)),
        ("火锅", ("火 锅",)),
        ("ok😂😂ok then", ("ok", "😂", "then")),
        ('text:"a" NEAR(b) * ^c', ("text a", "near b", "c")),
        ("?! ...", ()),
    ],
)
def test_a_query_is_its_words_and_phrases(query: str, words: tuple[str, ...]) -> None:
    """What stands without a space is a phrase, each emoji is a word; nothing commands."""
    assert words_of(query) == words
