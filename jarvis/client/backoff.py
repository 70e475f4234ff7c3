"""Backoff: the waits between tries grow up to a bound, and can be cut short."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Final

FIRST_RETRY_S: Final = 0.2
LAST_RETRY_S: Final = 10.0


class Backoff:
    """The waits of one retry loop; `hurry` cuts short those of all loops that share it."""

    def __init__(self, hurry: asyncio.Event) -> None:
        self._hurry = hurry
        self._retry_s = FIRST_RETRY_S

    def succeeded(self) -> None:
        """Let the next wait be the shortest again."""
        self._retry_s = FIRST_RETRY_S

    def next_wait_s(self) -> float:
        """How long to wait now, with some jitter; the next wait is twice as long."""
        wait_s = self._retry_s * random.uniform(0.8, 1.2)
        self._retry_s = min(LAST_RETRY_S, self._retry_s * 2)
        return wait_s

    async def wait(self, wait_s: float) -> bool:
        """Wait so long, or until `hurry` is set; whether it was."""
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()
        return self._hurry.is_set()
