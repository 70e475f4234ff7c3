"""`jarvis eval --trend`: how often suggestions were used, week by week, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import msgspec

from jarvis.cli.render import table
from jarvis.errors import JarvisError
from jarvis.protocol.methods.learning import Trend, TrendChange, TrendWeek
from jarvis.records import Estimate

_HEADING: Final = ("week of", "used", "of", "as it was", "changed", "put away")
_WEEK: Final = timedelta(weeks=1)
_NOTHING: Final = (
    "Nothing is known yet: each suggestion that you use or put away is counted.\n"
    "In jarvis tui, ^g asks for suggestions."
)
_EXPLAINED: Final = """\
Used: sent or copied as it was, or sent after you changed it; how much is not stored.
Put away: closed, or something else was sent; which of the two is not stored.
In brackets: where the true share lies, 95 times in 100. Weeks begin on Monday.
No words are kept of any of it; `jarvis forget everything` deletes the counts, too."""


def trend_text(answer: Any) -> str:
    """What get_trend answered, a line each week, and what can be said of it.

    Raises:
        JarvisError: the daemon is of a version that this one does not understand.
    """
    try:
        trend = msgspec.convert(answer, Trend)
    except msgspec.ValidationError as error:
        reason = "Jarvis answered get_trend in a form this client does not know."
        raise JarvisError(f"{reason} Update the older of the two.") from error
    left_out = "\n".join(_left_out(trend))
    if not trend.weeks:
        return "\n".join(filter(None, (_NOTHING, left_out)))
    rows = table([_HEADING, *_rows(trend.weeks)], *[None] * len(_HEADING))
    explained = "\n".join(filter(None, (_EXPLAINED, left_out)))
    return "\n\n".join((rows, _verdict(trend.change), explained))


def _rows(weeks: Sequence[TrendWeek]) -> Iterator[Sequence[str]]:
    """A week a line, and a line for each gap between two."""
    yield _row(weeks[0])
    for before, week in pairwise(weeks):
        missing = (_monday(week) - _monday(before)) // _WEEK - 1
        if missing:
            yield ("", f"nothing for {_weeks(missing)}", *[""] * 4)
        yield _row(week)


def _row(week: TrendWeek) -> Sequence[str]:
    return (
        f"{_monday(week):%d %b %Y}",
        _share(week.used),
        str(week.used.count),
        str(week.sent + week.copied),
        str(week.edited),
        str(week.dismissed),
    )


def _monday(week: TrendWeek) -> date:
    return date.fromisoformat(week.begins)


def _share(share: Estimate) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _verdict(change: TrendChange | None) -> str:
    """Whether the last weeks are unlike the first, in words."""
    if change is None:
        return "All of it lies in one week: there is nothing to compare yet."
    weeks = "week" if change.weeks == 1 else f"{change.weeks} weeks"
    told = (
        f"You used {change.last.value:.0%} of the suggestions of the last {weeks} shown, "
        f"{change.first.value:.0%} of the first."
    )
    points = _points(change.difference)
    if not change.is_shown:
        return f"{told}\nThat may be chance ({points}): it shows neither a rise nor a fall."
    return (
        f"{told}\nThat is more than chance ({points}). Why is another question: the model, "
        "your conversations\nand what Jarvis has learnt may all have changed."
    )


def _points(difference: Estimate) -> str:
    each = difference.value, difference.low, difference.high
    value, low, high = (f"{100 * (share or 0):+.0f}" for share in each)
    return f"{value} points, {low} to {high}"


def _left_out(trend: Trend) -> Iterator[str]:
    """What the figures lack."""
    if trend.is_cut:
        yield "Older suggestions were let go of: the first week may lack some."
    if trend.ahead:
        yield (
            f"Left out: {trend.ahead} with a date that has not come yet. Was the clock "
            "of this machine wrong?"
        )
    if trend.unknown:
        yield f"Left out: {trend.unknown} of a kind that this version does not know."


def _weeks(count: int) -> str:
    return "a week" if count == 1 else f"{count} weeks"
