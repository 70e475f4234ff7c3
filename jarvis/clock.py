"""The clock by which things grow old: it is never set back, and it goes on in sleep."""

from __future__ import annotations

import time


def awake_and_asleep_s() -> float:
    """Seconds since some moment.

    Sources: clock_gettime(2) of Linux for CLOCK_BOOTTIME; clock_gettime(3) of macOS, whose
    CLOCK_MONOTONIC counts sleep, which `time.monotonic` does not.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
