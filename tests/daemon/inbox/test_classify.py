"""What becomes of a new row, decided without a database."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from jarvis.daemon.inbox.classify import (
    CONTENT_PATIENCE_MS,
    LATE_NS,
    PATIENCE_MS,
    SENDER_PATIENCE_MS,
    Classification,
    classify,
    is_late,
)
from jarvis.records import ChatId, Message, Timestamp
from jarvis.stores.apple_time import NS_PER_S
from jarvis.stores.chatdb import Arrival
from jarvis.stores.chatdb.rows import Nature

NOW_NS = 1_000_000 * NS_PER_S

MESSAGE = Message(
    id=1,
    guid="G",
    chat_id=ChatId("c"),
    sender="+15550100",
    sender_name=None,
    text="hello",
    line="hello",
    date=Timestamp("2026-01-01T00:00:00.000Z"),
    is_from_me=False,
    service="iMessage",
    kind="text",
    is_read=False,
)
WHOLE = Arrival(
    rowid=1,
    guid="G",
    exists=True,
    chat_rowids=(1,),
    nature="message",
    is_ready=True,
    is_pushable=True,
    is_from_me=False,
    has_sender=True,
    date_ns=NOW_NS,
    target=None,
    fingerprint="",
    is_link=False,
    is_scheduled=False,
    lacks_files=False,
    message=MESSAGE,
)


def decided(
    arrival: Arrival, *, age_ms: int = 0, horizon_ns: int = NOW_NS, known: bool = False
) -> Classification:
    """What becomes of it at NOW_NS."""
    return classify(
        arrival, age_ms=age_ms, now_ns=NOW_NS, horizon_ns=horizon_ns, is_known=known
    )


def test_a_whole_new_message_is_pushed() -> None:
    """The plain case."""
    assert decided(WHOLE) == Classification("push", is_live=True)


def test_what_was_delivered_or_is_gone_is_dropped() -> None:
    """Each message once; a row that disappeared is no news."""
    assert decided(WHOLE, known=True).action == "drop"
    assert decided(replace(WHOLE, exists=False)).action == "drop"


def test_a_row_without_a_chat_is_waited_for_a_day() -> None:
    """Its link comes in a later commit, which wakes the watcher: no timer is needed."""
    orphan = replace(WHOLE, chat_rowids=(), message=None)
    assert decided(orphan) == Classification("wait")
    assert decided(orphan, age_ms=PATIENCE_MS + 1).action == "drop"


def test_a_row_of_nobodys_may_be_ones_own() -> None:
    """The mark comes a moment later; then nobody is an answer too."""
    nobody = replace(WHOLE, has_sender=False)
    assert decided(nobody, age_ms=100) == Classification(
        "wait", SENDER_PATIENCE_MS - 100
    )
    assert decided(nobody, age_ms=SENDER_PATIENCE_MS).action == "push"


def test_an_empty_row_is_shown_after_a_while_all_the_same() -> None:
    """Rather unsupported than never."""
    empty = replace(WHOLE, is_ready=False)
    assert decided(empty, age_ms=1000) == Classification(
        "wait", CONTENT_PATIENCE_MS - 1000
    )
    assert decided(empty, age_ms=CONTENT_PATIENCE_MS).action == "push"


def test_a_new_picture_is_waited_for_and_an_old_one_is_not() -> None:
    """Its file comes in a later commit; of history it may be gone for good."""
    picture = replace(WHOLE, lacks_files=True)
    assert decided(picture, age_ms=1000) == Classification(
        "wait", CONTENT_PATIENCE_MS - 1000
    )
    assert decided(picture, age_ms=CONTENT_PATIENCE_MS).action == "push"
    old = replace(picture, date_ns=NOW_NS - 30 * 24 * 3600 * NS_PER_S)
    assert decided(old).action == "list"


@pytest.mark.parametrize("nature", ["event", "reaction", "hidden"])
def test_what_is_no_message_changes_the_list_but_is_not_pushed(nature: Nature) -> None:
    """Tapbacks, group events, votes."""
    other = replace(WHOLE, nature=nature, is_pushable=False)
    assert decided(other).action == "list"


def test_history_that_sync_fills_in_is_not_pushed() -> None:
    """Neither new at its date, nor after the newest that was known."""
    old = replace(WHOLE, date_ns=NOW_NS - 30 * 24 * 3600 * NS_PER_S)
    assert decided(old).action == "list"
    assert decided(old, horizon_ns=old.date_ns).action == "push"


def test_mail_that_came_while_nobody_looked_is_pushed_and_marked_late() -> None:
    """Everything after the newest known date is live, however old."""
    missed = replace(WHOLE, date_ns=NOW_NS - 5 * LATE_NS)
    assert decided(missed, horizon_ns=NOW_NS - 6 * LATE_NS).action == "push"
    assert is_late(missed.date_ns, NOW_NS)
    assert not is_late(WHOLE.date_ns, NOW_NS)
