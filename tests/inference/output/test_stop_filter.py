"""What of a model's raw text is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.inference.output.marks import marks_in
from jarvis.inference.output.stop_filter import StopFilter
from jarvis.inference.output.unmarked import SPELT_ENDS

STOPS = st.lists(st.text("ab\n", min_size=1, max_size=4), max_size=3)
RAW = st.lists(
    st.sampled_from(["a", "b", "ab", "\n", " ", "\ufffd", "<think>", "</think>", "<t"]),
    max_size=30,
)


def visible(pieces: list[str], stop: list[str]) -> str:
    """All that is shown of a text that comes in these pieces."""
    text = StopFilter(stop)
    return "".join([*map(text.feed, pieces), text.finish()])


@given(RAW, STOPS)
def test_the_split_into_pieces_does_not_matter(
    pieces: list[str], stop: list[str]
) -> None:
    """Whole, by pieces or letter by letter: the same is shown."""
    whole = "".join(pieces)
    assert visible(pieces, stop) == visible([whole], stop)
    assert visible(list(whole), stop) == visible([whole], stop)


@given(RAW, STOPS)
def test_no_stop_string_is_ever_shown(pieces: list[str], stop: list[str]) -> None:
    """Not even in parts that join to one."""
    shown = visible(pieces, stop)
    assert not any(text in shown for text in stop)


@given(st.text(), st.integers(1, 5))
def test_plain_text_comes_out_as_it_went_in(text: str, size: int) -> None:
    """Only the blanks in front are lost, and a half letter at the end."""
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    expected = text.lstrip()
    spelt = (*SPELT_ENDS, "assistant\n", "model\n")
    is_spelt = any(mark.casefold() in expected.casefold() for mark in spelt)
    if not is_spelt and not any(marks_in(text, "", is_whole=True)):
        assert visible(pieces, []) == expected.rstrip("\ufffd")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\n\n  Yes", "Yes"),
        ("<think>\nhm, yes\n</think>\n\nYes", "Yes"),
        ("<think>never ends", ""),
        ("<thin", "<thin"),
        ("a <think> later", "a "),
        ("cut in an emoji \ufffd", "cut in an emoji "),
        ("Yes\n\nNo", "Yes"),
        ("\n\nYes", "Yes"),
    ],
)
def test_what_is_no_part_of_the_text_is_dropped(raw: str, shown: str) -> None:
    """Thoughts, blanks in front, half letters, and all from the stop string on."""
    assert visible(list(raw), ["\n\n"]) == shown


def test_only_what_may_become_a_stop_string_is_held_back() -> None:
    """Text streams at once; a newline waits for what follows it."""
    text = StopFilter(["\n\n"])
    assert text.feed("Sure") == "Sure"
    assert text.feed("\n") == ""
    assert text.feed("at 7") == "\nat 7"
    assert text.feed("\n\nMe: x") == ""
    assert text.stopped
    assert text.feed("more") == ""
