"""What of new mail is worth a draft, by how the user took mail before."""

from __future__ import annotations

import random

import pytest

from jarvis.daemon.prefetch.past import CHANCES, MOST_WASTED, QUIET_S, Past

DAY_S, DAYS = 86_400.0, 350


def lived(*chats: tuple[str, int, list[float], bool]) -> Past:
    """Days of mail: a conversation, its hour, when its messages came, who wrote last.

    All but the last message are somebody else's; the last one is the user's or not.
    """
    past = Past()
    for day in range(DAYS):
        for chat, hour, seconds, is_answered in chats:
            for number, second in enumerate(seconds):
                is_last = number == len(seconds) - 1
                past.note(
                    chat,
                    day * DAY_S + hour * 3600 + second,
                    hour,
                    is_from_me=is_last and is_answered,
                )
    return past


def test_who_is_answered_at_once_is_worth_a_draft_at_once() -> None:
    """And who never is, is not."""
    past = lived(("mia", 9, [0, 40], True), ("shop", 9, [0], False))
    now_s = (DAYS + 1) * DAY_S
    assert past.quiet_before("mia", now_s, 9) == QUIET_S[0]
    assert past.quiet_before("shop", now_s, 9) is None
    assert past.chance("mia", now_s, 9, QUIET_S[0]).value > past.least_chance


def test_who_writes_in_pieces_is_waited_for() -> None:
    """Five pieces, five seconds apart; a draft of each of them would be wasted."""
    past = lived(("mia", 9, [0, 5, 10, 15, 20, 80], True))
    quiet_s = past.quiet_before("mia", (DAYS + 1) * DAY_S, 9)
    assert quiet_s is not None
    assert 5 < quiet_s < 30


def test_an_hour_in_which_nothing_is_answered_counts_against_it() -> None:
    """Whoever writes then."""
    past = lived(
        ("mia", 9, [0, 40], True), ("mia", 3, [0], False), ("ben", 9, [0, 40], True)
    )
    by_day = past.chance("ben", (DAYS + 1) * DAY_S, 9, QUIET_S[0])
    by_night = past.chance("ben", (DAYS + 1) * DAY_S, 3, QUIET_S[0])
    assert by_night.at_hour < by_day.at_hour
    assert by_night.value < by_day.value
    assert by_night.of_chat == by_day.of_chat


def test_of_somebody_new_little_is_known_and_a_draft_is_made() -> None:
    """From a few hundred messages on, somebody new is like all others."""
    assert Past().quiet_before("new", 0.0, 12) == QUIET_S[0]
    past = lived(("shop", 9, [0], False), ("bank", 9, [0], False))
    assert past.quiet_before("new", (DAYS + 1) * DAY_S, 9) is None


def test_a_clock_that_is_set_back_teaches_nothing() -> None:
    """An answer from before the question is none."""
    past = Past()
    past.note("mia", 1000.0, 9, is_from_me=False)
    past.note("mia", 10.0, 9, is_from_me=True)
    assert past.chance("mia", 10.0, 9, QUIET_S[0]).of_chat == pytest.approx(
        Past().chance("mia", 10.0, 9, QUIET_S[0]).of_chat
    )


def test_no_more_is_wasted_than_may_be() -> None:
    """Of mail that is answered by chance, one time of two: less is made."""
    past, chance, made, wasted, unanswered = Past(), random.Random(1), 0, 0, 0
    for number in range(4000):
        at_s = number * 7200.0
        past.note("mia", at_s, 9, is_from_me=False)
        quiet_s = past.quiet_before("mia", at_s, 9)
        is_answered = chance.random() < 0.5
        if is_answered:
            past.note("mia", at_s + 90, 9, is_from_me=True)
        if number > 1000:
            unanswered += not is_answered
            made += quiet_s is not None
            wasted += quiet_s is not None and not is_answered
    assert past.least_chance in CHANCES
    assert wasted <= MOST_WASTED * unanswered
