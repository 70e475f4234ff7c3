"""A summary is held against the messages while it streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.context import read_context
from jarvis.assistant.summarizing.checking import CheckedSummary, sources_of
from jarvis.assistant.summarizing.shaping import MOST_POINTS
from tests.assistant.thread import thread

CONTEXT = read_context(
    thread(
        "Mia: can you bring the boots on Sunday?",
        "Me: sure",
        "Tom: lunch at 13:30 at Saffron",
        "Mia: thanks!",
    )
)
SHAPED = st.lists(
    st.sampled_from(
        [
            "Mia asks",
            " for boots",
            "\n- ",
            "Lunch at 13:30",
            "at 9",
            " Zoe",
            "boots",
            ".",
        ]
    )
)


def passed(pieces: list[str]) -> tuple[str, CheckedSummary]:
    """What comes out of these pieces, and the summary after them."""
    checked = CheckedSummary(CONTEXT.lines, CONTEXT.people)
    return "".join([*map(checked.feed, pieces), checked.finish()]), checked


@given(SHAPED)
def test_the_split_into_pieces_does_not_matter(pieces: list[str]) -> None:
    """And what comes out joins to the first line and the points."""
    whole = "".join(pieces)
    text, checked = passed(pieces)
    assert (text, checked.points) == (passed([whole])[0], passed([whole])[1].points)
    assert text == passed(list(whole))[0]
    assert text == checked.summary + "".join(f"\n- {each}" for each in checked.points)
    assert len(checked.sources) == len(checked.points) <= MOST_POINTS


@pytest.mark.parametrize(
    ("point", "stands"),
    [
        ("Lunch at 13:30 at Saffron", True),
        ("Lunch at 13.30", True),
        ("Decided: boots on Sunday", True),
        ("You have not answered yet", True),
        ("Lunch at 14:30", False),
        ("Mia meets Zoe", False),
        ("Boots on Monday", False),
        ("See example.com", False),
    ],
)
def test_a_point_says_what_some_message_says(point: str, stands: bool) -> None:
    """Its names, numbers, days and links."""
    text, checked = passed([f"All set.\n- {point}"])
    assert (checked.points == [point]) is stands
    assert (text == f"All set.\n- {point}") is stands


def test_nothing_is_said_twice() -> None:
    """A model that repeats itself is heard once."""
    _, checked = passed(["Boots.\n- boots\n- lunch at Saffron\n- Lunch at Saffron!"])
    assert checked.points == ["lunch at Saffron"]


def test_a_point_that_shares_no_words_comes_from_the_newest_message() -> None:
    """It tells of how the conversation stands."""
    assert sources_of("Nothing is open", CONTEXT.lines) == (4,)
    assert sources_of("You bring the boots on Sunday", CONTEXT.lines) == (1,)
