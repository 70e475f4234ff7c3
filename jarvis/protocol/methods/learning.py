"""Whether suggestions are used, week by week."""

from __future__ import annotations

from jarvis.records import Estimate, Record


class TrendWeek(Record, frozen=True, kw_only=True):
    """What became of suggestions in one week, as clients said with record_feedback.

    `week` is the ISO week of local time ("2026-W09"), `begins` its Monday. `sent` and
    `copied` were taken as they were, `edited` after a change, `dismissed` were put away or
    something else was sent. `used` is the share of all but the last.
    """

    week: str
    begins: str
    sent: int
    copied: int
    edited: int
    dismissed: int
    used: Estimate


class TrendChange(Record, frozen=True, kw_only=True):
    """The share that was used in the first `weeks` of the trend and in as many of the last.

    `difference` is the last minus the first; where its interval holds 0 it may be chance,
    and `is_shown` is false.
    """

    weeks: int
    first: Estimate
    last: Estimate
    difference: Estimate
    is_shown: bool


class Trend(Record, frozen=True, kw_only=True):
    """Weeks with an outcome, oldest first; there may be weeks without one between them.

    `change` is null where one week has them all. `is_cut`: older outcomes were let go, so
    that the first week may lack some. Left out are those that bear a later date than now
    (`ahead`), and those whose action this version does not know (`unknown`).
    """

    weeks: tuple[TrendWeek, ...]
    change: TrendChange | None = None
    is_cut: bool = False
    ahead: int = 0
    unknown: int = 0
