"""Kernel file events -> "something may have changed, look": when to look, never at what.

An idle watcher has one timer, the safety look. What a look finds is the inbox's business.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from jarvis.daemon.logs import traced
from jarvis.daemon.watching import Waker
from jarvis.records import Record

LADDER_S: Final = (0.001, 0.004, 0.016, 0.064)
"""A commit becomes visible a little after its event: waits between the looks after one."""

SAFETY_S: Final = 30.0
"""How often an idle watcher looks by itself, in case the kernel kept something back."""

QUIET_WITHIN_S: Final = 0.5
"""How long an unbroken flock of events may put off what waits for quiet."""

UNTRUSTED_SAFETY_S: Final = 1.0
"""The same, once a waker has failed or been caught missing changes."""

_MISSES_ALLOWED: Final = 2
_JUMP_S: Final = 5.0

_log = logging.getLogger(__name__)


class Occasion(Enum):
    """Why a look is made."""

    EVENT = "event"  # the kernel reported something
    AGAIN = "again"  # a rung of the ladder after that
    QUIET = "quiet"  # the last rung: time for what need not be at once
    DUE = "due"  # the look before asked for this one
    SAFETY = "safety"  # nothing was reported for a while
    AWAKE = "awake"  # the machine slept, or its clock was set forward


@dataclass(frozen=True, slots=True)
class Look:
    """What came of a look: whether anything had changed, and when it wants another."""

    has_changed: bool
    again_in_s: float | None = None


class Clock(Protocol):
    """Time as the watcher sees it."""

    def wall_s(self) -> float:
        """Seconds since 1970; jumps when it is set, goes on while the machine sleeps."""
        ...

    def steady_s(self) -> float:
        """Seconds since some moment; never jumps, stands still in sleep."""
        ...

    async def wait(self, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait for event, at most timeout_s seconds; whether it came."""
        ...


class SystemClock:
    """The machine's own time."""

    def wall_s(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def steady_s(self) -> float:
        """Seconds that neither sleep nor clock settings touch."""
        return time.monotonic()

    async def wait(self, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait for event, at most timeout_s seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                return await event.wait()
        except TimeoutError:
            return False


class WatcherState(Record, frozen=True, kw_only=True):
    """What status shows: the backend in use and what it has told and missed."""

    backend: str
    events: int
    looks: int
    missed_changes: int
    safety_s: float
    problem: str | None


class Watcher:
    """Calls `look` whenever it may be worth it.

    Wakers are used in order: the next one when one fails, or was caught missing changes
    for the second time.
    """

    def __init__(
        self,
        look: Callable[[Occasion], Awaitable[Look]],
        wakers: Sequence[Waker],
        clock: Clock | None = None,
    ) -> None:
        self._look = look
        self._wakers = wakers
        self._clock = clock or SystemClock()
        self._woken = asyncio.Event()
        self._anew = asyncio.Event()
        self._events = self._looks = self._missed = self._misses_of_waker = 0
        self._backend = "none"
        self._safety_s = SAFETY_S
        self._waker_problem: str | None = None
        self._look_problem: str | None = None
        self._seen_at = (0.0, 0.0)
        self._rung: int | None = None  # of the ladder; None: idle
        self._quiet_by_s = 0.0

    def state(self) -> WatcherState:
        """How it stands now."""
        return WatcherState(
            backend=self._backend,
            events=self._events,
            looks=self._looks,
            missed_changes=self._missed,
            safety_s=self._safety_s,
            problem=self._look_problem or self._waker_problem,
        )

    async def run(self) -> None:
        """Watch until cancelled; the first look is made when listening has begun."""
        self._seen_at = (self._clock.wall_s(), self._clock.steady_s())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            await self._keep_looking()

    async def _keep_looking(self) -> None:
        due_s: float | None = None
        while True:
            occasion = await self._next_occasion(due_s)
            if self._has_slept():
                occasion = Occasion.AWAKE
                self._anew.set()  # events may have been lost on the way
            look = await self._guarded_look(occasion)
            due_s = look.again_in_s
            if occasion is Occasion.SAFETY and look.has_changed:
                await self._note_miss()

    async def _next_occasion(self, due_s: float | None) -> Occasion:
        """Wait until there is a reason to look, and say which."""
        if self._rung is None:
            idle_s = self._safety_s if due_s is None else min(self._safety_s, due_s)
            if not await self._clock.wait(self._woken, idle_s):
                is_safety = due_s is None or due_s >= self._safety_s
                return Occasion.SAFETY if is_safety else Occasion.DUE
            self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        elif not await self._clock.wait(self._woken, LADDER_S[self._rung]):
            self._rung += 1
            if self._rung == len(LADDER_S):
                self._rung = None
                return Occasion.QUIET
            return Occasion.AGAIN
        else:
            # Writes come in flocks: a millisecond lies between any two looks.
            await self._clock.wait(asyncio.Event(), LADDER_S[0])
        self._woken.clear()
        self._rung = 0
        if self._clock.steady_s() < self._quiet_by_s:
            return Occasion.EVENT
        self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        return Occasion.QUIET

    async def _guarded_look(self, occasion: Occasion) -> Look:
        """A look that failed is told in status and made again at the next occasion."""
        self._looks += 1
        try:
            look = await self._look(occasion)
        except Exception as error:  # the watcher is a boundary: it must go on watching
            _log.error("Looking for new messages failed: %s", traced(error))
            self._look_problem = (
                f"The last look for new messages failed ({type(error).__name__}); "
                "the log has the details. It will be tried again."
            )
            return Look(has_changed=False)
        self._look_problem = None
        return look

    def _has_slept(self) -> bool:
        """Whether the wall clock ran ahead since the last time this was asked."""
        wall_s, steady_s = self._clock.wall_s(), self._clock.steady_s()
        wall_before_s, steady_before_s = self._seen_at
        self._seen_at = (wall_s, steady_s)
        return (wall_s - wall_before_s) - (steady_s - steady_before_s) > _JUMP_S

    async def _note_miss(self) -> None:
        """A safety look found something: unless its event is only a little late, count."""
        if await self._clock.wait(self._woken, sum(LADDER_S)):
            return
        self._missed += 1
        self._misses_of_waker += 1
        self._anew.set()

    async def _listen(self) -> None:
        """Run the wakers one after the other, each for as long as it can be trusted."""
        for waker in self._wakers:
            self._backend = waker.name
            self._misses_of_waker = 0
            while self._misses_of_waker < _MISSES_ALLOWED:
                self._anew.clear()
                if problem := await self._run_until_anew(waker):
                    break
            self._waker_problem = problem or f"{waker.name} kept missing changes."
            self._safety_s = UNTRUSTED_SAFETY_S
            self._woken.set()
            _log.warning("Watching: %s", self._waker_problem)
        self._backend = "none"

    async def _run_until_anew(self, waker: Waker) -> str | None:
        """Why the waker failed; None when it was stopped to begin anew."""
        problem: str | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(waker.run(self._wake))
                await self._anew.wait()
                running.cancel()
        except* Exception as failures:
            reason = failures.exceptions[0]
            _log.warning("%s failed: %s", waker.name, traced(reason))
            problem = f"{waker.name} failed: {reason}"
        return problem

    def _wake(self) -> None:
        self._events += 1
        self._woken.set()
