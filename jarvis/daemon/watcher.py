"""Kernel file events -> "something may have changed, look": when to look, never at what.

An idle watcher has one timer, the safety look. What a look finds is the inbox's business.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from jarvis.daemon.logs import traced
from jarvis.daemon.watching import Waker
from jarvis.daemon.watching.clock import Clock, SystemClock
from jarvis.records import Record

LADDER_S: Final = (0.001, 0.004, 0.016, 0.064, 0.256, 1.024)
"""A commit becomes visible a little after its event: waits between the looks after one.

The last two are for a busy machine, which may put a writer aside between its frames and
the log's index; of the index no event tells.
"""

_QUIET_RUNG: Final = 3
"""At which rung it is quiet: who writes at leisure has ended by then."""

SAFETY_S: Final = 30.0
"""How often the watcher looks by itself, in case the kernel kept something back."""

QUIET_WITHIN_S: Final = 0.5
"""How long an unbroken flock of events may put off what waits for quiet."""

UNTRUSTED_SAFETY_S: Final = 1.0
"""The same beside a waker that promises little, and once one has broken its promise."""

RETRY_S: Final = 5.0
"""So long after a look that failed the next is made, if nothing happens before."""

LATE_EVENT_S: Final = 0.1
"""By how much an event may come after the safety look that saw its commit."""

_MISSES_ALLOWED: Final = 2
_JUMP_S: Final = 5.0

_log = logging.getLogger(__name__)


class Occasion(Enum):
    """Why a look is made."""

    EVENT = "event"  # the kernel reported something
    AGAIN = "again"  # a rung of the ladder after that
    QUIET = "quiet"  # the quiet rung: time for what need not be at once
    DUE = "due"  # the look before asked for this one
    SAFETY = "safety"  # nothing was reported for a while
    AWAKE = "awake"  # the machine slept, or its clock was set forward


@dataclass(frozen=True, slots=True)
class Look:
    """What came of a look: whether anything had changed, and when it wants another."""

    has_changed: bool
    again_in_s: float | None = None


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

    Wakers are used in order: the next one when one fails, was caught missing changes for
    the second time, or did not stand its trial. `try_out` holds that, beside the first
    work of an exact waker: it tells why not, as a sentence, or None.
    """

    def __init__(
        self,
        look: Callable[[Occasion], Awaitable[Look]],
        wakers: Sequence[Waker],
        clock: Clock | None = None,
        *,
        try_out: Callable[[Waker], Awaitable[str | None]] | None = None,
    ) -> None:
        self._look = look
        self._wakers = wakers
        self._clock = clock or SystemClock()
        self._try_out = try_out
        self._woken = asyncio.Event()
        self._anew = asyncio.Event()
        self._has_looked = asyncio.Event()
        self._events = self._looks = self._missed = self._misses_of_waker = 0
        self._waker: Waker | None = None
        self._safety_s = SAFETY_S
        self._distrust: str | None = None  # of the waker in use
        self._waker_problem: str | None = None
        self._look_problem: str | None = None
        self._seen_at = (0.0, 0.0)
        self._rung: int | None = None  # of the ladder; None: idle
        # Moments of the steady clock
        self._rung_at_s = self._quiet_by_s = self._safe_at_s = 0.0
        self._due_at_s = math.inf

    def state(self) -> WatcherState:
        """How it stands now."""
        return WatcherState(
            backend=self._waker.name if self._waker else "none",
            events=self._events,
            looks=self._looks,
            missed_changes=self._missed,
            safety_s=self._safety_s,
            problem=self._look_problem or self._waker_problem,
        )

    async def run(self) -> None:
        """Watch until cancelled; the first look is made when listening has begun."""
        self._seen_at = (self._clock.wall_s(), self._clock.steady_s())
        self._safe_at_s = self._clock.steady_s()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            await self._keep_looking()

    # Looking

    async def _keep_looking(self) -> None:
        while True:
            occasion = await self._next_occasion()
            now_s = self._clock.steady_s()
            if self._has_slept():
                occasion = Occasion.AWAKE
                self._anew.set()  # events may have been lost on the way
            if occasion in (Occasion.SAFETY, Occasion.AWAKE):
                self._safe_at_s = now_s
            if occasion is Occasion.DUE or self._due_at_s <= now_s:
                self._due_at_s = math.inf  # whatever its occasion, this look is in time
            look = await self._guarded_look(occasion)
            self._has_looked.set()
            now_s = self._clock.steady_s()
            if look.again_in_s is not None:
                # An earlier appointment stands, whatever this look says.
                self._due_at_s = min(self._due_at_s, now_s + look.again_in_s)
            if self._rung is not None and occasion is not Occasion.DUE:
                self._rung_at_s = now_s + LADDER_S[self._rung]
            if occasion is Occasion.SAFETY and look.has_changed:
                await self._note_miss()

    async def _next_occasion(self) -> Occasion:
        """Wait until there is a reason to look, and say which."""
        safe_by_s = self._safe_at_s + self._safety_s
        at_s = safe_by_s if self._rung is None else self._rung_at_s
        wait_s = min(at_s, self._due_at_s) - self._clock.steady_s()
        if not await self._clock.wait(self._woken, max(wait_s, 0.0)):
            if self._due_at_s < at_s:
                return Occasion.DUE
            return Occasion.SAFETY if self._rung is None else self._climb(self._rung)
        if self._rung is None or self._rung > _QUIET_RUNG:
            self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        else:
            # Writes come in flocks: a millisecond lies between any two looks.
            await self._clock.wait(asyncio.Event(), LADDER_S[0])
        self._woken.clear()
        self._rung = 0
        if self._clock.steady_s() < self._quiet_by_s:
            return Occasion.EVENT
        self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        return Occasion.QUIET

    def _climb(self, rung: int) -> Occasion:
        self._rung = rung + 1 if rung + 1 < len(LADDER_S) else None
        return Occasion.QUIET if rung == _QUIET_RUNG else Occasion.AGAIN

    async def _guarded_look(self, occasion: Occasion) -> Look:
        """A look that failed is told in status and made again."""
        self._looks += 1
        try:
            look = await self._look(occasion)
        except Exception as error:  # the watcher is a boundary: it must go on watching
            problem = (
                f"The last look for new messages failed ({type(error).__name__}); "
                "the log has the details. It will be tried again."
            )
            if problem != self._look_problem:  # once, not each time
                _log.error("Looking for new messages failed: %s", traced(error))
            self._look_problem = problem
            return Look(has_changed=False, again_in_s=RETRY_S)
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
        waker = self._waker
        if waker is None or not waker.is_exact:
            return
        if await self._clock.wait(self._woken, LATE_EVENT_S) or waker != self._waker:
            return
        self._missed += 1
        self._misses_of_waker += 1
        if self._misses_of_waker == _MISSES_ALLOWED:
            self._distrust = f"{waker.name} kept missing changes."
        self._anew.set()

    # Listening

    async def _listen(self) -> None:
        """Run the wakers one after the other, each for as long as it can be trusted."""
        for waker in self._wakers:
            self._waker = waker
            if not waker.is_exact:
                self._safety_s = UNTRUSTED_SAFETY_S
            self._waker_problem = await self._use(waker)
            _log.warning("Watching: %s", self._waker_problem)
            self._safety_s = UNTRUSTED_SAFETY_S
        self._waker = None
        self._safety_s = UNTRUSTED_SAFETY_S
        self._woken.set()

    async def _use(self, waker: Waker) -> str:
        """Run waker, on trial at first; why that ended, as a sentence."""
        self._misses_of_waker = 0
        self._distrust = None
        async with asyncio.TaskGroup() as tasks:
            trial = tasks.create_task(self._put_on_trial(waker))
            problem: str | None = None
            while problem is None:
                self._anew.clear()
                problem = await self._run_until_anew(waker) or self._distrust
            trial.cancel()
        return problem

    async def _put_on_trial(self, waker: Waker) -> None:
        if self._try_out is None or not waker.is_exact:
            return
        await self._has_looked.wait()  # what people wait for goes first
        try:
            verdict = await self._try_out(waker)
        except Exception as error:  # then nothing is known against it
            _log.error("%s could not be tried out: %s", waker.name, traced(error))
            return
        if verdict is not None:
            self._distrust = verdict
            self._anew.set()

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
            problem = f"{waker.name} failed: {reason}."
        return problem

    def _wake(self) -> None:
        self._events += 1
        self._woken.set()
