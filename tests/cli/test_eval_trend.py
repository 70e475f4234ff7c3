"""`jarvis eval --trend`, asked of a daemon that answers what the test says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from jarvis.cli.eval import command
from jarvis.cli.eval_trend import trend_text
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.trend import trend_of
from jarvis.errors import JarvisError
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.learning import Trend
from tests.cli.commands import run_against

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def weeks_of(*used_of: tuple[int, int], gap: int = 0) -> list[tuple[str, int]]:
    """So many used of so many, a week after the other up to now; a gap before the last."""
    found = []
    for at, (used, count) in enumerate(reversed(used_of)):
        weeks_ago = at + gap * (at > 0)
        made_ms = int((NOW - timedelta(weeks=weeks_ago)).timestamp() * 1000)
        found += [
            ("edited" if number < used else "dismissed", made_ms)
            for number in range(count)
        ]
    return found


def shown(outcomes: list[tuple[str, int]], *, is_cut: bool = False) -> str:
    """What a person reads."""
    import msgspec

    trend = trend_of(outcomes, now=NOW, zone=UTC, is_cut=is_cut)
    return trend_text(msgspec.to_builtins(trend))


def test_a_week_is_a_line_with_its_interval_and_its_counts() -> None:
    """The week's Monday, the share, and what it is made of."""
    rows = [line.split() for line in shown(weeks_of((1, 4), (3, 4))).splitlines()]
    dated = [row for row in rows if row[1:3] in (["Feb", "2026"], ["Mar", "2026"])]
    assert dated == [
        ["23", "Feb", "2026", "25%", "(5%", "to", "70%)", "4", "0", "1", "3"],
        ["02", "Mar", "2026", "75%", "(30%", "to", "95%)", "4", "0", "3", "1"],
    ]


@pytest.mark.parametrize(
    ("gap", "told"), [(1, "nothing for a week"), (5, "nothing for 5 weeks")]
)
def test_a_gap_is_one_line_however_long(gap: int, told: str) -> None:
    """It stands between the weeks it lies between."""
    lines = shown(weeks_of((1, 4), (3, 4), gap=gap)).splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == told)
    assert " 2026 " in lines[at - 1]
    assert lines[at + 1].startswith("02 Mar 2026")
    assert "nothing for" not in shown(weeks_of((1, 4), (3, 4)))


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (weeks_of((20, 100), (60, 100)), "more than chance (+40 points, +27 to +51)"),
        (weeks_of((60, 100), (20, 100)), "more than chance (-40 points, -51 to -27)"),
        (weeks_of((1, 4), (3, 4)), "neither a rise nor a fall"),
        (weeks_of((1, 4)), "there is nothing to compare yet"),
        ([], "Nothing is known yet"),
    ],
    ids=["a rise", "a fall", "chance", "one week", "nothing"],
)
def test_it_says_in_words_what_the_weeks_show(
    outcomes: list[tuple[str, int]], told: str
) -> None:
    """And of what may be chance that nothing is shown."""
    assert told in shown(outcomes)


def test_what_the_figures_lack_is_said() -> None:
    """A clock that was wrong, a newer version that ran here, what was let go of."""
    odd = [("sent", 2**60), ("admired", 0)]
    told = shown([*odd, *weeks_of((1, 2))], is_cut=True)
    assert "Left out: 1 with a date that has not come yet." in told
    assert "Left out: 1 of a kind that this version does not know." in told
    assert "the first week may lack some" in told
    assert "date that has not come" in shown(odd[:1]), (
        "also where nothing else is known"
    )
    assert "Left out" not in shown(weeks_of((1, 2)))


def test_a_daemon_that_answers_otherwise_is_one_sentence() -> None:
    """As with every answer that is read."""
    with pytest.raises(JarvisError, match="Update the older"):
        trend_text({"weeks": 3})


@pytest.mark.parametrize(
    "flags",
    [
        ["--last", "100"],
        ["--no-model"],
        ["--likelihood"],
        ["--home", "somewhere"],
        ["--compare", "a", "b"],
    ],
)
def test_what_says_nothing_beside_it_is_refused(flags: list[str]) -> None:
    """Also what is the same as when it is left out: it was meant to do something."""
    with pytest.raises(click.UsageError, match="only --json"):
        command.main(["--trend", *flags], standalone_mode=False)


async def get_trend(_: None, _params: NoParams, _caller: Caller) -> Trend:
    """A rise."""
    return trend_of(weeks_of((20, 100), (60, 100)), now=NOW, zone=UTC)


async def ping(_: None, _params: NoParams, _caller: Caller) -> dict[str, object]:
    """Of this version, and ready."""
    from jarvis import __version__

    return {"version": __version__, "status": "ok"}


HANDLERS: dict[str, Handler[None]] = {"get_trend": get_trend, "ping": ping}


async def printed(home: Path, *words: str) -> str:
    """What the command prints in a process of its own."""
    done = await run_against(HANDLERS, home, "eval", "--trend", *words)
    assert done.code == 0
    return done.out


async def test_people_get_lines_and_scripts_the_answer(short_path: Path) -> None:
    """All of it, as it came."""
    assert "You used 60% of the suggestions" in await printed(short_path)
    told = json.loads(await printed(short_path, "--json"))
    assert told["change"]["is_shown"] is True
    assert [week["used"]["count"] for week in told["weeks"]] == [100, 100]
