"""Apple's clock to Jarvis's timestamps and back; pure, knows no database."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import isfinite

from jarvis.records import Timestamp

EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
"""Where Apple's clock stands at zero."""

EPOCH_TIMESTAMP = Timestamp("2001-01-01T00:00:00.000Z")

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
_MINUTES_PER_DAY = 1440
_EPOCH_DAY = date(2001, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal()
# Older systems counted seconds, newer ones nanoseconds. 1e11 seconds is the year 5138,
# 1e11 nanoseconds is less than two minutes after the epoch: nothing real is misread.
_SECONDS_BELOW = 100_000_000_000
# Put together from tables: a page holds up to three moments a message.
_SECONDS = tuple(f"{number:02}." for number in range(60))
_MILLISECONDS = tuple(f"{number:03}Z" for number in range(1000))


def from_apple(value: int | float | None) -> Timestamp | None:
    """The moment that a date column holds, in nanoseconds or seconds since 2001.

    None for NULL, for 0 ("not yet") and for what no calendar has (before year 1, after
    9999, not a number); it never raises.
    """
    if not value:
        return None
    if type(value) is int and value >= _SECONDS_BELOW:
        ms = value // NS_PER_MS
    elif type(value) is not int and (
        not isinstance(value, float) or not isfinite(value)
    ):
        return None
    else:
        is_seconds = -_SECONDS_BELOW < value < _SECONDS_BELOW
        ms = int(value * 1000 if is_seconds else value // NS_PER_MS)
    minute = ms // 60_000
    start = _minute_text(minute)
    if start is None:
        return None
    seconds, ms = divmod(ms - minute * 60_000, 1000)
    return Timestamp(start + _SECONDS[seconds] + _MILLISECONDS[ms])


def local_minute(value: int | float | None) -> str:
    """The same as this machine's clock shows it: "2025-11-18 18:02"; "" for none.

    The zone is asked for anew: a process may outlive a journey.
    """
    stamp = from_apple(value)
    if stamp is None:
        return ""
    time.tzset()
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError):  # a zone away from the first or the last year
        return stamp[:16].replace("T", " ")


def to_apple_ns(moment: datetime) -> int:
    """Nanoseconds since 2001 of an aware moment; exact to its microsecond."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


@lru_cache(maxsize=4096)
def _minute_text(minute: int) -> str | None:
    """The date and the minute, counted from the epoch; a page has few different ones."""
    day, minute_of_day = divmod(minute, _MINUTES_PER_DAY)
    if not 0 < day + _EPOCH_DAY <= _LAST_DAY:
        return None
    hours, minutes = divmod(minute_of_day, 60)
    return f"{date.fromordinal(day + _EPOCH_DAY).isoformat()}T{hours:02}:{minutes:02}:"
