"""Which messages are read together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis.records import ChatId
from jarvis.search.segments import GAP_MS, SIZE, segment_text, segments_of
from jarvis.stores.index.records import StoredMessage

MINUTE_MS = 60_000


def said(id_: int, date_ms: int, text: str = "see you there") -> StoredMessage:
    """A message of a conversation."""
    return StoredMessage(
        id=id_,
        chat=1,
        chat_id=ChatId("c"),
        sender=None,
        date_ms=date_ms,
        text_id=1,
        text=text,
        extra="",
        has_attachment=False,
    )


def talk(count: int, *, first: int = 1, start_ms: int = 0) -> list[StoredMessage]:
    """Messages a minute apart."""
    return [said(first + n, start_ms + n * MINUTE_MS) for n in range(count)]


def spans(messages: list[StoredMessage]) -> list[tuple[int, int]]:
    return [(segment.first_id, segment.last_id) for segment in segments_of(messages)]


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


def test_where_nothing_is_said_there_is_no_segment() -> None:
    """An answer of one word that nobody wrote around is found by that word alone."""
    assert spans([said(1, 0, "ok"), said(2, 2 * GAP_MS, "the boots are yours")]) == [
        (2, 2)
    ]
    assert spans([said(1, 0, "the boots?"), said(2, 1, "ok")]) == [(1, 2)]


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
    messages, at_ms = [], 0
    for number, gap_ms in enumerate(gaps):
        at_ms += gap_ms
        messages.append(said(number, at_ms))
    held = [0] * len(messages)
    for first, last in spans(messages):
        assert 0 <= last - first < SIZE
        for number in range(first, last + 1):
            held[number] += 1
    assert all(1 <= times <= 2 for times in held)
