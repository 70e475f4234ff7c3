"""Somebody who is woken by a backend and remembers it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from jarvis.daemon.watching import WatchBackend

PATIENCE_S = 30.0
MORE_THAN_LISTENING_ANEW_WAKES = 6


class Ear:
    """Counts the wakes."""

    def __init__(self) -> None:
        self.wakes = 0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """What the backend calls."""
        self.wakes += 1
        self._woken.set()

    async def is_woken(self, within_s: float = PATIENCE_S) -> bool:
        """Whether it was, since the last act; waits for it."""
        try:
            async with asyncio.timeout(within_s):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    async def is_woken_since(self, wakes: int, within_s: float = PATIENCE_S) -> bool:
        """Whether it was woken more often than so many times; waits for it."""
        while self.wakes == wakes:
            self._woken.clear()
            if not await self.is_woken(within_s):
                return False
        return True

    async def hears(self, act: Callable[[], object]) -> bool:
        """Whether this wakes, after whatever did before."""
        self._woken.clear()
        act()
        return await self.is_woken()

    async def hears_each(self, act: Callable[[], object]) -> bool:
        """Whether doing this so often wakes as often.

        A backend that listens anew wakes a time or two for that alone; not so often.
        """
        times = range(MORE_THAN_LISTENING_ANEW_WAKES)
        return all([await self.hears(act) for _ in times])


@asynccontextmanager
async def listening(backend: WatchBackend) -> AsyncIterator[Ear]:
    """A backend at work, from the wake that says it has begun."""
    ear = Ear()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(backend.run(ear.wake))
        assert await ear.is_woken()
        yield ear
        running.cancel()


def open_files() -> int:
    """How many descriptors this process has."""
    return len(os.listdir("/dev/fd"))
