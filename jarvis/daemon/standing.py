"""Keeping the daemon where clients look for it: its lock, its socket and its program."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from jarvis.daemon.unix import ListeningSocket, UnixServer
from jarvis.errors import ConfigError
from jarvis.lock import LISTEN_AGAIN, Lock
from jarvis.processes import is_replaced

LOOK_S: Final = 30.0
"""The time between two checks; a client that misses the socket signals at once."""
BUSY_LOOK_S: Final = 1.0
"""The same once the daemon is to end, as soon as nobody waits for an answer."""

_log = logging.getLogger(__name__)


class Standing:
    """Accepts connections, on a new socket when the file of the old one is gone.

    `on_lost` is called, once, when the daemon should make room for another: its home was
    moved, deleted or taken, or its program was replaced and, as `is_busy` tells, nobody
    waits for an answer.
    """

    def __init__(
        self,
        lock: Lock,
        listener: ListeningSocket,
        server: UnixServer,
        *,
        is_busy: Callable[[], bool],
        on_lost: Callable[[], None],
    ) -> None:
        self._lock = lock
        self._listener = listener
        self._server = server
        self._is_busy = is_busy
        self._on_lost = on_lost
        self._called = asyncio.Event()
        self._has_program = True

    def look_now(self) -> None:
        """Somebody misses the socket, or could not be served by this program."""
        self._called.set()

    async def run(self) -> None:
        """Accept connections and check from time to time, until cancelled."""
        asyncio.get_running_loop().add_signal_handler(LISTEN_AGAIN, self.look_now)
        async with asyncio.TaskGroup() as tasks:
            accepting = self._accept(tasks)
            while not await self._is_lost():
                if await self._is_on_a_new_socket():
                    accepting.cancel()
                    accepting = self._accept(tasks)
                await self._wait(LOOK_S if self._has_program else BUSY_LOOK_S)
            self._on_lost()

    def _accept(self, tasks: asyncio.TaskGroup) -> asyncio.Task[None]:
        return tasks.create_task(self._server.accept_for_ever(self._listener.socket))

    async def _wait(self, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._called.wait()
        self._called.clear()

    async def _is_lost(self) -> bool:
        if not await asyncio.to_thread(self._lock.is_still_ours):
            _log.warning("the home was moved, deleted or taken; this daemon ends")
            return True
        self._has_program = not await asyncio.to_thread(is_replaced)
        if not self._has_program and not self._is_busy():
            _log.warning("the program was replaced or removed; this daemon ends")
            return True
        return False

    async def _is_on_a_new_socket(self) -> bool:
        """Whether the socket's file was gone and a new socket could take its place."""
        if await asyncio.to_thread(self._listener.is_in_place):
            return False
        try:
            await asyncio.to_thread(self._listener.renew)
        except ConfigError as error:
            _log.warning("nobody can connect: %s", error)
            return False
        _log.warning("the socket's file was gone; listening on a new one")
        return True
