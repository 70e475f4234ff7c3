"""Backoff: waits that grow between tries, up to a bound, and can be cut short."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Final

FIRST_RETRY_S: Final = 0.2
LAST_RETRY_S: Final = 10.0


class Backoff:
    """The waits of one who tries again; `hurry` cuts short those of all who share it."""

    def __init__(self, hurry: asyncio.Event) -> None:
        self._hurry = hurry
        self._retry_s = FIRST_RETRY_S

    def succeeded(self) -> None:
        """Begin anew with the shortest wait."""
        self._retry_s = FIRST_RETRY_S

    def next_wait_s(self) -> float:
        """How long to wait now, with some jitter; the next wait is twice as long."""
        wait_s = self._retry_s * random.uniform(0.8, 1.2)
        self._retry_s = min(LAST_RETRY_S, self._retry_s * 2)
        return wait_s

    async def wait(self, wait_s: float) -> bool:
        """Wait so long, or until somebody is in a hurry; whether somebody was."""
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()
        return self._hurry.is_set()
