"""What a draft that is ready saves: served, begun anew, and over a month of mail."""

from __future__ import annotations

from benchmarks.harness import Row
from benchmarks.prefetch import hits, replay


def measure() -> list[Row]:
    """First the drafts, then the months, which are printed."""
    rows = hits.measure()
    replay.print_months()
    return rows
