"""Wakers on trial: the deaf are found out, and no trace is left."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from jarvis.daemon.watcher import UNTRUSTED_SAFETY_S, Look, Occasion, Watcher
from jarvis.daemon.watching import Waker, trial_in, wakers_for
from jarvis.daemon.watching.trial import try_out
from tests.daemon.watching.ear import PATIENCE_S, open_files
from tests.daemon.watching.hand_clock import Hand, HandWaker, at_rest

SOON_S = 0.05
Verdict = Callable[[Waker], Awaitable[str | None]]


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """No file, no directory, no descriptor."""
    before = open_files()
    yield
    assert os.listdir(tmp_path) == []
    assert open_files() == before


class HardOfHearing:
    """Hears with the ears of another, but not everything."""

    def __init__(self, other: Waker, hears: Callable[[int], bool]) -> None:
        self.name = other.name
        self.is_exact = True
        self._other = other
        self._hears = hears
        self._told = 0

    async def run(self, wake: Callable[[], None]) -> None:
        """Pass on only some wakes."""

        def maybe() -> None:
            self._told += 1
            if self._hears(self._told):
                wake()

        await self._other.run(maybe)


def hard_of_hearing(hears: Callable[[int], bool]) -> Callable[[Path], tuple[Waker]]:
    """Makes wakers that hear only their so-manieth wakes."""
    return lambda database: (HardOfHearing(wakers_for(database)[0], hears),)


def exact(database: Path) -> Waker:
    """The kernel's waker of this machine."""
    best = wakers_for(database)[0]
    if not best.is_exact:
        pytest.skip("this system has no file events")
    return best


async def test_the_waker_of_this_machine_stands_its_trial(tmp_path: Path) -> None:
    """It hears all that SQLite does; and again, where a trial was cut off by a kill."""
    waker = exact(tmp_path / "chat.db")
    hears = trial_in(tmp_path)
    assert await hears(waker) is None
    left = tmp_path / "trial"
    left.mkdir()
    (left / "x.db-wal").write_bytes(b"")
    assert await hears(waker) is None


async def test_the_place_of_a_trial_is_for_its_user_alone(tmp_path: Path) -> None:
    """Though it holds nothing worth reading."""
    modes: list[int] = []

    class Looking(HandWaker):
        async def run(self, wake: Callable[[], None]) -> None:
            modes.append(stat.S_IMODE(os.stat(tmp_path / "trial").st_mode))
            raise OSError(28, "No space left on device")

    waker = Looking()
    await try_out(waker, scratch=tmp_path / "trial", make=lambda _: (waker,))
    assert modes == [0o700]


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (0, "did not begin to listen"),
        (1, "did not hear a log that stays open grow"),
        (2, "did not hear a log being written over from its start"),
        (3, "did not hear a log being removed"),
    ],
)
async def test_a_waker_that_goes_deaf_is_found_out(
    tmp_path: Path, heard: int, verdict: str
) -> None:
    """And to what it is deaf, in one sentence with its name."""
    make = hard_of_hearing(lambda number: number <= heard)
    waker = exact(tmp_path / "chat.db")
    scratch = tmp_path / "trial"
    told = await try_out(waker, scratch=scratch, make=make, patience_s=SOON_S)
    assert told == f"{waker.name} {verdict}."


async def test_a_wake_that_comes_late_once_is_forgiven(tmp_path: Path) -> None:
    """A machine that is starting may be busy."""
    make = hard_of_hearing(lambda number: number != 2)
    waker = exact(tmp_path / "chat.db")
    scratch = tmp_path / "trial"
    told = await try_out(waker, scratch=scratch, make=make, patience_s=SOON_S)
    assert told is None


async def test_a_trial_that_cannot_be_held_condemns_nobody(tmp_path: Path) -> None:
    """A full disk, or no watches left for a second waker."""
    waker = exact(tmp_path / "chat.db")
    missing = tmp_path / "missing" / "trial"
    assert await try_out(waker, scratch=missing, make=wakers_for) is None


async def test_a_trial_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    """Wherever that happens."""
    waker = exact(tmp_path / "chat.db")
    hears = trial_in(tmp_path)

    async def cut_off(after_turns: int) -> bool:
        held = asyncio.ensure_future(hears(waker))
        for _ in range(after_turns):
            await asyncio.sleep(0)
        held.cancel()
        await asyncio.wait([held], timeout=PATIENCE_S)
        assert held.done()
        assert os.listdir(tmp_path) == []
        return held.cancelled()

    assert all([await cut_off(turns) for turns in range(1, 30)])


@pytest.mark.parametrize("wake", range(1, 6))
async def test_a_trial_that_is_cut_off_at_work_leaves_nothing(
    tmp_path: Path, wake: int
) -> None:
    """In the middle of any of its acts."""

    def hears(number: int) -> bool:
        if number == wake:
            held.cancel()
        return True

    waker, make = exact(tmp_path / "chat.db"), hard_of_hearing(hears)
    trial = try_out(waker, scratch=tmp_path / "trial", make=make)
    held = asyncio.ensure_future(trial)
    await asyncio.wait([held], timeout=PATIENCE_S)
    assert held.cancelled()


# In the watcher


def tried(hand: Hand, verdict: Verdict) -> Hand:
    """The same, with trials."""
    hand.watcher = Watcher(hand.looks.look, hand.wakers, hand.clock, try_out=verdict)
    return hand


async def test_a_deaf_waker_is_replaced_and_the_reason_told() -> None:
    """Like one that failed."""

    async def verdict(waker: Waker) -> str | None:
        return "keen did not hear a thing." if waker.name == "keen" else None

    hand = Hand((HandWaker("keen"), HandWaker("steady")))
    async with at_rest(tried(hand, verdict)):
        state = hand.watcher.state()
        assert state.backend == "steady"
        assert state.problem == "keen did not hear a thing."
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert hand.waker.begun == hand.waker.ended == 1


async def test_a_waker_that_hears_is_kept_and_tried_once() -> None:
    """Also when it begins anew; and what promises little is not tried at all."""
    tries: list[str] = []

    async def verdict(waker: Waker) -> str | None:
        tries.append(waker.name)
        return None

    hand = Hand((HandWaker("keen"), HandWaker("polling", is_exact=False)))
    async with at_rest(tried(hand, verdict)):
        hand.clock.set_wall(by_s=3600)
        await hand.event()
        await hand.clock.passes(1)
        assert hand.waker.begun == 2
        assert tries == ["keen"]
        assert hand.watcher.state().problem is None
        hand.waker.fail(OSError(28, "No space left on device"))
        await hand.clock.is_still()
        assert hand.watcher.state().backend == "polling"
        assert tries == ["keen"]


async def test_a_trial_begins_after_the_first_look_and_delays_none() -> None:
    """What people wait for goes first; a trial may take as long as it likes."""
    begun, ended = asyncio.Event(), asyncio.Event()
    looked_before: list[Occasion] = []

    async def verdict(_: Waker) -> str | None:
        looked_before.extend(hand.looks.made)
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()
        return None

    hand = Hand()
    async with at_rest(tried(hand, verdict)):
        assert begun.is_set()
        assert looked_before == [Occasion.EVENT]
        await hand.event()
        assert hand.looks.taken() == [Occasion.EVENT]
        assert not ended.is_set()
    assert ended.is_set()


async def test_a_trial_that_breaks_down_condemns_nobody() -> None:
    """The watcher goes on with what it has."""

    async def verdict(_: Waker) -> str | None:
        raise RuntimeError("made up")

    async with at_rest(tried(Hand(), verdict)) as hand:
        assert hand.watcher.state().backend == "keen"
        assert hand.watcher.state().problem is None
        assert hand.waker.begun == 1


async def test_the_watcher_tries_the_waker_of_this_machine(tmp_path: Path) -> None:
    """All of it together, on real files and in real time."""
    held = asyncio.Event()
    hears = trial_in(tmp_path)

    async def verdict(waker: Waker) -> str | None:
        told = await hears(waker)
        held.set()
        return told

    async def look(_: Occasion) -> Look:
        return Look(has_changed=False)

    waker = exact(tmp_path / "chat.db")
    watcher = Watcher(look, (waker,), try_out=verdict)
    running = asyncio.create_task(watcher.run())
    async with asyncio.timeout(PATIENCE_S):
        await held.wait()
    assert watcher.state().backend == waker.name
    assert watcher.state().problem is None
    running.cancel()
    await asyncio.wait([running], timeout=PATIENCE_S)
