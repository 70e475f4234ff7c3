"""Other people's text made short for a person: on one line, no letter torn apart."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from jarvis.letters import cut, head, one_line, starts, tail

LETTERS = {
    "a flag": "🇯🇵",
    "a flag of tags": "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "a keycap": "1️⃣",
    "a heart in colour": "❤️",
    "a family": "👩‍👩‍👧‍👦",
    "a shade of skin": "🤷🏽‍♀️",
    "Hangul in pieces": "\u1112\u1161\u11ab",
    "a Devanagari conjunct": "क्षि",
    "a Tamil vowel": "நி",
    "Thai with a tone": "ที่",
    "an accent of its own": "e\u0301\u0323",
    "a line end of two": "\r\n",
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_a_letter_at_the_cut_is_whole_or_gone(letter: str) -> None:
    """Wherever the cut falls, beside words or beside its like."""
    for text in ("x" * 198 + letter + " and more" * 9, letter * 60):
        for most in range(180, 203):
            for short in (head(text, most), cut(text, most).removesuffix("…")):
                assert len(short) <= most
                assert set(starts(text)) >= {len(short)} or short == text
            assert text.endswith(end := tail(text, most))
            assert len(text) - len(end) in {*starts(text)}


@given(
    st.text(
        alphabet=st.characters() | st.sampled_from("🇯\u200d\u0301\u1161्"), max_size=60
    )
)
def test_a_cut_text_is_as_long_as_it_may_be(text: str) -> None:
    """It begins like the whole; only one letter that is longer than all is torn."""
    for most in range(1, 20):
        short = head(text, most)
        assert text.startswith(short)
        assert len(short) <= most
        letters = regex.findall(r"\X", text)
        if letters and len(letters[0]) <= most:
            whole = regex.findall(r"\X", short)
            assert letters[: len(whole)] == whole
        assert cut(text, most) == text or cut(text, most).endswith("…")


def test_only_what_is_too_long_ends_with_an_ellipsis() -> None:
    """No blank stands before it."""
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"
    assert cut("ab cdef", 4) == "ab…"
    assert tail("abcdef", 4) == "cdef"
    assert tail("abc", 4) == "abc"


@given(st.text())
def test_a_line_is_one_line_for_everybody(text: str) -> None:
    """Whatever Python, a terminal, a web page or a spreadsheet takes for a line's end."""
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not set(line) & {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}


def test_a_line_end_is_seen_where_it_was() -> None:
    """And words stay apart."""
    assert one_line("a\nb\r\nc\rd") == "a ⏎ b ⏎ c ⏎ d"
    assert one_line("a\u2028b\u2029c\vd\fe\x85f") == "a ⏎ b ⏎ c ⏎ d ⏎ e ⏎ f"
    assert one_line("a\tb\x1cc\0d") == "a b c d"
