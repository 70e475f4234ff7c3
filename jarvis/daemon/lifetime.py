"""When a daemon ends, and how: signals, idleness, then a drain."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from typing import Final

from jarvis.daemon.broadcast import Broadcast

FLUSH_S: Final = 1.0
"""How long clients may take to read what was still to be said."""
DRAIN_LOOK_S: Final = 0.01


class Lifetime:
    """`stopping` is set once the daemon is to end: by a signal, a method, or idleness.

    With `idle_exit_s` it ends so long after the last connection, or when none comes.
    """

    def __init__(self, idle_exit_s: float | None) -> None:
        self.stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._idle_exit_s = idle_exit_s
        self._idle_exit: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Listen to signals; nobody is connected yet."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        self.count_changed(0)

    def stop(self) -> None:
        """Begin the end."""
        self.stopping.set()

    def _signalled(self) -> None:
        """Drain; a second signal ends at once."""
        if self.stopping.is_set():
            self._hurry.set()
        self.stopping.set()

    def count_changed(self, connections: int) -> None:
        """So many are connected now."""
        if self._idle_exit is not None:
            self._idle_exit.cancel()
            self._idle_exit = None
        if connections == 0 and self._idle_exit_s is not None:
            loop = asyncio.get_running_loop()
            self._idle_exit = loop.call_later(self._idle_exit_s, self.stop)

    async def drain(
        self, broadcast: Broadcast, drain_s: float, seq: Callable[[], int]
    ) -> None:
        """Let what runs end, cancel the rest, say goodbye, hang up.

        `seq` gives the number of the newest event, where a client resumes.
        """
        for connection in broadcast.connections:
            connection.drain()
        await self._wait_while(lambda: broadcast.is_busy, drain_s)
        for connection in broadcast.connections:
            connection.stop(seq())
        await self._wait_while(lambda: bool(broadcast.connections), FLUSH_S)
        for connection in broadcast.connections:
            connection.abort()

    async def _wait_while(self, condition: Callable[[], bool], most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                while condition() and not self._hurry.is_set():  # noqa: ASYNC110  # rare
                    await asyncio.sleep(DRAIN_LOOK_S)
