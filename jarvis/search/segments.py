"""Which messages of a conversation are read together, and as what. Pure.

A message alone is often too short to mean anything ("sounds good, Tuesday works"); with
those beside it and the name of the conversation it is found more than half as often again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

SIZE: Final = 5
STRIDE: Final = 3
"""Messages from the beginning of a segment to that of the next: two stand in both."""
GAP_MS: Final = 60 * 60 * 1000
"""After so long a silence people speak of something else."""
LONGEST_TEXT: Final = 400
"""Characters of one message: a long one must not push the others out of the window."""


class Spoken(Protocol):
    """A message as segments are made of it."""

    @property
    def id(self) -> int:
        """Its ROWID."""

    @property
    def date_ms(self) -> int:
        """When it was sent, in ms since 1970."""

    @property
    def text(self) -> str:
        """Its words."""


class Segment(NamedTuple):
    """Messages of one conversation that follow each other, oldest first.

    `is_open`: the next message may still belong to it. `digest` is another one as soon as
    a text of it is.
    """

    first: int
    last: int
    first_ms: int
    last_ms: int
    size: int
    is_open: bool
    digest: bytes


def runs(messages: Iterable[Spoken]) -> Iterator[list[Spoken]]:
    """Messages of one conversation, oldest first, parted where nobody wrote for long."""
    run: list[Spoken] = []
    for message in messages:
        if run and message.date_ms - run[-1].date_ms > GAP_MS:
            yield run
            run = []
        run.append(message)
    if run:
        yield run


def segments_of(messages: Iterable[Spoken]) -> Iterator[Segment]:
    """The segments of one conversation's messages, which are given oldest first.

    Only the last may be open; that it is too old to grow is the caller's to know.
    """
    stretches = [stretch for run in runs(messages) for stretch in _stretches(run)]
    for number, stretch in enumerate(stretches, start=1):
        is_last = number == len(stretches)
        yield Segment(
            first=stretch[0].id,
            last=stretch[-1].id,
            first_ms=stretch[0].date_ms,
            last_ms=stretch[-1].date_ms,
            size=len(stretch),
            is_open=is_last and len(stretch) < SIZE,
            digest=_digest(stretch),
        )


def _stretches(run: Sequence[Spoken]) -> Iterator[Sequence[Spoken]]:
    """Five at a time, three further on each time, until the last is in one."""
    for start in range(0, len(run), STRIDE):
        yield run[start : start + SIZE]
        if start + SIZE >= len(run):
            return


def segment_text(conversation: str, texts: Iterable[str]) -> str:
    """What a segment is embedded as: the conversation's name, then a message a line."""
    lines = (" ".join(text[:LONGEST_TEXT].split()) for text in texts)
    return "\n".join(filter(None, (conversation, *lines)))


def _digest(stretch: Sequence[Spoken]) -> bytes:
    digest = blake2b(digest_size=16)
    for message in stretch:
        digest.update(
            f"{message.id}\n{message.text}\0".encode("utf-8", "surrogatepass")
        )
    return digest.digest()
