"""Backends on trial: the deaf are found out, and no trace is left."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from jarvis.daemon.watcher import UNTRUSTED_SAFETY_S, PollResult, Trigger, Watcher
from jarvis.daemon.watching import WatchBackend, backends_for, self_test_in
from jarvis.daemon.watching.self_test import self_test
from tests.daemon.watching.ear import PATIENCE_S, open_files
from tests.daemon.watching.hand_clock import Hand, HandBackend, at_rest

SOON_S = 0.05
Verdict = Callable[[WatchBackend], Awaitable[str | None]]


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """No file, no directory, no descriptor."""
    before = open_files()
    yield
    assert os.listdir(tmp_path) == []
    assert open_files() <= before  # what an earlier test left may be closed meanwhile


class HardOfHearing:
    """Hears with the ears of another, but not everything."""

    def __init__(self, other: WatchBackend, hears: Callable[[int], bool]) -> None:
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


def hard_of_hearing(
    hears: Callable[[int], bool],
) -> Callable[[Path], tuple[WatchBackend]]:
    """Makes backends that hear only their first so many wakes."""
    return lambda database: (HardOfHearing(backends_for(database)[0], hears),)


def exact(database: Path) -> WatchBackend:
    """The kernel's backend of this machine."""
    best = backends_for(database)[0]
    if not best.is_exact:
        pytest.skip("this system has no file events")
    return best


async def test_the_backend_of_this_machine_stands_its_trial(tmp_path: Path) -> None:
    """It hears all that SQLite does; and again, where a trial was cut off by a kill."""
    backend = exact(tmp_path / "chat.db")
    hears = self_test_in(tmp_path)
    assert await hears(backend) is None
    left = tmp_path / "trial"
    left.mkdir()
    (left / "x.db-wal").write_bytes(b"")
    assert await hears(backend) is None


async def test_the_place_of_a_trial_is_for_its_user_alone(tmp_path: Path) -> None:
    """Though it holds nothing worth reading."""
    modes: list[int] = []

    class Looking(HandBackend):
        async def run(self, wake: Callable[[], None]) -> None:
            modes.append(stat.S_IMODE(os.stat(tmp_path / "trial").st_mode))
            raise OSError(28, "No space left on device")

    backend = Looking()
    await self_test(backend, scratch=tmp_path / "trial", make=lambda _: (backend,))
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
async def test_a_backend_that_goes_deaf_is_found_out(
    tmp_path: Path, heard: int, verdict: str
) -> None:
    """And to what it is deaf, in one sentence with its name."""
    make = hard_of_hearing(lambda number: number <= heard)
    backend = exact(tmp_path / "chat.db")
    scratch = tmp_path / "trial"
    told = await self_test(backend, scratch=scratch, make=make, patience_s=SOON_S)
    assert told == f"{backend.name} {verdict}."


async def test_a_wake_that_comes_late_once_is_forgiven(tmp_path: Path) -> None:
    """A machine that is starting may be busy."""
    make = hard_of_hearing(lambda number: number != 2)
    backend = exact(tmp_path / "chat.db")
    scratch = tmp_path / "trial"
    told = await self_test(backend, scratch=scratch, make=make, patience_s=SOON_S)
    assert told is None


async def test_a_trial_that_cannot_be_held_condemns_nobody(tmp_path: Path) -> None:
    """A full disk, or no watches left for a second backend."""
    backend = exact(tmp_path / "chat.db")
    missing = tmp_path / "missing" / "trial"
    assert await self_test(backend, scratch=missing, make=backends_for) is None


async def test_a_trial_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    """Wherever that happens."""
    backend = exact(tmp_path / "chat.db")
    hears = self_test_in(tmp_path)

    async def cut_off(after_turns: int) -> bool:
        held = asyncio.ensure_future(hears(backend))
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

    backend, make = exact(tmp_path / "chat.db"), hard_of_hearing(hears)
    trial = self_test(backend, scratch=tmp_path / "trial", make=make)
    held = asyncio.ensure_future(trial)
    await asyncio.wait([held], timeout=PATIENCE_S)
    assert held.cancelled()


# In the watcher


def tried(hand: Hand, verdict: Verdict) -> Hand:
    """The same, with trials."""
    hand.watcher = Watcher(
        hand.polls.poll, hand.backends, hand.clock, self_test=verdict
    )
    return hand


async def test_a_deaf_backend_is_replaced_and_the_reason_told() -> None:
    """Like one that failed."""

    async def verdict(backend: WatchBackend) -> str | None:
        return "keen did not hear a thing." if backend.name == "keen" else None

    hand = Hand((HandBackend("keen"), HandBackend("steady")))
    async with at_rest(tried(hand, verdict)):
        state = hand.watcher.state()
        assert state.backend == "steady"
        assert state.problem == "keen did not hear a thing."
        assert state.safety_s == UNTRUSTED_SAFETY_S
        assert hand.backend.begun == hand.backend.ended == 1


async def test_a_backend_that_hears_is_kept_and_tried_once() -> None:
    """Also when it begins anew; and what promises little is not tried at all."""
    tries: list[str] = []

    async def verdict(backend: WatchBackend) -> str | None:
        tries.append(backend.name)
        return None

    hand = Hand((HandBackend("keen"), HandBackend("polling", is_exact=False)))
    async with at_rest(tried(hand, verdict)):
        hand.clock.set_wall(by_s=3600)
        await hand.event()
        await hand.clock.passes(1)
        assert hand.backend.begun == 2
        assert tries == ["keen"]
        assert hand.watcher.state().problem is None
        hand.backend.fail(OSError(28, "No space left on device"))
        await hand.clock.is_still()
        assert hand.watcher.state().backend == "polling"
        assert tries == ["keen"]


async def test_a_trial_begins_after_the_first_poll_and_delays_none() -> None:
    """What people wait for goes first; a trial may take as long as it likes."""
    begun, ended = asyncio.Event(), asyncio.Event()
    looked_before: list[Trigger] = []

    async def verdict(_: WatchBackend) -> str | None:
        looked_before.extend(hand.polls.made)
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()
        return None

    hand = Hand()
    async with at_rest(tried(hand, verdict)):
        assert begun.is_set()
        assert looked_before == [Trigger.EVENT]
        await hand.event()
        assert hand.polls.taken() == [Trigger.EVENT]
        assert not ended.is_set()
    assert ended.is_set()


async def test_a_trial_that_breaks_down_condemns_nobody() -> None:
    """The watcher goes on with what it has."""

    async def verdict(_: WatchBackend) -> str | None:
        raise RuntimeError("made up")

    async with at_rest(tried(Hand(), verdict)) as hand:
        assert hand.watcher.state().backend == "keen"
        assert hand.watcher.state().problem is None
        assert hand.backend.begun == 1


async def test_the_watcher_tries_the_backend_of_this_machine(tmp_path: Path) -> None:
    """All of it together, on real files and in real time."""
    held = asyncio.Event()
    hears = self_test_in(tmp_path)

    async def verdict(backend: WatchBackend) -> str | None:
        told = await hears(backend)
        held.set()
        return told

    async def poll(_: Trigger) -> PollResult:
        return PollResult(has_changed=False)

    backend = exact(tmp_path / "chat.db")
    watcher = Watcher(poll, (backend,), self_test=verdict)
    running = asyncio.create_task(watcher.run())
    async with asyncio.timeout(PATIENCE_S):
        await held.wait()
    assert watcher.state().backend == backend.name
    assert watcher.state().problem is None
    running.cancel()
    await asyncio.wait([running], timeout=PATIENCE_S)
