"""Server-sent events from bytes that come in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.inference.engines.openai.sse import LONGEST_EVENT_BYTES, EventStream


def events(pieces: list[bytes]) -> list[str]:
    """All events of a stream that comes in these pieces."""
    stream = EventStream()
    return [event for piece in pieces for event in stream.feed(piece)]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces."""
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[begin:end] for begin, end in pairwise(bounds)]


PARTS = st.lists(
    st.sampled_from(
        ["data:", "data: ", "\n", "\r", "\r\n", ":", "id: 1", "zoë 🥳", "\ufeff", "x"]
    )
).map(lambda parts: "".join(parts).encode())


@given(PARTS, st.lists(st.integers(0, 200)))
def test_the_split_into_pieces_does_not_matter(data: bytes, places: list[int]) -> None:
    """Whole, in pieces or byte by byte, in the middle of letters and of line ends."""
    whole = events([data])
    assert events(cut(data, places)) == whole
    assert events([bytes([byte]) for byte in data]) == whole


@given(st.lists(st.text("ab é🥳:", max_size=5), max_size=5), st.sampled_from("\n\r"))
def test_what_was_sent_comes_out(texts: list[str], line_end: str) -> None:
    """One event a text, whatever ends the lines; the last CR may be half of a CRLF."""
    sent = "".join(f"data: {text}{line_end}{line_end}" for text in texts)
    assert events([sent.encode(), b":\n"]) == texts


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b": keepalive 1/2\n\ndata: a\n\n", ["a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"\xef\xbb\xbfdata:a\n\n", ["a"]),
        (b"event: x\nid: 7\nretry: 1\ndata\n\n", [""]),
        (b"data: cut", []),
    ],
)
def test_comments_and_names_are_read_over(data: bytes, found: list[str]) -> None:
    """As the standard says; an event that is not over does not count."""
    assert events([data]) == found


def test_garbage_is_told_and_not_quoted() -> None:
    """Neither bytes that are no text nor an event that never ends."""
    with pytest.raises(ValueError, match=r"^bytes that are not UTF-8$"):
        events([b"data: secret \xff\n"])
    with pytest.raises(ValueError, match=r"^an event that does not end$"):
        events([b"x" * 1000] * (LONGEST_EVENT_BYTES // 1000 + 1))
    with pytest.raises(ValueError, match=r"^an event that does not end$"):
        events([b"data: x\n" * 1000] * (LONGEST_EVENT_BYTES // 1000 + 1))
