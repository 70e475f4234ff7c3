"""Confidences held against what became of earlier suggestions: isotonic bins; pure.

By hand: the one library that has it is a hundred times the size of this file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import groupby
from typing import Final, Literal, NamedTuple

FEWEST_OUTCOMES: Final = 200
"""Below this many a curve would be noise, and confidences stay as they were computed."""

Action = Literal["sent", "edited", "dismissed", "copied"]

WORTH: Final[dict[Action, float]] = {
    "sent": 1.0,
    "copied": 1.0,
    "edited": 0.5,
    "dismissed": 0.0,
}
"""What an outcome counts: taken as it was, taken in part, not taken."""


class Outcome(NamedTuple):
    """A confidence as it was computed, and what the suggestion proved to be worth."""

    confidence: float
    worth: float


class Calibration:
    """From a computed confidence to the share of suggestions like it that were taken.

    The curve never falls: adjacent outcomes, sorted by confidence, are put into one bin
    until their means rise (pool adjacent violators). An edited suggestion counts half.

    >>> taken = [Outcome(0.9, WORTH["sent"])] * 90 + [Outcome(0.9, WORTH["edited"])] * 20
    >>> left = [Outcome(0.4, WORTH["dismissed"])] * 80 + [Outcome(0.4, WORTH["sent"])] * 20
    >>> calibration = Calibration(taken + left)
    >>> round(calibration(0.95), 2), round(calibration(0.5), 2)
    (0.91, 0.2)
    """

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        ordered = sorted(outcomes)
        self.is_known = len(ordered) >= FEWEST_OUTCOMES
        """Whether there are enough outcomes."""
        self._starts: list[float] = []
        self._means: list[float] = []
        if self.is_known:
            for bin_ in _pooled(ordered):
                self._starts.append(bin_.start)
                self._means.append(bin_.total / bin_.outcomes)

    def __call__(self, confidence: float) -> float:
        """The calibrated confidence; the same as given while too little is known."""
        if not self.is_known:
            return confidence
        return self._means[max(bisect_right(self._starts, confidence) - 1, 0)]


class _Bin(NamedTuple):
    start: float
    total: float
    outcomes: int


def _pooled(ordered: list[Outcome]) -> list[_Bin]:
    bins: list[_Bin] = []
    for confidence, same in groupby(ordered, key=lambda each: each.confidence):
        worths = [each.worth for each in same]
        new = _Bin(confidence, sum(worths), len(worths))
        while bins and _is_no_better(new, than=bins[-1]):
            before = bins.pop()
            new = _Bin(
                before.start,
                before.total + new.total,
                before.outcomes + new.outcomes,
            )
        bins.append(new)
    return bins


def _is_no_better(later: _Bin, than: _Bin) -> bool:
    return later.total * than.outcomes <= than.total * later.outcomes
