"""Items of different heights under each other: which one is at a row, and back."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Heights:
    """Cumulative heights in rows; finding the item at a row is one bisection.

    The heights are exact, so the scroll bar never lies and nothing jumps.
    """

    def __init__(self, heights: Iterable[int] = ()) -> None:
        """Stack the items in the order given, each at least one row high."""
        self._ends = array("L", accumulate(heights))

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def total(self) -> int:
        return self._ends[-1] if self._ends else 0

    def top(self, index: int) -> int:
        return self._ends[index - 1] if index else 0

    def height(self, index: int) -> int:
        return self._ends[index] - self.top(index)

    def locate(self, row: int) -> tuple[int, int]:
        """The item at a row in 0..total-1, and the row within that item."""
        index = bisect_right(self._ends, row)
        return index, row - self.top(index)

    def append(self, height: int) -> None:
        """Put one more item below all others."""
        self._ends.append(self.total + height)

    def truncate(self, count: int) -> None:
        """Keep only the first `count` items."""
        del self._ends[count:]

    def replace(self, index: int, height: int) -> bool:
        """Make one item this high; whether that moved the ones below."""
        grown = height - self.height(index)
        if grown:
            for below in range(index, len(self._ends)):
                self._ends[below] += grown
        return bool(grown)
