"""What every backend promises, and where it has to listen."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

import msgspec

P = ParamSpec("P")
T = TypeVar("T")


class WatchBackend(Protocol):
    """Tells that a database, its write-ahead log or their directory may have changed.

    It may wake too often; what changed is for others to find out.
    """

    @property
    def name(self) -> str:
        """What status calls it: inotify, kqueue, polling."""
        ...

    @property
    def is_exact(self) -> bool:
        """Whether it promises every change; else somebody must poll beside it."""
        ...

    async def run(self, wake: Callable[[], None]) -> None:
        """Call wake, on the event loop, once when listening begins and at each change.

        Runs until it is cancelled.

        Raises:
            OSError: the system has no more watches to give, or does not know them.
        """
        ...


class WatchTarget(msgspec.Struct, frozen=True):
    """Where to listen: a directory, and the names in it that matter.

    `is_own`: it is the database's own directory. Else that is not there or may not be
    read, and this is the closest one above, where the next step towards it would show.
    """

    directory: Path
    names: frozenset[str]
    is_own: bool


def target_of(database: Path) -> WatchTarget:
    """The directory to listen to now; blocking.

    Links are followed, as SQLite follows them: the log lies beside the real file. The
    -shm file does not matter: readers write to it, and would wake themselves.
    """
    real = database.resolve()
    missing = real.name
    for directory in real.parents:
        # Not Path.is_dir, which raises where a directory above may not be searched.
        if os.path.isdir(directory) and os.access(directory, os.R_OK):
            break
        missing = directory.name
    if directory == real.parent:
        names = frozenset((real.name, f"{real.name}-wal", f"{real.name}-journal"))
        return WatchTarget(directory, names, is_own=True)
    return WatchTarget(directory, frozenset((missing,)), is_own=False)


async def to_the_end(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run function in a thread, and stay until it ends even when cancelled.

    So what it works on can be closed right after.
    """
    running = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():  # a second cancel must not cut this short either
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # nobody is left to be told
        raise
