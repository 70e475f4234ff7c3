"""A model's summary in one shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.summarizing.shaping import MOST_POINTS, SummaryShaper

RAW = st.lists(
    st.sampled_from(
        [
            "- ",
            "-",
            "* ",
            "*",
            "**",
            "1. ",
            "#",
            "\n",
            " ",
            "a",
            "Mia asked",
            ":",
            "Summary:",
        ]
    )
)


def shaped(raw: list[str]) -> tuple[str, SummaryShaper]:
    """What comes out of these pieces, and what it says it is."""
    shaper = SummaryShaper()
    return "".join([*map(shaper.feed, raw), shaper.finish()]), shaper


@given(RAW)
def test_the_split_into_pieces_does_not_matter(raw: list[str]) -> None:
    """Whole, by pieces or letter by letter: the same summary."""
    whole = "".join(raw)
    assert shaped(raw)[0] == shaped([whole])[0] == shaped(list(whole))[0]


@given(RAW)
def test_the_stream_joins_to_summary_and_points(raw: list[str]) -> None:
    """The summary, a newline, then "- point" lines: the promise of the wire."""
    text, shaper = shaped(raw)
    assert text == "\n- ".join((shaper.summary, *shaper.points))
    assert len(shaper.points) <= MOST_POINTS
    for line in (shaper.summary, *shaper.points):
        assert line == line.strip()
    assert all(shaper.points)


@pytest.mark.parametrize(
    ("raw", "summary", "points"),
    [
        ("Dinner.\n- at 7\n- Mia books\n", "Dinner.", ("at 7", "Mia books")),
        ("# Dinner.\n\n* at 7\n1. Mia books", "Dinner.", ("at 7", "Mia books")),
        ("Summary: Dinner.\nKey points:\n• at 7", "Dinner.", ("at 7",)),
        ("- Dinner.\n- at 7", "Dinner.", ("at 7",)),
        ("Dinner.\nAt 7.\nMia books.", "Dinner.", ("At 7.", "Mia books.")),
        ("Dinner.\n-\n- \n- at 7", "Dinner.", ("at 7",)),
        ("**Dinner.**\n\n**Points:**\n- **at** 7", "Dinner.", ("at 7",)),
        ("Sum of it", "Sum of it", ()),
        ("Dinner.\n-5 degrees", "Dinner.", ("-5 degrees",)),
        ("Dinner.\n7 people come", "Dinner.", ("7 people come",)),
        ("", "", ()),
        ("Dinner.\n" + "- x\n" * 9, "Dinner.", ("x",) * 5),
    ],
)
def test_other_shapes_are_put_right(
    raw: str, summary: str, points: tuple[str, ...]
) -> None:
    """Headings, blank lines, other bullets, none at all, too many."""
    _, shaper = shaped(list(raw))
    assert (shaper.summary, shaper.points) == (summary, points)


def test_points_stream_word_by_word() -> None:
    """Not line by line: the reader sees them being written."""
    shaper = SummaryShaper()
    fed = [shaper.feed(piece) for piece in ("Dinner", ".\n", "- at", " 7\n", "- Mia")]
    assert fed == ["Dinner", ".", "\n- at", " 7", "\n- Mia"]
