"""Text on its way to the screen: wrapped, cleaned, measured, timed; all of it pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jarvis.records import Message
from jarvis.tui.text import when
from jarvis.tui.text.clean import clean, one_line
from jarvis.tui.text.heights import Heights
from jarvis.tui.text.message_rows import columns_for, speaker
from jarvis.tui.text.titles import thread_title
from jarvis.tui.text.wrap import NARROWEST, GrowingText, fit, pad, wrap
from tests.tui.fake import CLIMBING, conversation, message

NOW = datetime(2025, 11, 18, 21, 42, tzinfo=UTC)
WORDS = st.text(alphabet="ab é漢🍮 \n\t\u0301", max_size=80) | st.text(max_size=60)


@given(WORDS, st.integers(1, 40))
def test_no_line_is_wider_than_its_column(text: str, width: int) -> None:
    """Whatever is written, in any script."""
    for line in wrap(clean(text), width):
        assert cell_len(line) <= max(width, NARROWEST)


@given(WORDS, st.integers(1, 40))
def test_no_letter_is_lost_in_wrapping(text: str, width: int) -> None:
    """Only blanks at a break fall away."""
    cleaned = clean(text)
    kept = "".join(wrap(cleaned, width)).replace(" ", "")
    assert kept == cleaned.replace("\n", "").replace(" ", "")


def test_an_accent_on_a_blank_is_no_blank() -> None:
    """It is drawn, so it does not fall away at a break."""
    assert "".join(wrap("    \u0301", 2)).endswith("\u0301")


@pytest.mark.parametrize("letter", ["🇯🇵", "क्षि", "\u1112\u1161\u11ab"])
def test_no_letter_is_torn_at_the_edge_of_a_column(letter: str) -> None:
    """A flag is drawn whole on one line or the next, and cut before or after."""
    for width in range(8, 14):
        for text in ("x" * 9 + letter * 4, letter * 9):
            for line in wrap(text, width):
                assert line.replace("x", "") == letter * line.count(letter)
            kept = fit(text, width).removesuffix("…").replace("x", "")
            assert kept == letter * kept.count(letter)


def test_words_stay_whole_where_they_fit() -> None:
    """And a word longer than the column is cut."""
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap("", 5) == [""]


@given(st.lists(WORDS, max_size=6), st.integers(2, 30))
def test_a_growing_text_is_wrapped_as_if_it_came_at_once(
    pieces: list[str], width: int
) -> None:
    """However it was cut into tokens."""
    growing = GrowingText(width)
    pieces = [clean(piece) for piece in pieces]
    for piece in pieces:
        growing.extend(piece)
    joined = "".join(pieces)
    if joined.isascii():
        assert growing.lines() == (wrap(joined, width) if pieces else [])


@given(st.text(max_size=60))
def test_nothing_that_is_drawn_can_steer_the_terminal(text: str) -> None:
    """No control code, no override of direction, nothing that cannot be encoded."""
    drawn = clean(text)
    assert all(letter == "\n" or ord(letter) >= 0x20 for letter in drawn)
    assert not set(drawn) & {"\x7f", "\x9b", "\u202e", "\u2066", "\ufeff"}
    drawn.encode()
    assert "\n" not in one_line(text)


@given(WORDS, st.integers(1, 30))
def test_padding_makes_exactly_the_width(text: str, width: int) -> None:
    """Cut with an ellipsis, or filled with blanks."""
    line = one_line(text)
    assert cell_len(fit(line, width)) <= width
    assert cell_len(pad(line, width)) == width


@given(st.lists(st.integers(1, 9), min_size=1, max_size=50), st.data())
def test_every_row_belongs_to_the_item_that_covers_it(
    heights: list[int], data: st.DataObject
) -> None:
    """And back."""
    stack = Heights(heights)
    row = data.draw(st.integers(0, stack.total - 1))
    index, within = stack.locate(row)
    assert stack.top(index) + within == row
    assert within < stack.height(index) == heights[index]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-30), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=41), "41m"),
        (timedelta(hours=5), "5h"),
        (timedelta(days=1), "Mon"),
        (timedelta(days=20), "29 Oct"),
        (timedelta(days=400), "Oct 2024"),
    ],
    ids=str,
)
def test_ages_are_said_in_a_word(age: timedelta, words: str) -> None:
    """At most eight cells."""
    assert when.ago(NOW - age, NOW) == words


def test_days_durations_and_sizes_are_said_as_people_say_them() -> None:
    """Today before a date, milliseconds before seconds."""
    assert when.day(NOW, NOW) == "Today"
    assert when.day(NOW - timedelta(days=1), NOW) == "Yesterday"
    assert when.day(NOW - timedelta(days=3), NOW) == "Sat 15 Nov"
    assert when.duration(212.4) == "212 ms"
    assert when.duration(1940) == "1.9 s"
    assert when.size(2_100_000) == "2.1 MB"


def said_by(*names: str) -> list[Message]:
    """A message of each, who are called so."""
    return [
        msgspec.structs.replace(
            message(at, "hello", "2025-11-18T18:02:00.000Z"),
            sender=f"+1555{at:04}",
            sender_name=name,
            sender_short_name=name,
        )
        for at, name in enumerate(names)
    ]


@pytest.mark.parametrize("width", [40, 59, 80, 120])
def test_two_of_one_first_name_are_told_apart_in_a_thread(width: int) -> None:
    """Their column is wide enough for where they differ, as far as there is room."""
    thread = said_by("Alexandra K.", "Alexandra R.", "Bea")
    room = columns_for(thread, width).name_width
    assert len({fit(speaker(each), room) for each in thread}) == 3
    assert columns_for(said_by("Alexandra K.", "Bea"), 40).name_width == 6
    assert columns_for(said_by("A" * 50 + "b", "A" * 50 + "c"), width).text_width >= 8


def test_the_head_of_a_group_counts_people() -> None:
    """Not addresses; and the reader is one of them."""
    group = conversation(CLIMBING, "Climbing", "hi", "2025-11-18T21:01:00.000Z")
    addresses = ("+15550100", "+15550101", "a@example.com")
    group = msgspec.structs.replace(group, participants=addresses, people=2)
    assert thread_title(group) == "Climbing · 3 people · iMessage"
