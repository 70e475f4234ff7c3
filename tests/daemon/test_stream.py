"""What goes out on the stream of one request, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis.daemon.stream import PROGRESS_EVERY_S, SAME_EVERY_S, TokenStream
from jarvis.protocol.events import StreamProgress, StreamToken
from jarvis.records import Record


class Wire:
    """Both ways out, as one list, and a clock in the test's hand."""

    def __init__(self) -> None:
        self.sent: list[Record] = []
        self.now_s = 0.0
        self.stream = TokenStream(1, self.send, self.send, lambda: self.now_s)

    def send(self, method: str, params: Record) -> None:
        """Goes out."""
        self.sent.append(params)

    @property
    def told(self) -> list[tuple[Any, ...]]:
        """What was told of progress."""
        progress = [each for each in self.sent if isinstance(each, StreamProgress)]
        return [(each.phase, each.done, each.total) for each in progress]


@pytest.fixture
def wire() -> Wire:
    """A stream on which nothing was sent yet."""
    return Wire()


def test_each_phase_is_told_as_soon_as_it_begins(wire: Wire) -> None:
    """A short one is not missed."""
    wire.stream.progress("queued", 0, 1)
    wire.stream.progress("loading", 0, None)
    wire.stream.progress("reading", 0, 1900)
    wire.stream.progress("writing", 1, None)
    assert [phase for phase, *_ in wire.told] == [
        "queued",
        "loading",
        "reading",
        "writing",
    ]


def test_what_moves_fast_is_told_now_and_then(wire: Wire) -> None:
    """A prompt of a million tokens read one by one is a few lines a second."""
    for done in range(1000):
        wire.stream.progress("reading", done, 1000)
    assert wire.told == [("reading", 0, 1000)]
    wire.now_s += PROGRESS_EVERY_S
    wire.stream.progress("reading", 1000, 1000)
    assert wire.told[-1] == ("reading", 1000, 1000)


def test_what_stands_still_is_told_as_a_sign_of_life(wire: Wire) -> None:
    """And no more often than that."""
    for _ in range(100):
        wire.stream.progress("reading", 0, None)
        wire.now_s += SAME_EVERY_S / 10
    assert len(wire.told) == 10


def test_an_engine_that_wavers_is_not_repeated(wire: Wire) -> None:
    """Forth at once, back only now and then."""
    for _ in range(100):
        wire.stream.progress("reading", 0, None)
        wire.stream.progress("writing", 1, None)
    assert wire.told == [("reading", 0, None), ("writing", 1, None)]


def test_tokens_are_signs_of_life_themselves(wire: Wire) -> None:
    """While they come, that they are written need not be said."""
    for made in range(1, 100):
        wire.stream.progress("writing", made, None)
        wire.stream.token("word ")
        wire.now_s += PROGRESS_EVERY_S / 2
    assert wire.told == [("writing", 1, None)]
    assert len([each for each in wire.sent if isinstance(each, StreamToken)]) == 99
