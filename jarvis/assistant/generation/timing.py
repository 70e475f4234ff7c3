"""How long an answer took, measured while it is made; and what many of them took."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from jarvis.inference.engine import Generated
from jarvis.records import Timing


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that is no less than such a share of all (nearest rank).

    Args:
        ordered: the values, the smallest first; null for none.
        share: above 0, up to 1.
    """
    if not ordered:
        return None
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


class Stopwatch:
    """Measures an answer from when it was asked for until `timing` is called."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.tokens = 0
        """How many tokens the model made, over all texts of the answer."""
        self.generation_ms = 0.0
        """How long the model was at it, over all texts of the answer."""
        self.laps_ms: dict[str, float] = {}
        """How long each phase took, by its name."""
        self._clock = clock
        self._asked_s = self._lap_s = clock()
        self._queued_ms = 0.0
        self._first_token_ms: float | None = None
        self._paced_tokens = 0
        self._paced_ms = 0.0

    def see_text(self) -> None:
        """Note that text has come; the first call sets the time to the first token."""
        if self._first_token_ms is None:
            self._first_token_ms = self._since_asked_ms()

    def add(self, generated: Generated, queued_ms: float) -> None:
        """Count one finished text of the answer."""
        self.tokens += generated.tokens
        self.generation_ms += generated.total_ms
        self._queued_ms += queued_ms
        if generated.first_token_ms is not None and generated.tokens > 1:
            self._paced_tokens += generated.tokens - 1
            self._paced_ms += generated.total_ms - generated.first_token_ms

    def lap(self, phase: str) -> None:
        """End a phase, which began where the one before it ended."""
        now_s = self._clock()
        self.laps_ms[phase] = (now_s - self._lap_s) * 1000
        self._lap_s = now_s

    def timing(self) -> Timing:
        """What was measured.

        `queued_ms` is what the answer waited for others and for the model to load; the
        rest counts from the asking. `tokens_per_second` leaves out the reading of the
        prompt: it is the pace after the first token.
        """
        pace = self._paced_tokens / self._paced_ms * 1000 if self._paced_ms else None
        return Timing(
            queued_ms=self._queued_ms,
            first_token_ms=self._first_token_ms,
            total_ms=self._since_asked_ms(),
            tokens_per_second=pace,
        )

    def _since_asked_ms(self) -> float:
        return (self._clock() - self._asked_s) * 1000
