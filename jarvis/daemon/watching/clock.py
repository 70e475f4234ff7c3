"""Time as the watcher sees it: two clocks, one of which runs on in sleep."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What tells the watcher the time, and when to go on."""

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

    wall_s = staticmethod(time.time)
    steady_s = staticmethod(time.monotonic)

    async def wait(self, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait for event, at most timeout_s seconds."""
        try:
            async with asyncio.timeout(timeout_s):
                return await event.wait()
        except TimeoutError:
            return False
