"""How often suggestions were used, week by week, by what clients said of them; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from jarvis.assistant.drafting.calibration import WORTH
from jarvis.assistant.evaluating.scores import difference_of, share_of
from jarvis.protocol.methods.learning import Trend, TrendChange, TrendWeek
from jarvis.records import Estimate

MOST_COMPARED: Final = 4
"""So many weeks at each end are compared: one alone seldom holds enough."""
_KNOWN: Final = frozenset[str](WORTH)
_USED: Final = frozenset[str](action for action, worth in WORTH.items() if worth)
_PUT_RIGHT: Final = timedelta(days=1)
"""A clock that is put right by less than that has not been wrong."""


def trend_of(
    outcomes: Iterable[tuple[str, int]],
    *,
    now: datetime,
    zone: tzinfo | None = None,
    is_cut: bool = False,
) -> Trend:
    """The weeks that have an outcome, and whether the last are unlike the first.

    Args:
        outcomes: action and moment in milliseconds since 1970, in any order.
        now: aware; what bears a later date is left out.
        zone: in whose weeks it is counted; None is where this machine is.
        is_cut: there were older ones.
    """
    latest_ms = (now + _PUT_RIGHT).timestamp() * 1000
    by_week: dict[date, Counter[str]] = {}
    ahead = unknown = 0
    for action, made_ms in outcomes:
        if action not in _KNOWN:
            unknown += 1
        elif made_ms > latest_ms:
            ahead += 1
        else:
            monday = _monday(datetime.fromtimestamp(made_ms / 1000, zone).date())
            by_week.setdefault(monday, Counter())[action] += 1
    mondays = sorted(by_week)
    return Trend(
        weeks=tuple(_week(monday, by_week[monday]) for monday in mondays),
        change=_change([by_week[monday] for monday in mondays]),
        is_cut=is_cut,
        ahead=ahead,
        unknown=unknown,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date, counts: Counter[str]) -> TrendWeek:
    year, week, _ = monday.isocalendar()
    return TrendWeek(
        week=f"{year}-W{week:02}",
        begins=monday.isoformat(),
        sent=counts["sent"],
        copied=counts["copied"],
        edited=counts["edited"],
        dismissed=counts["dismissed"],
        used=_used([counts]),
    )


def _change(weeks: Sequence[Counter[str]]) -> TrendChange | None:
    compared = min(MOST_COMPARED, len(weeks) // 2)
    if compared == 0:
        return None
    first, last = _used(weeks[:compared]), _used(weeks[-compared:])
    difference = difference_of(first, last)
    assert difference.low is not None
    assert difference.high is not None
    return TrendChange(
        weeks=compared,
        first=first,
        last=last,
        difference=difference,
        is_shown=not difference.low <= 0 <= difference.high,
    )


def _used(weeks: Iterable[Counter[str]]) -> Estimate:
    """The share of suggestions that were taken, as they were or after a change."""
    return share_of(
        [float(action in _USED) for week in weeks for action in week.elements()]
    )
