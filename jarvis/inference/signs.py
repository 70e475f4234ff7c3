"""Progress of a text, repeated while it does not change, as a sign of life."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from jarvis.inference.engine import Progress
from jarvis.records import StreamPhase

REPEATED_S: Final = 5.0
"""The longest the daemon is silent about a text that is waited for."""


class Signs:
    """Passes progress on, and repeats the last of it when asked to."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last: tuple[StreamPhase, int, int | None] = ("reading", 0, None)

    def __call__(self, phase: StreamPhase, done: int, total: int | None) -> None:
        """See Progress."""
        self.note(phase, done, total)
        self.again()

    def note(self, phase: StreamPhase, done: int, total: int | None) -> None:
        """Set what `again` repeats."""
        self._last = (phase, done, total)

    def again(self) -> None:
        """Repeat it."""
        self._progress(*self._last)


@contextmanager
def repeated(progress: Progress | None) -> Iterator[Progress]:
    """Progress that is repeated every REPEATED_S until it changes or the block is left.

    Its reader then knows a text that is waited for from a daemon that is gone; when a
    model is taken for dead is not decided here.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle | None = None
    is_over = progress is None

    def tell(phase: StreamPhase, done: int, total: int | None) -> None:
        nonlocal timer
        if is_over or progress is None:
            return
        if timer is not None:
            timer.cancel()
        timer = loop.call_later(REPEATED_S, tell, phase, done, total)
        progress(phase, done, total)

    try:
        yield tell
    finally:
        is_over = True
        if timer is not None:
            timer.cancel()
