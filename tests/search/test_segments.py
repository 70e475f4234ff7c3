"""Which messages are read together."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from jarvis.search.segments import GAP_MS, SIZE, segment_text, segments_of

MINUTE_MS = 60_000


class Line(NamedTuple):
    id: int
    date_ms: int
    text: str = "see you there"


def talk(count: int, *, first: int = 1, start_ms: int = 0) -> list[Line]:
    """Messages a minute apart."""
    return [Line(first + n, start_ms + n * MINUTE_MS) for n in range(count)]


def spans(lines: list[Line]) -> list[tuple[int, int]]:
    return [(segment.first, segment.last) for segment in segments_of(lines)]


def test_messages_are_read_five_at_a_time_and_two_of_them_twice() -> None:
    """A segment begins with every third message; the last one may be shorter."""
    assert spans(talk(5)) == [(1, 5)]
    assert spans(talk(6)) == [(1, 5), (4, 6)]
    assert spans(talk(8)) == [(1, 5), (4, 8)]
    assert spans(talk(9)) == [(1, 5), (4, 8), (7, 9)]


def test_an_hour_of_silence_ends_a_segment() -> None:
    """What is said after it is of something else; a minute less is not."""
    before = talk(3)
    later_ms = before[-1].date_ms + GAP_MS
    assert spans([*before, *talk(3, first=4, start_ms=later_ms)]) == [(1, 5), (4, 6)]
    assert spans([*before, *talk(3, first=4, start_ms=later_ms + 1)]) == [
        (1, 3),
        (4, 6),
    ]


def test_only_the_newest_segment_is_open() -> None:
    """As long as it has room, what comes next may belong to it."""
    [*earlier, newest] = segments_of(talk(7))
    assert not any(segment.is_open for segment in earlier)
    assert newest.is_open
    assert not any(segment.is_open for segment in segments_of(talk(8)))


def test_an_edit_makes_other_segments_of_those_it_stands_in() -> None:
    """And of no others: what did not change keeps its vector."""
    lines = talk(12)
    before = [segment.digest for segment in segments_of(lines)]
    lines[0] = lines[0]._replace(text="see you here")
    after = [segment.digest for segment in segments_of(lines)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [
        False,
        *[True] * (len(before) - 1),
    ]


def test_a_segment_is_read_with_the_name_of_its_conversation() -> None:
    """First the name, then a message a line; nameless ones are only their messages."""
    assert segment_text("Mira", ["hi\nthere", "hello"]) == "Mira\nhi there\nhello"
    assert segment_text("", ["hi"]) == "hi"


def test_one_long_message_leaves_room_for_those_beside_it() -> None:
    """Of a long one only the beginning is read together with others."""
    text = segment_text("Mira", ["long " * 1000, "the boots are yours"])
    assert text.endswith("\nthe boots are yours")
    assert len(text) < 500


@given(st.lists(st.integers(0, 2 * GAP_MS), max_size=60))
def test_every_message_stands_in_a_segment(gaps: list[int]) -> None:
    """In one or two, in order, and none is longer than five."""
    lines, at_ms = [], 0
    for number, gap_ms in enumerate(gaps):
        at_ms += gap_ms
        lines.append(Line(number, at_ms))
    held = [0] * len(lines)
    for segment in segments_of(lines):
        assert segment.size == segment.last - segment.first + 1 <= SIZE
        for number in range(segment.first, segment.last + 1):
            held[number] += 1
    assert all(1 <= times <= 2 for times in held)
