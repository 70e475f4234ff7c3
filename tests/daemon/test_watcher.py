"""When the watcher polls, with time and the kernel in the test's hand."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from jarvis.daemon.watcher import (
    LATE_EVENT_S,
    QUIET_WITHIN_S,
    RETRY_S,
    RETRY_SCHEDULE_S,
    SAFETY_S,
    UNTRUSTED_SAFETY_S,
    PollResult,
    Trigger,
    Watcher,
)
from tests.daemon.watching.hand_clock import BrokenBackend, Hand, HandBackend, at_rest

SCHEDULE = [
    *(Trigger.EVENT, Trigger.RETRY, Trigger.RETRY, Trigger.RETRY),
    *(Trigger.QUIET, Trigger.RETRY, Trigger.RETRY),
]
CHANGED = PollResult(has_changed=True)


async def test_the_first_poll_is_made_when_listening_has_begun() -> None:
    """Not before: what is committed in between would be missed."""
    hand = Hand()
    begun_by_then: list[int] = []
    hand.polls.on_poll = lambda: begun_by_then.append(hand.backend.begun)
    running = asyncio.create_task(hand.watcher.run())
    await hand.clock.is_still()
    assert hand.polls.taken() == [Trigger.EVENT]
    assert begun_by_then == [1]
    running.cancel()
    await asyncio.wait([running])
    assert hand.backend.ended == 1


# Events


async def test_after_an_event_it_polls_again_and_again_and_then_rests() -> None:
    """A commit becomes visible a little after its event."""
    async with at_rest(Hand()) as hand:
        await hand.event()
        assert hand.polls.taken() == [Trigger.EVENT]
        waits = [await hand.clock.next() for _ in RETRY_SCHEDULE_S]
        assert waits == pytest.approx(RETRY_SCHEDULE_S)
        assert [Trigger.EVENT, *hand.polls.taken()] == SCHEDULE
        await hand.clock.passes(SAFETY_S / 2)
        assert hand.polls.taken() == []


async def test_an_event_within_the_retries_begins_them_anew() -> None:
    """And a millisecond lies between any two polls."""
    async with at_rest(Hand()) as hand:
        await hand.event()
        await hand.clock.next()
        await hand.event()
        assert hand.polls.taken() == SCHEDULE[:2]
        assert await hand.clock.next() == pytest.approx(RETRY_SCHEDULE_S[0])
        await hand.clock.passes(sum(RETRY_SCHEDULE_S))
        assert hand.polls.taken() == SCHEDULE


async def test_an_unbroken_burst_of_events_leaves_time_for_the_unhurried() -> None:
    """Every half second and no oftener, though the schedule never comes to its end."""
    async with at_rest(Hand()) as hand:
        quiet_at: list[float] = []

        def wake_again() -> None:
            if hand.polls.made[-1] is Trigger.QUIET:
                quiet_at.append(hand.clock.steady_s())
            hand.backend.wake()

        hand.polls.on_poll = wake_again
        await hand.event()
        await hand.clock.passes(3.2 * QUIET_WITHIN_S)
        made = hand.polls.taken()
        assert set(made) == {Trigger.EVENT, Trigger.QUIET}
        assert len(made) > 3 * QUIET_WITHIN_S / RETRY_SCHEDULE_S[0]
        assert len(quiet_at) == 3
        apart = [later - earlier for earlier, later in pairwise(quiet_at)]
        assert apart == pytest.approx([QUIET_WITHIN_S] * 2, rel=0.01)


# The safety poll


async def test_an_idle_watcher_has_one_timer() -> None:
    """The safety poll, and nothing else however long nothing happens."""
    async with at_rest(Hand()) as hand:
        await hand.clock.passes(10 * SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY] * 10
        assert hand.clock.waits == pytest.approx([SAFETY_S] * 10)


async def test_events_do_not_put_the_safety_poll_off_for_ever() -> None:
    """What is told only sometimes would else never be caught."""
    async with at_rest(Hand()) as hand:
        for _ in range(10):
            await hand.event()
            await hand.clock.passes(SAFETY_S / 3)
        assert hand.polls.taken().count(Trigger.SAFETY) == 3


async def test_a_change_found_by_the_safety_poll_is_a_miss() -> None:
    """It is counted, and listening begins anew with the same backend."""
    async with at_rest(Hand()) as hand:
        await hand.missed()
        await hand.clock.is_still()
        state = hand.watcher.state()
        assert (state.missed_changes, state.backend) == (1, "keen")
        assert state.safety_s == SAFETY_S
        assert state.problem is None
        assert (hand.backend.begun, hand.backend.ended) == (2, 1)
        assert hand.polls.taken() == [Trigger.SAFETY, Trigger.EVENT]


async def test_the_second_miss_changes_the_backend_and_the_safety_poll() -> None:
    """From then on it polls each second."""
    async with at_rest(Hand(two())) as hand:
        await hand.missed()
        await hand.missed()
        await hand.clock.is_still()
        state = hand.watcher.state()
        assert (state.missed_changes, state.backend) == (2, "steady")
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert state.problem == "keen kept missing changes."
        assert hand.backend.begun == hand.backend.ended
        await hand.clock.passes(2)
        hand.polls.taken()
        await hand.clock.passes(10 * UNTRUSTED_SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY] * 10


async def test_an_event_that_is_a_little_late_is_no_miss() -> None:
    """The poll and the event of one commit run a race."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [CHANGED]
        await hand.clock.passes(SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY]
        await hand.clock.passes(LATE_EVENT_S / 2)
        await hand.event()
        assert hand.polls.taken() == [Trigger.EVENT]
        assert hand.watcher.state().missed_changes == 0
        assert hand.backend.begun == 1


async def test_a_backend_that_promises_little_misses_nothing() -> None:
    """It is polled beside each second; that finds what it has not told yet."""
    async with at_rest(Hand((HandBackend("polling", is_exact=False),))) as hand:
        hand.polls.always = CHANGED
        await hand.clock.passes(5 * UNTRUSTED_SAFETY_S)
        assert hand.polls.taken().count(Trigger.SAFETY) == 5
        state = hand.watcher.state()
        assert (state.backend, state.missed_changes) == ("polling", 0)
        assert state.problem is None
        assert hand.backend.begun == 1


# Backends that fail


async def test_a_backend_that_fails_is_followed_by_the_next() -> None:
    """Whenever it fails; the reason is told, and no change in between is lost."""
    async with at_rest(Hand(two())) as hand:
        hand.backend.fail(OSError(28, "No space left on device"))
        await hand.clock.is_still()
        assert hand.polls.taken() == [Trigger.EVENT]
        state = hand.watcher.state()
        assert state.backend == "steady"
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert state.problem == "keen failed: [Errno 28] No space left on device."


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_without_any_backend_it_polls_each_second(number: int) -> None:
    """All failed, or there never was one."""
    hand = Hand(tuple(BrokenBackend(f"broken {n}") for n in range(number)))
    if not number:
        hand.watcher = Watcher(hand.polls.poll, (), hand.clock)
    async with at_rest(hand):
        assert hand.watcher.state().backend == "none"
        await hand.clock.passes(2)
        hand.polls.taken()
        await hand.clock.passes(10 * UNTRUSTED_SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY] * 10


# Appointments


async def test_a_poll_that_asks_for_another_gets_it() -> None:
    """Once, at its time, when nothing happens before."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [PollResult(has_changed=False, again_in_s=7)]
        await hand.clock.passes(SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY]
        assert await hand.clock.next() == pytest.approx(7)
        assert hand.polls.taken() == [Trigger.DUE]
        assert await hand.clock.next() == pytest.approx(SAFETY_S - 7)
        assert hand.polls.taken() == [Trigger.SAFETY]


@pytest.mark.parametrize("later", [None, 20.0], ids=["nothing", "a later one"])
async def test_an_appointment_is_kept_whatever_polls_in_between_say(
    later: float | None,
) -> None:
    """A poll that knows of nothing does not speak for the one before."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [PollResult(has_changed=False, again_in_s=7)]
        await hand.event()
        hand.polls.always = PollResult(has_changed=False, again_in_s=later)
        await hand.clock.passes(3)
        await hand.event()
        await hand.clock.passes(3.5)
        assert hand.polls.taken() == SCHEDULE * 2
        hand.polls.always = PollResult(has_changed=False)
        await hand.clock.passes(0.6)
        assert hand.polls.taken() == [Trigger.DUE]


async def test_a_sooner_appointment_goes_first() -> None:
    """Both are kept."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [PollResult(has_changed=False, again_in_s=0.002)]
        await hand.event()
        assert await hand.clock.next() == pytest.approx(0.001)
        assert await hand.clock.next() == pytest.approx(0.001)
        assert await hand.clock.next() == pytest.approx(0.003)
        assert hand.polls.taken() == [
            Trigger.EVENT,
            Trigger.RETRY,
            Trigger.DUE,
            Trigger.RETRY,
        ]


async def test_at_once_means_at_once_and_starves_nobody() -> None:
    """A long piece of work in polls: events and the schedule come in between."""
    async with at_rest(Hand()) as hand:
        at_once = PollResult(has_changed=False, again_in_s=0)
        hand.polls.answers = [at_once] * 100
        hand.polls.on_poll = lambda: (
            hand.backend.wake() if len(hand.polls.answers) == 51 else None
        )
        await hand.event()
        made = hand.polls.taken()
        assert made[0] is Trigger.EVENT
        assert made[1:50] == [Trigger.DUE] * 49
        await hand.clock.passes(2)
        made = hand.polls.taken()
        assert made[0] is Trigger.EVENT
        assert made.count(Trigger.DUE) == 50
        assert [each for each in made if each is not Trigger.DUE] == SCHEDULE
        assert hand.clock.waits[-1] > 1


async def test_appointments_do_not_put_off_the_safety_poll() -> None:
    """However many there are in a row."""
    async with at_rest(Hand()) as hand:
        hand.polls.always = PollResult(has_changed=False, again_in_s=1.3)
        await hand.event()
        await hand.clock.passes(3 * SAFETY_S)
        assert hand.polls.taken().count(Trigger.SAFETY) >= 2


# Sleep and clocks


async def test_waking_from_sleep_is_noticed_and_listening_begins_anew() -> None:
    """Events may have been lost on the way."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=3600)
        await hand.clock.passes(SAFETY_S)
        assert hand.polls.taken() == [Trigger.AWAKE, Trigger.EVENT]
        assert hand.backend.begun == 2
        await hand.clock.passes(SAFETY_S)
        assert Trigger.AWAKE not in hand.polls.taken()


async def test_the_first_event_after_sleep_notices_it_too() -> None:
    """And what it finds is no miss."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=6)
        hand.polls.answers = [CHANGED]
        await hand.event()
        assert hand.polls.taken()[0] is Trigger.AWAKE
        await hand.clock.passes(2)
        assert hand.backend.begun == 2
        assert hand.watcher.state().missed_changes == 0


@pytest.mark.parametrize("by_s", [-3600.0, -6.0, 4.0])
async def test_a_clock_that_is_set_back_or_mended_is_no_sleep(by_s: float) -> None:
    """Polls go on as before."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=by_s)
        await hand.clock.passes(2 * SAFETY_S)
        assert hand.polls.taken() == [Trigger.SAFETY] * 2
        await hand.event()
        await hand.clock.passes(2)
        assert hand.polls.taken() == SCHEDULE
        assert hand.backend.begun == 1


# Polls that fail


async def test_a_poll_that_fails_is_told_and_made_again() -> None:
    """Soon, though nothing happens; the watcher goes on."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [RuntimeError("made up"), RuntimeError("made up")]
        await hand.clock.passes(SAFETY_S)
        problem = hand.watcher.state().problem
        assert problem is not None
        assert "RuntimeError" in problem
        assert "made up" not in problem  # it may quote what somebody wrote
        await hand.clock.passes(RETRY_S)
        assert hand.watcher.state().problem is not None
        await hand.clock.passes(RETRY_S)
        assert hand.watcher.state().problem is None
        assert hand.polls.taken() == [Trigger.SAFETY, Trigger.DUE, Trigger.DUE]


async def test_a_failing_poll_keeps_no_event_from_being_seen() -> None:
    """The schedule goes on."""
    async with at_rest(Hand()) as hand:
        hand.polls.answers = [RuntimeError("made up")]
        await hand.event()
        await hand.clock.passes(2)
        assert hand.polls.taken() == SCHEDULE
        assert hand.watcher.state().problem is None


def two() -> tuple[HandBackend, HandBackend]:
    """A backend and the next."""
    return HandBackend("keen"), HandBackend("steady")
