"""A clock in the test's hand, and backends and polls that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from jarvis.daemon.watcher import SAFETY_S, PollResult, Trigger, Watcher

TURNS_TO_BE_STILL = 20
BOUND_S = 10.0
_ROUNDING_S = 1e-9


class HandClock:
    """Stands still until `passes`. `waits` are all the timers that were set."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._now_s = 1000.0
        self._wall_ahead_s = 1_000_000.0
        self._waiting: tuple[float, asyncio.Event, asyncio.Event] | None = None

    def wall_s(self) -> float:
        """Seconds since 1970."""
        return self._now_s + self._wall_ahead_s

    def steady_s(self) -> float:
        """Seconds since some moment."""
        return self._now_s

    async def wait(self, event: asyncio.Event, timeout_s: float) -> bool:
        """One timer at a time: nobody else may have one."""
        assert self._waiting is None
        self.waits.append(timeout_s)
        if event.is_set():
            return True
        if timeout_s <= 0:
            await asyncio.sleep(0)
            return event.is_set()
        rings = asyncio.Event()
        self._waiting = (self._now_s + timeout_s, event, rings)
        either = [asyncio.ensure_future(each.wait()) for each in (event, rings)]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting = None
            for each in either:
                each.cancel()
        return event.is_set()

    def set_wall(self, by_s: float) -> None:
        """The machine sleeps so long, or somebody sets its clock."""
        self._wall_ahead_s += by_s

    async def is_still(self) -> None:
        """Until everybody waits for time or events."""
        async with asyncio.timeout(BOUND_S):
            still = 0
            while still < TURNS_TO_BE_STILL:
                still = still + 1 if self._rests() else 0
                await asyncio.sleep(0)

    def _rests(self) -> bool:
        if self._waiting is None:
            return False
        _, event, rings = self._waiting
        return not (event.is_set() or rings.is_set())

    async def passes(self, seconds: float) -> None:
        """So much time, with everything that is to happen in it."""
        end_s = self._now_s + seconds
        await self.is_still()
        while self._waiting and self._waiting[0] <= end_s + _ROUNDING_S:
            at_s, _, rings = self._waiting
            self._now_s = max(self._now_s, at_s)
            rings.set()
            await self.is_still()
        self._now_s = end_s

    async def next(self) -> float:
        """Up to the next timer; how long that took."""
        await self.is_still()
        assert self._waiting is not None
        before_s = self._now_s
        await self.passes(max(self._waiting[0] - before_s, 0))
        return self._now_s - before_s


class HandBackend:
    """Wakes when the test says so."""

    def __init__(self, name: str = "keen", *, is_exact: bool = True) -> None:
        self.name = name
        self.is_exact = is_exact
        self.begun = self.ended = 0
        self.wake: Callable[[], None] = lambda: None
        self._failure: asyncio.Future[None] | None = None

    async def run(self, wake: Callable[[], None]) -> None:
        """Until cancelled, or made to fail."""
        self.begun += 1
        self.wake = wake
        self._failure = asyncio.get_running_loop().create_future()
        wake()
        try:
            await self._failure
        finally:
            self.ended += 1
            self.wake = lambda: None

    def fail(self, error: Exception) -> None:
        """Let it raise this."""
        assert self._failure is not None
        self._failure.set_exception(error)


class BrokenBackend(HandBackend):
    """Cannot begin at all."""

    async def run(self, wake: Callable[[], None]) -> None:
        """At once."""
        raise OSError(28, "No space left on device")


class Polls:
    """Every poll there was; `answers` are for the next ones."""

    def __init__(self) -> None:
        self.made: list[Trigger] = []
        self.answers: list[PollResult | Exception] = []
        self.always = PollResult(has_changed=False)
        self.on_poll: Callable[[], None] = lambda: None

    async def poll(self, trigger: Trigger) -> PollResult:
        """What the watcher calls."""
        self.made.append(trigger)
        self.on_poll()
        answer = self.answers.pop(0) if self.answers else self.always
        if isinstance(answer, Exception):
            raise answer
        return answer

    def taken(self) -> list[Trigger]:
        """Those since the last time this was asked."""
        made, self.made = self.made, []
        return made


class Hand:
    """A running watcher with all its strings."""

    def __init__(self, backends: tuple[HandBackend, ...] = ()) -> None:
        self.clock = HandClock()
        self.polls = Polls()
        self.backends = backends or (HandBackend(),)
        self.watcher = Watcher(self.polls.poll, self.backends, self.clock)

    @property
    def backend(self) -> HandBackend:
        """The first one."""
        return self.backends[0]

    async def event(self) -> None:
        """The backend wakes."""
        self.backend.wake()
        await self.clock.is_still()

    async def missed(self) -> None:
        """The safety poll finds what nobody told, and time for an event goes by."""
        await self.clock.passes(2)  # whatever schedule there was is climbed
        self.polls.taken()
        self.polls.answers = [PollResult(has_changed=True)]
        while Trigger.SAFETY not in self.polls.made:
            await self.clock.next()
        await self.clock.next()


@asynccontextmanager
async def at_rest(hand: Hand) -> AsyncIterator[Hand]:
    """The watcher runs; it has just made a safety poll, and all before is forgotten."""
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(hand.watcher.run())
        await hand.clock.passes(SAFETY_S)
        hand.polls.taken()
        hand.clock.waits.clear()
        yield hand
        running.cancel()
