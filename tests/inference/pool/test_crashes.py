"""When a worker has died too often."""

from __future__ import annotations

from jarvis.inference.pool.model_process import MOST_CRASHES, WINDOW_S, Crashes


def test_five_deaths_in_three_minutes_are_too_many() -> None:
    """Four are not; and when the first is long ago, five are not either."""
    now_s = 1000.0
    crashes = Crashes(clock=lambda: now_s)
    judged = []
    for _ in range(MOST_CRASHES):
        crashes.add()
        judged.append(crashes.are_too_many)
    now_s += WINDOW_S
    judged.append(crashes.are_too_many)
    assert judged == [False, False, False, False, True, False]
    assert crashes.total == MOST_CRASHES
