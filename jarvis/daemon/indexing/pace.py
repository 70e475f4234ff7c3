"""How fast the work goes and how long what is left takes, out of its last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 20.0
"""What is older says little: other work came between, or the texts were shorter."""
LEAST_S: Final = 0.5
"""Out of less time no speed is told."""


class Pace:
    """Counts what is done. Rests count too: they are part of how long it takes.

    Args:
        clock: in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: deque[tuple[float, int]] = deque()

    def begin(self) -> None:
        """Another stage begins, or work goes on after a pause."""
        self._steps.clear()
        self._steps.append((self._clock(), 0))

    def note(self, done: int) -> None:
        """So much more was done."""
        now_s = self._clock()
        total = self._steps[-1][1] if self._steps else 0
        self._steps.append((now_s, total + done))
        while len(self._steps) > 2 and self._steps[1][0] < now_s - WINDOW_S:
            self._steps.popleft()

    @property
    def per_s(self) -> float:
        """How many a second; 0 where that is not known yet."""
        if not self._steps:
            return 0.0
        (began_s, before), (last_s, total) = self._steps[0], self._steps[-1]
        took_s = last_s - began_s
        return (total - before) / took_s if took_s >= LEAST_S else 0.0

    def eta_s(self, left: int) -> float | None:
        """How long so many take; null where that is not known."""
        per_s = self.per_s
        return round(left / per_s, 1) if per_s > 0 else None
