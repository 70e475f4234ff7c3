"""Moments as people say them: «2m», «18:02», «Tue 18 Nov». No locale, no system clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from jarvis.records import Timestamp

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def moment(timestamp: Timestamp, zone: tzinfo | None) -> datetime:
    """The moment in the reader's zone; None is the zone the machine is set to."""
    return datetime.fromisoformat(timestamp).astimezone(zone)


def stamp(then: datetime) -> Timestamp:
    """The moment as records have it."""
    text = then.astimezone(UTC).isoformat(timespec="milliseconds")
    return Timestamp(text.replace("+00:00", "Z"))


def time_of_day(then: datetime) -> str:
    """«18:02»."""
    return f"{then.hour:02}:{then.minute:02}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in at most eight cells: «now», «41m», «5h», «Tue», «18 Nov».

    A moment in the future (a clock that is wrong) is «now».
    """
    age = now - then
    if age < timedelta(minutes=1):
        return "now"
    if age < timedelta(hours=1):
        return f"{age // timedelta(minutes=1)}m"
    if age < timedelta(hours=12) or then.date() == now.date():
        return f"{age // timedelta(hours=1)}h"
    if now.date() - then.date() < timedelta(days=7):
        return _DAYS[then.weekday()]
    month = _MONTHS[then.month - 1]
    return f"{then.day} {month}" if then.year == now.year else f"{month} {then.year}"


def date(then: datetime, now: datetime) -> str:
    """«18 Nov», in another year «18 Nov 2024»."""
    name = f"{then.day} {_MONTHS[then.month - 1]}"
    return name if then.year == now.year else f"{name} {then.year}"


def day(then: datetime, now: datetime) -> str:
    """The day as a heading: «Today», «Yesterday», «Tue 18 Nov», «Tue 18 Nov 2024»."""
    days_ago = (now.date() - then.date()).days
    if days_ago == 0:
        return "Today"
    if days_ago == 1:
        return "Yesterday"
    name = f"{_DAYS[then.weekday()]} {then.day} {_MONTHS[then.month - 1]}"
    return name if then.year == now.year else f"{name} {then.year}"


def duration(duration_ms: float) -> str:
    """«212 ms», «1.9 s», «12 s»."""
    if duration_ms < 999.5:
        return f"{duration_ms:.0f} ms"
    if duration_ms < 9_950:
        return f"{duration_ms / 1000:.1f} s"
    return f"{duration_ms / 1000:.0f} s"


def size(size_bytes: int) -> str:
    """«2.1 MB», in powers of a thousand as Messages counts."""
    value, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    is_fine = value < 9.95 and unit != "B"
    return f"{value:.1f} {unit}" if is_fine else f"{value:.0f} {unit}"
