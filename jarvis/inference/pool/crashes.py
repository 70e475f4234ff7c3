"""How often a worker has died, and when that is too often."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

MOST_CRASHES: Final = 5
WINDOW_S: Final = 180.0


class Crashes:
    """Counts crashes; `are_too_many` after MOST_CRASHES within WINDOW_S."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self._clock = clock
        self._recent_s: deque[float] = deque(maxlen=MOST_CRASHES)

    def add(self) -> None:
        """One more, now."""
        self.total += 1
        self._recent_s.append(self._clock())

    def forgive(self) -> None:
        """Begin anew: another model was chosen, which has done nothing yet."""
        self._recent_s.clear()

    @property
    def are_too_many(self) -> bool:
        """Whether only a person's wish is reason enough to try again."""
        recent_s = self._recent_s
        return len(recent_s) == MOST_CRASHES and self._clock() - recent_s[0] < WINDOW_S
