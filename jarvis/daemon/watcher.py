"""When to poll chat.db: after the kernel's file events, and now and then by itself.

An idle watcher has one timer, that of the safety poll. What a poll finds is the inbox's
business.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from jarvis.daemon.logs import traced
from jarvis.daemon.watching import WatchBackend
from jarvis.daemon.watching.clock import Clock, SystemClock
from jarvis.protocol.methods.status import WatcherStatus

RETRY_SCHEDULE_S: Final = (0.001, 0.004, 0.016, 0.064, 0.256, 1.024)
"""Waits between the polls after an event: its commit becomes visible a little later.

The last two are for a busy machine, which may put a writer aside between its frames and
the log's index; of the index no event tells.
"""

_QUIET_STEP: Final = 3
"""The step at which it is quiet: a writer that does not hurry has ended by then."""

SAFETY_S: Final = 30.0
"""How often the watcher polls by itself, in case the kernel kept something back."""

QUIET_WITHIN_S: Final = 0.5
"""How long an unbroken burst of events may put off the work that waits for quiet."""

UNTRUSTED_SAFETY_S: Final = 1.0
"""The same beside a backend that is not exact, and once one has missed changes."""

RETRY_S: Final = 5.0
"""Delay before the next poll after one that failed, if nothing happens before."""

LATE_EVENT_S: Final = 0.1
"""How much later than the safety poll that saw its commit an event may come."""

_MISSES_ALLOWED: Final = 2
_JUMP_S: Final = 5.0

_log = logging.getLogger(__name__)


class Trigger(Enum):
    """Why a poll is made."""

    EVENT = "event"  # the kernel reported something
    RETRY = "retry"  # a step of the retry schedule after that
    QUIET = "quiet"  # the quiet step: time for what need not be at once
    DUE = "due"  # the poll before asked for this one
    SAFETY = "safety"  # nothing was reported for a while
    AWAKE = "awake"  # the machine slept, or its clock was set forward


class PollResult(msgspec.Struct, frozen=True):
    """What came of a poll: whether anything had changed, and when it wants another."""

    has_changed: bool
    again_in_s: float | None = None


class Watcher:
    """Calls `poll` whenever it may be worth it.

    Backends are used in order: the next one when one fails, was caught missing changes for
    the second time, or did not pass its self-test. `self_test` makes that, beside the
    first work of an exact backend: it tells why it failed, as a sentence, or None.
    """

    def __init__(
        self,
        poll: Callable[[Trigger], Awaitable[PollResult]],
        backends: Sequence[WatchBackend],
        clock: Clock | None = None,
        *,
        self_test: Callable[[WatchBackend], Awaitable[str | None]] | None = None,
    ) -> None:
        self._poll = poll
        self._backends = backends
        self._clock = clock or SystemClock()
        self._self_test = self_test
        self._woken = asyncio.Event()
        self._anew = asyncio.Event()
        self._has_polled = asyncio.Event()
        self._events = self._polls = self._missed = self._misses_of_backend = 0
        self._backend: WatchBackend | None = None
        self._safety_s = SAFETY_S
        self._distrust: str | None = None  # of the backend in use
        self._backend_problem: str | None = None
        self._poll_problem: str | None = None
        self._seen_at = (0.0, 0.0)
        self._step: int | None = None  # of the schedule; None: idle
        # Moments of the steady clock
        self._step_at_s = self._quiet_by_s = self._safe_at_s = 0.0
        self._due_at_s = math.inf

    def state(self) -> WatcherStatus:
        """The backend in use now, and what it has reported and missed."""
        return WatcherStatus(
            backend=self._backend.name if self._backend else "none",
            events=self._events,
            looks=self._polls,
            missed_changes=self._missed,
            safety_s=self._safety_s,
            problem=self._poll_problem or self._backend_problem,
        )

    async def run(self) -> None:
        """Watch until cancelled; the first poll is made when listening has begun."""
        self._seen_at = (self._clock.wall_s(), self._clock.steady_s())
        self._safe_at_s = self._clock.steady_s()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            await self._keep_polling()

    # Polling

    async def _keep_polling(self) -> None:
        while True:
            trigger = await self._next_trigger()
            now_s = self._clock.steady_s()
            if self._has_slept():
                trigger = Trigger.AWAKE
                self._anew.set()  # events may have been lost on the way
            if trigger in (Trigger.SAFETY, Trigger.AWAKE):
                self._safe_at_s = now_s
            if trigger is Trigger.DUE or self._due_at_s <= now_s:
                self._due_at_s = math.inf  # whatever its trigger, this poll is in time
            result = await self._guarded_poll(trigger)
            self._has_polled.set()
            now_s = self._clock.steady_s()
            if result.again_in_s is not None:
                # An earlier appointment stands, whatever this poll says.
                self._due_at_s = min(self._due_at_s, now_s + result.again_in_s)
            if self._step is not None and trigger is not Trigger.DUE:
                self._step_at_s = now_s + RETRY_SCHEDULE_S[self._step]
            if trigger is Trigger.SAFETY and result.has_changed:
                await self._note_miss()

    async def _next_trigger(self) -> Trigger:
        """Wait until there is a reason to poll, and say which."""
        safe_by_s = self._safe_at_s + self._safety_s
        at_s = safe_by_s if self._step is None else self._step_at_s
        wait_s = min(at_s, self._due_at_s) - self._clock.steady_s()
        if not await self._clock.wait(self._woken, max(wait_s, 0.0)):
            if self._due_at_s < at_s:
                return Trigger.DUE
            return Trigger.SAFETY if self._step is None else self._next_step(self._step)
        if self._step is None or self._step > _QUIET_STEP:
            self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        else:
            # Writes come in bursts: a millisecond lies between any two polls.
            await self._clock.wait(asyncio.Event(), RETRY_SCHEDULE_S[0])
        self._woken.clear()
        self._step = 0
        if self._clock.steady_s() < self._quiet_by_s:
            return Trigger.EVENT
        self._quiet_by_s = self._clock.steady_s() + QUIET_WITHIN_S
        return Trigger.QUIET

    def _next_step(self, step: int) -> Trigger:
        self._step = step + 1 if step + 1 < len(RETRY_SCHEDULE_S) else None
        return Trigger.QUIET if step == _QUIET_STEP else Trigger.RETRY

    async def _guarded_poll(self, trigger: Trigger) -> PollResult:
        """A poll that failed is shown in status and made again."""
        self._polls += 1
        try:
            result = await self._poll(trigger)
        except Exception as error:  # the watcher is a boundary: it must go on watching
            problem = (
                f"The last look for new messages failed ({type(error).__name__}); "
                "the log has the details. It will be tried again."
            )
            if problem != self._poll_problem:  # once, not each time
                _log.error("Looking for new messages failed: %s", traced(error))
            self._poll_problem = problem
            return PollResult(has_changed=False, again_in_s=RETRY_S)
        self._poll_problem = None
        return result

    def _has_slept(self) -> bool:
        """Whether the wall clock ran ahead since the last time this was asked."""
        wall_s, steady_s = self._clock.wall_s(), self._clock.steady_s()
        wall_before_s, steady_before_s = self._seen_at
        self._seen_at = (wall_s, steady_s)
        return (wall_s - wall_before_s) - (steady_s - steady_before_s) > _JUMP_S

    async def _note_miss(self) -> None:
        """A safety poll found something: unless its event is only a little late, count."""
        backend = self._backend
        if backend is None or not backend.is_exact:
            return
        if (
            await self._clock.wait(self._woken, LATE_EVENT_S)
            or backend != self._backend
        ):
            return
        self._missed += 1
        self._misses_of_backend += 1
        if self._misses_of_backend == _MISSES_ALLOWED:
            self._distrust = f"{backend.name} kept missing changes."
        self._anew.set()

    # Listening

    async def _listen(self) -> None:
        """Run the backends one after the other, each for as long as it can be trusted."""
        for backend in self._backends:
            self._backend = backend
            if not backend.is_exact:
                self._safety_s = UNTRUSTED_SAFETY_S
            self._backend_problem = await self._use(backend)
            _log.warning("Watching: %s", self._backend_problem)
            self._safety_s = UNTRUSTED_SAFETY_S
        self._backend = None
        self._safety_s = UNTRUSTED_SAFETY_S
        self._woken.set()

    async def _use(self, backend: WatchBackend) -> str:
        """Run backend, with a self-test at first; why that ended, as a sentence."""
        self._misses_of_backend = 0
        self._distrust = None
        async with asyncio.TaskGroup() as tasks:
            testing = tasks.create_task(self._run_self_test(backend))
            problem: str | None = None
            while problem is None:
                self._anew.clear()
                problem = await self._run_until_anew(backend) or self._distrust
            testing.cancel()
        return problem

    async def _run_self_test(self, backend: WatchBackend) -> None:
        if self._self_test is None or not backend.is_exact:
            return
        await self._has_polled.wait()  # what people wait for goes first
        try:
            verdict = await self._self_test(backend)
        except Exception as error:  # then nothing is known against it
            _log.error("%s could not be tried out: %s", backend.name, traced(error))
            return
        if verdict is not None:
            self._distrust = verdict
            self._anew.set()

    async def _run_until_anew(self, backend: WatchBackend) -> str | None:
        """Why the backend failed; None when it was stopped to begin anew."""
        problem: str | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(backend.run(self._wake))
                await self._anew.wait()
                running.cancel()
        except* Exception as failures:
            reason = failures.exceptions[0]
            _log.warning("%s failed: %s", backend.name, traced(reason))
            problem = f"{backend.name} failed: {reason}."
        return problem

    def _wake(self) -> None:
        self._events += 1
        self._woken.set()
