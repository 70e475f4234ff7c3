"""Messages of Send Later: which still wait, and when, on the reader's clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from jarvis.demo.typedstream import encode
from jarvis.stores.apple_time import local_minute, to_apple_ns
from tests.stores.chatdb.handmade import Handmade

WAITING = {"schedule_type": 2, "schedule_state": 2, "is_from_me": 1}
NOON = datetime(2031, 11, 28, 17, tzinfo=UTC)
PAST = to_apple_ns(datetime.now(UTC) - timedelta(hours=1))
FUTURE = to_apple_ns(datetime.now(UTC) + timedelta(days=400))


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The zone of the machine, as it was before, comes back."""
    with monkeypatch.context() as context:
        yield context
    time.tzset()


@pytest.mark.parametrize(
    ("name", "moment", "minute"),
    [
        ("America/New_York", NOON, "2031-11-28 12:00"),
        ("America/New_York", NOON - timedelta(days=150), "2031-07-01 13:00"),
        ("Asia/Kolkata", NOON, "2031-11-28 22:30"),
        ("Pacific/Kiritimati", NOON, "2031-11-29 07:00"),
        ("UTC", NOON, "2031-11-28 17:00"),
    ],
)
async def test_a_waiting_message_says_when_on_the_readers_clock(
    mail: Handmade,
    zone: pytest.MonkeyPatch,
    name: str,
    moment: datetime,
    minute: str,
) -> None:
    """In summer and in winter, and though the machine has travelled meanwhile."""
    zone.setenv("TZ", "Europe/Paris")
    assert local_minute(to_apple_ns(NOON)) == "2031-11-28 18:00"
    rowid = mail.row(encode("happy birthday"), date=to_apple_ns(moment), **WAITING)
    os.environ["TZ"] = name
    message = await mail.message(rowid)
    assert message.line == f"Scheduled for {minute}: happy birthday"
    assert message.kind == "scheduled"


@pytest.mark.parametrize(
    "columns",
    [
        {"is_sent": 1, "date": PAST},
        {"is_delivered": 1, "date": PAST},
        {"date_delivered": PAST, "date": PAST},
        {"date_read": PAST, "date": FUTURE},
        {
            "is_sent": 1,
            "is_delivered": 1,
            "date_delivered": PAST,
            "date_read": PAST,
            "date": PAST,
        },
    ],
)
async def test_a_message_that_went_out_is_one_whatever_its_mark(
    mail: Handmade, columns: dict[str, object]
) -> None:
    """Messages may leave the mark of Send Later on it."""
    message = await mail.message(mail.row(encode("done"), **{**WAITING, **columns}))
    assert (message.line, message.kind) == ("done", "text")


@pytest.mark.parametrize(
    "columns",
    [{"date": PAST}, {"date": FUTURE}, {"is_sent": 1, "date": FUTURE}],
)
async def test_a_message_of_which_nothing_tells_that_it_went_out_waits(
    mail: Handmade, columns: dict[str, object]
) -> None:
    """That it was handed over before its date does not say so, nor that it is late."""
    message = await mail.message(mail.row(encode("later"), **{**WAITING, **columns}))
    assert message.kind == "scheduled"
    assert message.line.startswith("Scheduled for ")


def test_a_moment_no_calendar_has_is_no_error() -> None:
    """Whatever stands in the column."""
    assert local_minute(0) == ""
    assert local_minute(float("inf")) == ""
    last = to_apple_ns(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    assert local_minute(last).startswith(("9999-12-31", "10000"))
