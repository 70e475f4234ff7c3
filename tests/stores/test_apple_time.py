"""Apple's clock: seconds or nanoseconds since 2001, to the wire's form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.stores.apple_time import EPOCH, from_apple, to_apple_ns


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (None, None),
        (0, None),
        (0.0, None),
        (float("nan"), None),
        (float("inf"), None),
        (-(10**30), None),
        (10**30, None),
        (1, "2001-01-01T00:00:01.000Z"),
        (0.25, "2001-01-01T00:00:00.250Z"),
        (785_187_729, "2025-11-18T19:42:09.000Z"),
        (785_187_729_120_000_000, "2025-11-18T19:42:09.120Z"),
        (-1_000_000_000_000, "2000-12-31T23:43:20.000Z"),
    ],
    ids=str,
)
def test_a_date_column_becomes_a_timestamp_or_nothing(
    value: float | None, moment: str | None
) -> None:
    """Both units, both signs, and what no calendar has."""
    assert from_apple(value) == moment


@given(st.datetimes(datetime(2001, 1, 2), datetime(2200, 1, 1)))
def test_milliseconds_survive_the_way_there_and_back(moment: datetime) -> None:
    """Exactly, with the rest cut off."""
    aware = moment.replace(tzinfo=UTC)
    text = from_apple(to_apple_ns(aware))
    assert text is not None
    read = datetime.fromisoformat(text)
    assert timedelta(0) <= aware - read < timedelta(milliseconds=1)


@given(st.integers() | st.floats())
def test_no_number_makes_it_raise(value: float) -> None:
    """Columns hold what they hold."""
    from_apple(value)


def test_the_epoch_is_apples() -> None:
    """1 January 2001."""
    assert to_apple_ns(EPOCH + timedelta(seconds=1)) == 1_000_000_000
