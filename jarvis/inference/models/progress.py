"""How far a download is: what its process tells the daemon, a JSON object a line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from jarvis.records import Record

STEP_S: Final = 0.1
"""Progress is told ten times a second, not more."""


class FoundLine(Record, frozen=True, kw_only=True, tag="found"):
    """What the hub has; comes first."""

    size_bytes: int
    """To download, all files together."""
    licence: str | None
    path: str
    """The folder that the model gets."""


class ProgressLine(Record, frozen=True, kw_only=True, tag="progress"):
    """How much of it is here."""

    done_bytes: int
    total_bytes: int


class FailedLine(Record, frozen=True, kw_only=True, tag="failed"):
    """Why it ended without a model; a sentence for a person."""

    reason: str
    is_busy: bool
    """Whether another process is at it."""


Line = FoundLine | ProgressLine | FailedLine
Say = Callable[[Line], None]


class Progress:
    """Reports the first and the last number of bytes, and one every STEP_S between."""

    def __init__(
        self, total_bytes: int, say: Say, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total_bytes = total_bytes
        self._say = say
        self._clock = clock
        self._next_s = 0.0

    def __call__(self, done_bytes: int) -> None:
        """Report, where it is time to."""
        now_s = self._clock()
        if now_s >= self._next_s or done_bytes == self._total_bytes:
            self._next_s = now_s + STEP_S
            self._say(
                ProgressLine(done_bytes=done_bytes, total_bytes=self._total_bytes)
            )
