"""Which messages of a conversation are read together, and as what. Pure.

A message alone is often too short to mean anything ("sounds good, Tuesday works"); with
those beside it and the name of the conversation it is found more than half as often again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from jarvis.search.worth import means_something
from jarvis.stores.index.records import IndexedMessage, Segment, StoredMessage

SIZE: Final = 5
STRIDE: Final = 3
"""Messages from the beginning of a segment to that of the next: two stand in both."""
GAP_MS: Final = 60 * 60 * 1000
"""After so long a silence people speak of something else."""
LONGEST_MS: Final = (SIZE - 1) * GAP_MS
"""From the first to the last message of a segment it is never longer."""
LONGEST_TEXT: Final = 400
"""Characters of one message: a long one must not push the others out of the window."""


_Message = StoredMessage | IndexedMessage


def segments_of(messages: Iterable[_Message]) -> list[Segment]:
    """The segments of one conversation's messages, which are given oldest first.

    Each message is in one or two, but for those beside which nothing is said at all.
    """
    return [
        Segment(
            chat=stretch[0].chat,
            first_ms=stretch[0].date_ms,
            first_id=stretch[0].id,
            last_ms=stretch[-1].date_ms,
            last_id=stretch[-1].id,
        )
        for run in _runs(messages)
        for stretch in _stretches(run)
        if means_something(" ".join(message.text for message in stretch))
    ]


def segment_text(conversation: str, texts: Iterable[str]) -> str:
    """What a segment is embedded as: the conversation's name, then a message a line."""
    lines = (" ".join(text[:LONGEST_TEXT].split()) for text in texts)
    return "\n".join(filter(None, (conversation, *lines)))


def _runs(messages: Iterable[_Message]) -> Iterator[list[_Message]]:
    """Messages, parted where nobody wrote for long."""
    run: list[_Message] = []
    for message in messages:
        if run and message.date_ms - run[-1].date_ms > GAP_MS:
            yield run
            run = []
        run.append(message)
    if run:
        yield run


def _stretches(run: Sequence[_Message]) -> Iterator[Sequence[_Message]]:
    """Five at a time, three further on each time, until the last is in one."""
    for start in range(0, len(run), STRIDE):
        yield run[start : start + SIZE]
        if start + SIZE >= len(run):
            return
