"""How often suggestions were used, week by week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis.assistant.drafting.calibration import WORTH
from jarvis.daemon.trend import MOST_COMPARED, trend_of
from jarvis.protocol.methods.learning import Trend

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday."""
WEEK = timedelta(weeks=1)


def outcome(action: str, when: datetime = NOW) -> tuple[str, int]:
    """As jarvis.db keeps it."""
    return action, int(when.timestamp() * 1000)


def trend(outcomes: Iterable[tuple[str, int]]) -> Trend:
    """In the weeks of UTC."""
    return trend_of(outcomes, now=NOW, zone=UTC)


def weeks_of(*used_of: tuple[int, int]) -> list[tuple[str, int]]:
    """So many used of so many, a week after the other up to now."""
    return [
        outcome("sent" if number < used else "dismissed", NOW - at * WEEK)
        for at, (used, count) in enumerate(reversed(used_of))
        for number in range(count)
    ]


def test_what_was_taken_counts_as_used_and_what_was_put_away_does_not() -> None:
    """As it was, copied, or changed; each kind is counted by itself, too."""
    actions = ["sent"] * 3 + ["copied"] * 2 + ["edited"] + ["dismissed"] * 4
    (week,) = trend(map(outcome, actions)).weeks
    assert (week.sent, week.copied, week.edited, week.dismissed) == (3, 2, 1, 4)
    assert (week.used.value, week.used.count) == (0.6, 10)
    assert week.used.low == pytest.approx(0.3127, abs=5e-5)
    assert week.used.high == pytest.approx(0.8318, abs=5e-5)


def test_every_action_of_the_contract_is_counted_in_its_week() -> None:
    """Whoever adds one decides what it says here."""
    (week,) = trend(map(outcome, WORTH)).weeks
    assert week.sent + week.copied + week.edited + week.dismissed == len(WORTH)
    assert week.used.count == len(WORTH)


def test_a_week_with_one_outcome_is_shown_with_all_its_doubt() -> None:
    """Its interval is wide; it is not hidden."""
    (week,) = trend([outcome("sent")]).weeks
    assert week.used.value == 1.0
    assert week.used.low == pytest.approx(0.2065, abs=5e-5)


def test_weeks_are_those_of_the_calendar_of_this_machine() -> None:
    """From Monday on; an hour before midnight in UTC is Monday already in Berlin."""
    sunday = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    for zone, begins, week in (
        (UTC, "2026-02-23", "2026-W09"),
        (ZoneInfo("Europe/Berlin"), "2026-03-02", "2026-W10"),
    ):
        (found,) = trend_of([outcome("sent", sunday)], now=NOW, zone=zone).weeks
        assert (found.begins, found.week) == (begins, week)


def test_the_first_days_of_a_year_may_be_of_the_last_weeks_of_another() -> None:
    """As ISO 8601 counts them."""
    (week,) = trend([outcome("sent", datetime(2021, 1, 2, tzinfo=UTC))]).weeks
    assert (week.week, week.begins) == ("2020-W53", "2020-12-28")


def test_a_week_without_outcomes_is_not_there() -> None:
    """Those around it are, in their order."""
    when = (NOW, NOW - 3 * WEEK)
    found = trend(outcome("sent", each) for each in when).weeks
    assert [week.begins for week in found] == ["2026-02-09", "2026-03-02"]


def test_a_rise_that_is_more_than_chance_is_said_so() -> None:
    """The first weeks against the last: 20 of 100 and 60 of 100."""
    change = trend(weeks_of((10, 50), (10, 50), (30, 50), (30, 50))).change
    assert change is not None
    assert change.weeks == 2
    assert (change.first.value, change.last.value) == (0.2, 0.6)
    assert change.difference.value == pytest.approx(0.4)
    assert change.is_shown


def test_a_fall_is_told_like_a_rise() -> None:
    """With its sign."""
    change = trend(weeks_of((60, 100), (20, 100))).change
    assert change is not None
    assert change.is_shown
    assert change.difference.value == pytest.approx(-0.4)
    assert change.difference.high is not None
    assert change.difference.high < 0


def test_what_may_be_chance_is_no_change() -> None:
    """1 of 4 and 3 of 4 look far apart."""
    change = trend(weeks_of((1, 4), (3, 4))).change
    assert change is not None
    assert not change.is_shown


def test_one_week_alone_changes_nothing() -> None:
    """There is nothing to compare."""
    assert trend(weeks_of((5, 10))).change is None


def test_the_weeks_in_the_middle_are_not_compared() -> None:
    """Nor more than four at each end: what was long ago says little of now."""
    change = trend(weeks_of((0, 5), *[(5, 5)] * 9, (0, 5))).change
    assert change is not None
    assert change.weeks == MOST_COMPARED
    assert (change.first.count, change.last.count) == (20, 20)
    three = trend(weeks_of((1, 5), (5, 5), (1, 5))).change
    assert three is not None
    assert (three.weeks, three.difference.value) == (1, 0.0)


def test_nothing_was_reported() -> None:
    """No week, no change."""
    assert trend([]) == Trend(weeks=())


def test_a_date_that_has_not_come_yet_is_left_out_and_counted() -> None:
    """However far away: a clock may say anything. A clock put right by an hour is none."""
    ahead = ("sent", 2**62)
    found = trend([outcome("sent", NOW + timedelta(hours=1)), ahead])
    assert found.ahead == 1
    assert sum(week.used.count for week in found.weeks) == 1


def test_a_kind_that_is_not_known_is_left_out_and_counted() -> None:
    """It may be of a newer version that ran here."""
    found = trend([outcome("admired"), outcome("sent")])
    assert found.unknown == 1
    assert sum(week.used.count for week in found.weeks) == 1


def test_a_clock_that_began_in_1970_makes_one_week_there() -> None:
    """And none of the weeks between."""
    found = trend([("sent", 0), outcome("sent")])
    assert [week.begins for week in found.weeks] == ["1969-12-29", "2026-03-02"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*WORTH, "admired"]),
            st.integers(0, int(NOW.timestamp() * 1000) * 2),
        ),
        max_size=60,
    )
)
def test_every_outcome_is_counted_once(outcomes: list[tuple[str, int]]) -> None:
    """In its week or among those left out; weeks rise."""
    found = trend(outcomes)
    counted = sum(week.used.count for week in found.weeks)
    assert counted + found.ahead + found.unknown == len(outcomes)
    begins = [week.begins for week in found.weeks]
    assert begins == sorted({*begins})
