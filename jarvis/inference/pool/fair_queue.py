"""Who may use the model: one text at a time, people first, callers in rotation."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable
from itertools import count
from typing import Final

import msgspec

from jarvis.errors import Busy, JarvisError
from jarvis.inference.background import Background

_REMEMBERED_CALLERS: Final = 256


class Lease:
    """The right to use the model, until released."""

    def __init__(self, queue: FairQueue, background: Background | None) -> None:
        self.background = background
        self.is_preempted = False
        """Whether a person waits for what is only background work."""
        self.on_preempt: Callable[[], None] | None = None
        self._queue = queue

    @property
    def is_background(self) -> bool:
        """Whether nobody waits for what it is used for."""
        return _is_behind(self.background)

    def release(self) -> None:
        """Pass it to the next waiter; a second call does nothing."""
        self._queue.pass_on(self)

    def preempt(self) -> None:
        """Tell the holder that a person waits."""
        if not self.is_preempted:
            self.is_preempted = True
            if self.background is not None:
                self.background.is_preempted = True
            if self.on_preempt is not None:
                self.on_preempt()


def _is_behind(background: Background | None) -> bool:
    return background is not None and not background.is_awaited


OnMove = Callable[[int, int], None]
"""Receives how many of the texts ahead are written, and how many those were in all."""


class _Waiter(msgspec.Struct, eq=False):
    caller: Hashable
    background: Background | None
    lease: asyncio.Future[Lease]
    on_move: OnMove
    written: int = 0
    """How many texts of others were written since it began to wait."""

    @property
    def is_background(self) -> bool:
        return _is_behind(self.background)


class FairQueue:
    """Gives out one lease at a time.

    Next is the foreground waiter whose caller was served longest ago, so that one
    connection with many wishes does not keep the others waiting; background comes when
    no foreground waits, and is told to stop when some arrives. At most `max_waiting`
    wait; whoever comes then is told that it is busy.
    """

    def __init__(self, max_waiting: int = 256) -> None:
        self._max_waiting = max_waiting
        self._holder: Lease | None = None
        self._waiting: list[_Waiter] = []
        self._round = count(1)
        self._served: dict[Hashable, int] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nobody has or wants the lease."""
        return self._holder is None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    async def take(
        self,
        caller: Hashable,
        *,
        background: Background | None = None,
        on_move: OnMove = lambda done, total: None,
    ) -> Lease:
        """Wait for the lease.

        Args:
            caller: whom it is for.
            background: nobody waits for it, as long as that says so.
            on_move: told how the line moves, where there is one.

        Raises:
            Busy: too many wait already.
        """
        if self._holder is None:
            return self._grant(caller, background)
        if len(self._waiting) >= self._max_waiting:
            reason = f"{self._max_waiting} texts wait for the model already; ask again."
            raise Busy(reason)
        lease: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(caller, background, lease, on_move)
        if background is not None:
            background.on_awaited = lambda: self._promote(waiter)
        self._waiting.append(waiter)
        self._placed(waiter)
        try:
            return await lease
        except asyncio.CancelledError:
            self._leave(waiter)
            raise
        finally:
            if background is not None:
                background.on_awaited = None

    def _placed(self, waiter: _Waiter) -> None:
        self._tell_places()
        holder = self._holder
        if holder is not None and holder.is_background and not waiter.is_background:
            holder.preempt()

    def _promote(self, waiter: _Waiter) -> None:
        """Somebody waits for it by now: it is that caller's."""
        assert waiter.background is not None, "only background work is promoted"
        waiter.caller = waiter.background.awaited_by
        self._placed(waiter)

    def _leave(self, waiter: _Waiter) -> None:
        """Forget a waiter that gave up, even when it was given its lease just now."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
            self._tell_places()
        elif not waiter.lease.cancelled() and waiter.lease.exception() is None:
            waiter.lease.result().release()

    def pass_on(self, lease: Lease) -> None:
        """The holder is done; the next one gets the lease."""
        if lease is not self._holder:
            return
        self._holder = None
        # Who was cancelled just now is in line until its task runs once more.
        self._waiting = [each for each in self._waiting if not each.lease.done()]
        if self._waiting:
            waiter, *others = self._in_order()
            self._waiting.remove(waiter)
            waiter.lease.set_result(self._grant(waiter.caller, waiter.background))
            for other in others:
                other.written += 1
            self._tell_places()

    def fail_waiting(self, error: JarvisError) -> None:
        """Fail every waiter with this error."""
        for waiter in self._waiting:
            if not waiter.lease.done():
                waiter.lease.set_exception(error)
        self._waiting.clear()

    def _in_order(self) -> list[_Waiter]:
        """The waiters in the order in which they will be served, if nobody else comes."""
        rounds: Counter[tuple[Hashable, bool]] = Counter()
        ranks: dict[int, tuple[bool, int, int]] = {}
        for waiter in self._waiting:
            wishes = (waiter.caller, waiter.is_background)
            served = self._served.get(waiter.caller, 0)
            ranks[id(waiter)] = (waiter.is_background, rounds[wishes], served)
            rounds[wishes] += 1
        return sorted(self._waiting, key=lambda waiter: ranks[id(waiter)])

    def _tell_places(self) -> None:
        for ahead, waiter in enumerate(self._in_order(), start=1):
            waiter.on_move(waiter.written, waiter.written + ahead)

    def _grant(self, caller: Hashable, background: Background | None) -> Lease:
        self._served.pop(caller, None)
        self._served[caller] = next(self._round)
        if len(self._served) > _REMEMBERED_CALLERS:
            del self._served[next(iter(self._served))]
        self._holder = Lease(self, background)
        return self._holder
