"""When the watcher looks, with time and the kernel in the test's hand."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from jarvis.daemon.watcher import (
    LADDER_S,
    LATE_EVENT_S,
    QUIET_WITHIN_S,
    RETRY_S,
    SAFETY_S,
    UNTRUSTED_SAFETY_S,
    Look,
    Occasion,
    Watcher,
)
from tests.daemon.watching.hand_clock import BrokenWaker, Hand, HandWaker, at_rest

LADDER = [
    *(Occasion.EVENT, Occasion.AGAIN, Occasion.AGAIN, Occasion.AGAIN),
    *(Occasion.QUIET, Occasion.AGAIN, Occasion.AGAIN),
]
CHANGED = Look(has_changed=True)


async def test_the_first_look_is_made_when_listening_has_begun() -> None:
    """Not before: what is committed in between would be missed."""
    hand = Hand()
    begun_by_then: list[int] = []
    hand.looks.on_look = lambda: begun_by_then.append(hand.waker.begun)
    running = asyncio.create_task(hand.watcher.run())
    await hand.clock.is_still()
    assert hand.looks.taken() == [Occasion.EVENT]
    assert begun_by_then == [1]
    running.cancel()
    await asyncio.wait([running])
    assert hand.waker.ended == 1


# Events


async def test_after_an_event_it_looks_again_and_again_and_then_rests() -> None:
    """A commit becomes visible a little after its event."""
    async with at_rest(Hand()) as hand:
        await hand.event()
        assert hand.looks.taken() == [Occasion.EVENT]
        waits = [await hand.clock.next() for _ in LADDER_S]
        assert waits == pytest.approx(LADDER_S)
        assert [Occasion.EVENT, *hand.looks.taken()] == LADDER
        await hand.clock.passes(SAFETY_S / 2)
        assert hand.looks.taken() == []


async def test_an_event_on_the_ladder_begins_it_anew() -> None:
    """And a millisecond lies between any two looks."""
    async with at_rest(Hand()) as hand:
        await hand.event()
        await hand.clock.next()
        await hand.event()
        assert hand.looks.taken() == LADDER[:2]
        assert await hand.clock.next() == pytest.approx(LADDER_S[0])
        await hand.clock.passes(sum(LADDER_S))
        assert hand.looks.taken() == LADDER


async def test_an_unbroken_flock_of_events_leaves_time_for_the_unhurried() -> None:
    """Every half second and no oftener, though the ladder is never climbed."""
    async with at_rest(Hand()) as hand:
        quiet_at: list[float] = []

        def wake_again() -> None:
            if hand.looks.made[-1] is Occasion.QUIET:
                quiet_at.append(hand.clock.steady_s())
            hand.waker.wake()

        hand.looks.on_look = wake_again
        await hand.event()
        await hand.clock.passes(3.2 * QUIET_WITHIN_S)
        made = hand.looks.taken()
        assert set(made) == {Occasion.EVENT, Occasion.QUIET}
        assert len(made) > 3 * QUIET_WITHIN_S / LADDER_S[0]
        assert len(quiet_at) == 3
        apart = [later - earlier for earlier, later in pairwise(quiet_at)]
        assert apart == pytest.approx([QUIET_WITHIN_S] * 2, rel=0.01)


# The safety look


async def test_an_idle_watcher_has_one_timer() -> None:
    """The safety look, and nothing else however long nothing happens."""
    async with at_rest(Hand()) as hand:
        await hand.clock.passes(10 * SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY] * 10
        assert hand.clock.waits == pytest.approx([SAFETY_S] * 10)


async def test_events_do_not_put_the_safety_look_off_for_ever() -> None:
    """What is told only sometimes would else never be caught."""
    async with at_rest(Hand()) as hand:
        for _ in range(10):
            await hand.event()
            await hand.clock.passes(SAFETY_S / 3)
        assert hand.looks.taken().count(Occasion.SAFETY) == 3


async def test_a_change_found_by_the_safety_look_is_a_miss() -> None:
    """It is counted, and listening begins anew with the same waker."""
    async with at_rest(Hand()) as hand:
        await hand.missed()
        await hand.clock.is_still()
        state = hand.watcher.state()
        assert (state.missed_changes, state.backend) == (1, "keen")
        assert state.safety_s == SAFETY_S
        assert state.problem is None
        assert (hand.waker.begun, hand.waker.ended) == (2, 1)
        assert hand.looks.taken() == [Occasion.SAFETY, Occasion.EVENT]


async def test_the_second_miss_changes_the_backend_and_the_safety_look() -> None:
    """From then on it looks each second."""
    async with at_rest(Hand(two())) as hand:
        await hand.missed()
        await hand.missed()
        await hand.clock.is_still()
        state = hand.watcher.state()
        assert (state.missed_changes, state.backend) == (2, "steady")
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert state.problem == "keen kept missing changes."
        assert hand.waker.begun == hand.waker.ended
        await hand.clock.passes(2)
        hand.looks.taken()
        await hand.clock.passes(10 * UNTRUSTED_SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY] * 10


async def test_an_event_that_is_a_little_late_is_no_miss() -> None:
    """The look and the event of one commit run a race."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [CHANGED]
        await hand.clock.passes(SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY]
        await hand.clock.passes(LATE_EVENT_S / 2)
        await hand.event()
        assert hand.looks.taken() == [Occasion.EVENT]
        assert hand.watcher.state().missed_changes == 0
        assert hand.waker.begun == 1


async def test_a_waker_that_promises_little_misses_nothing() -> None:
    """It is looked beside each second; that finds what it has not told yet."""
    async with at_rest(Hand((HandWaker("polling", is_exact=False),))) as hand:
        hand.looks.always = CHANGED
        await hand.clock.passes(5 * UNTRUSTED_SAFETY_S)
        assert hand.looks.taken().count(Occasion.SAFETY) == 5
        state = hand.watcher.state()
        assert (state.backend, state.missed_changes) == ("polling", 0)
        assert state.problem is None
        assert hand.waker.begun == 1


# Wakers that fail


async def test_a_waker_that_fails_is_followed_by_the_next() -> None:
    """Whenever it fails; the reason is told, and no change in between is lost."""
    async with at_rest(Hand(two())) as hand:
        hand.waker.fail(OSError(28, "No space left on device"))
        await hand.clock.is_still()
        assert hand.looks.taken() == [Occasion.EVENT]
        state = hand.watcher.state()
        assert state.backend == "steady"
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert state.problem == "keen failed: [Errno 28] No space left on device."


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_without_any_waker_it_looks_each_second(number: int) -> None:
    """All failed, or there never was one."""
    hand = Hand(tuple(BrokenWaker(f"broken {n}") for n in range(number)))
    if not number:
        hand.watcher = Watcher(hand.looks.look, (), hand.clock)
    async with at_rest(hand):
        assert hand.watcher.state().backend == "none"
        await hand.clock.passes(2)
        hand.looks.taken()
        await hand.clock.passes(10 * UNTRUSTED_SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY] * 10


# Appointments


async def test_a_look_that_asks_for_another_gets_it() -> None:
    """Once, at its time, when nothing happens before."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [Look(has_changed=False, again_in_s=7)]
        await hand.clock.passes(SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY]
        assert await hand.clock.next() == pytest.approx(7)
        assert hand.looks.taken() == [Occasion.DUE]
        assert await hand.clock.next() == pytest.approx(SAFETY_S - 7)
        assert hand.looks.taken() == [Occasion.SAFETY]


@pytest.mark.parametrize("later", [None, 20.0], ids=["nothing", "a later one"])
async def test_an_appointment_is_kept_whatever_looks_in_between_say(
    later: float | None,
) -> None:
    """A look that knows of nothing does not speak for the one before."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [Look(has_changed=False, again_in_s=7)]
        await hand.event()
        hand.looks.always = Look(has_changed=False, again_in_s=later)
        await hand.clock.passes(3)
        await hand.event()
        await hand.clock.passes(3.5)
        assert hand.looks.taken() == LADDER * 2
        hand.looks.always = Look(has_changed=False)
        await hand.clock.passes(0.6)
        assert hand.looks.taken() == [Occasion.DUE]


async def test_a_sooner_appointment_goes_first() -> None:
    """Both are kept."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [Look(has_changed=False, again_in_s=0.002)]
        await hand.event()
        assert await hand.clock.next() == pytest.approx(0.001)
        assert await hand.clock.next() == pytest.approx(0.001)
        assert await hand.clock.next() == pytest.approx(0.003)
        assert hand.looks.taken() == [
            Occasion.EVENT,
            Occasion.AGAIN,
            Occasion.DUE,
            Occasion.AGAIN,
        ]


async def test_at_once_means_at_once_and_starves_nobody() -> None:
    """A long piece of work in looks: events and the ladder come in between."""
    async with at_rest(Hand()) as hand:
        at_once = Look(has_changed=False, again_in_s=0)
        hand.looks.answers = [at_once] * 100
        hand.looks.on_look = lambda: (
            hand.waker.wake() if len(hand.looks.answers) == 51 else None
        )
        await hand.event()
        made = hand.looks.taken()
        assert made[0] is Occasion.EVENT
        assert made[1:50] == [Occasion.DUE] * 49
        await hand.clock.passes(2)
        made = hand.looks.taken()
        assert made[0] is Occasion.EVENT
        assert made.count(Occasion.DUE) == 50
        assert [each for each in made if each is not Occasion.DUE] == LADDER
        assert hand.clock.waits[-1] > 1


async def test_appointments_do_not_put_off_the_safety_look() -> None:
    """However many there are in a row."""
    async with at_rest(Hand()) as hand:
        hand.looks.always = Look(has_changed=False, again_in_s=1.3)
        await hand.event()
        await hand.clock.passes(3 * SAFETY_S)
        assert hand.looks.taken().count(Occasion.SAFETY) >= 2


# Sleep and clocks


async def test_waking_from_sleep_is_noticed_and_listening_begins_anew() -> None:
    """Events may have been lost on the way."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=3600)
        await hand.clock.passes(SAFETY_S)
        assert hand.looks.taken() == [Occasion.AWAKE, Occasion.EVENT]
        assert hand.waker.begun == 2
        await hand.clock.passes(SAFETY_S)
        assert Occasion.AWAKE not in hand.looks.taken()


async def test_the_first_event_after_sleep_notices_it_too() -> None:
    """And what it finds is no miss."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=6)
        hand.looks.answers = [CHANGED]
        await hand.event()
        assert hand.looks.taken()[0] is Occasion.AWAKE
        await hand.clock.passes(2)
        assert hand.waker.begun == 2
        assert hand.watcher.state().missed_changes == 0


@pytest.mark.parametrize("by_s", [-3600.0, -6.0, 4.0])
async def test_a_clock_that_is_set_back_or_mended_is_no_sleep(by_s: float) -> None:
    """Looks go on as before."""
    async with at_rest(Hand()) as hand:
        hand.clock.set_wall(by_s=by_s)
        await hand.clock.passes(2 * SAFETY_S)
        assert hand.looks.taken() == [Occasion.SAFETY] * 2
        await hand.event()
        await hand.clock.passes(2)
        assert hand.looks.taken() == LADDER
        assert hand.waker.begun == 1


# Looks that fail


async def test_a_look_that_fails_is_told_and_made_again() -> None:
    """Soon, though nothing happens; the watcher goes on."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [RuntimeError("made up"), RuntimeError("made up")]
        await hand.clock.passes(SAFETY_S)
        problem = hand.watcher.state().problem
        assert problem is not None
        assert "RuntimeError" in problem
        assert "made up" not in problem  # it may quote what somebody wrote
        await hand.clock.passes(RETRY_S)
        assert hand.watcher.state().problem is not None
        await hand.clock.passes(RETRY_S)
        assert hand.watcher.state().problem is None
        assert hand.looks.taken() == [Occasion.SAFETY, Occasion.DUE, Occasion.DUE]


async def test_a_failing_look_keeps_no_event_from_being_seen() -> None:
    """The ladder goes on."""
    async with at_rest(Hand()) as hand:
        hand.looks.answers = [RuntimeError("made up")]
        await hand.event()
        await hand.clock.passes(2)
        assert hand.looks.taken() == LADDER
        assert hand.watcher.state().problem is None


def two() -> tuple[HandWaker, HandWaker]:
    """A waker and the next."""
    return HandWaker("keen"), HandWaker("steady")
