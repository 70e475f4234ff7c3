"""Lines out of bytes, whatever way the bytes are cut."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from jarvis.protocol.framing import OVERLONG, LineBuffer, Overlong


def fed(buffer: LineBuffer, pieces: list[bytes]) -> list[bytes | Overlong]:
    """All lines that come out of the pieces and of an LF at the end."""
    lines = [line for piece in pieces for line in buffer.feed(piece)]
    return lines + buffer.feed(b"\n")


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def test_lf_and_crlf_both_end_a_line() -> None:
    """A client may end its lines either way, even within one write."""
    assert LineBuffer().feed(b"one\ntwo\r\nthree") == [b"one", b"two"]


def test_blank_lines_are_ignored() -> None:
    """Empty lines and lines of blanks carry nothing."""
    assert LineBuffer().feed(b"\n\r\n  \t\n{}\n\n") == [b"{}"]


def test_the_last_line_needs_no_lf() -> None:
    """Whoever sees the input end feeds an LF: it completes a line, or is a blank one."""
    buffer = LineBuffer()
    assert buffer.feed(b"{}\n{") == [b"{}"]
    assert buffer.feed(b"\n") == [b"{"]
    assert buffer.feed(b"\n") == []


def test_a_line_of_exactly_the_limit_passes_with_either_ending() -> None:
    """The limit counts the line, not its ending."""
    for ending in (b"\n", b"\r\n"):
        assert LineBuffer(4).feed(b"1234" + ending) == [b"1234"]
        assert fed(LineBuffer(4), [b"1234", ending]) == [b"1234"]
        assert fed(LineBuffer(4), [b"12345", ending]) == [OVERLONG]


def test_an_overlong_line_is_reported_once_and_the_next_one_is_read() -> None:
    """Skipping ends at the LF; what follows is whole."""
    buffer = LineBuffer(8)
    assert buffer.feed(b"x" * 10) == [OVERLONG]
    assert buffer.feed(b"y" * 1000) == []
    assert buffer.feed(b"tail\nnext\n") == [b"next"]


def test_an_endless_line_takes_no_more_memory_than_the_limit() -> None:
    """64 MB without LF leave at most the limit in the buffer."""
    buffer = LineBuffer(1024)
    kept = 0
    for _ in range(1024):
        buffer.feed(b"z" * 65536)
        kept = max(kept, sum(map(len, buffer._parts)))
    assert kept <= 1025


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_lines(
    data: bytes, places: list[int]
) -> None:
    """Where the bytes were cut on their way leaves no trace."""
    whole = fed(LineBuffer(16), [data])
    assert fed(LineBuffer(16), cut(data, places)) == whole
