"""Moments on Apple's clock, which counts from 2001-01-01 UTC, for writing a chat.db."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jarvis.records import Timestamp

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


def nanoseconds(moment: datetime) -> int:
    """A moment as chat.db stores dates; moment must know its time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def timestamp(date_ns: int) -> Timestamp:
    """A date of chat.db as records and the wire show it."""
    moment = _EPOCH + timedelta(microseconds=date_ns // 1000)
    return Timestamp(f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z")


def hour_of_day(date_ns: int) -> int:
    """The hour in UTC, 0 to 23."""
    return date_ns % DAY_NS // HOUR_NS
