"""Words and emoji of a text, whatever the script."""

from __future__ import annotations

import pytest

from jarvis.assistant.language.text import (
    emoji_in,
    has_word,
    without_emoji,
    words_of,
)

FAMILY, FLAG, WAVE = "👨‍👩‍👧", "🇳🇴", "👋🏽"


def test_joined_emoji_are_one() -> None:
    """A family, a flag, a hand of some colour: what a reader sees as one."""
    assert emoji_in(f"hi {FAMILY}{FLAG}{WAVE}❤️!") == [FAMILY, FLAG, WAVE, "❤️"]
    assert without_emoji(f"hi {FAMILY} there {FLAG}{WAVE}") == "hi there"


@pytest.mark.parametrize("text", ["⌈x⌉", "⌘ c", "© Jarvis", "®", "1 #2", "→", "½"])
def test_signs_are_no_emoji(text: str) -> None:
    """Brackets, arrows and the signs of keyboards and lawyers are text."""
    assert emoji_in(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("ẹ̀kọ́ dára", ["ẹ̀kọ́", "dára"]),
        ("don't 😀😀", ["don't", "😀", "😀"]),
        ("吃火锅", ["吃火", "火锅"]),
    ],
)
def test_marks_belong_to_the_word_they_stand_on(text: str, words: list[str]) -> None:
    """Vowel signs and accents of every script, and emoji one by one."""
    assert words_of(text) == words


def test_what_says_something_has_a_letter_or_an_emoji() -> None:
    """Links, numbers and marks alone say nothing."""
    assert has_word("ok")
    assert has_word("👍")
    assert not has_word("https://example.com/ok 42 …")
