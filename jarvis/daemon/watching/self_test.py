"""The self-test of a backend: does its kind hear, here, what SQLite does to a log?

A kernel may accept a watch and then say nothing: FSEvents on a log that stays open, and
inotify on some shared folders, do just that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jarvis.daemon.watching.backend import WatchBackend, to_the_end
from jarvis.later import later

if TYPE_CHECKING:
    import shutil
else:
    shutil = later("shutil")

HEARS_WITHIN_S: Final = 1.0
_TRIES: Final = 2
"""An act is repeated once: a machine that is starting may be busy for a second."""

_FRAME = bytes(4096)
_log = logging.getLogger(__name__)


class _Deaf(Exception):
    """Says what it did not do."""


class _Log:
    """A write-ahead log that is handled the way SQLite handles its own; blocking."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def create(self) -> None:
        self.close()
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(self._path, flags, mode=0o600)

    def append(self) -> None:
        os.pwrite(self._fd, _FRAME, os.fstat(self._fd).st_size)

    def overwrite(self) -> None:
        os.pwrite(self._fd, _FRAME, 0)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def recreate(self) -> None:
        """Again and again if need be; each time it is another file."""
        self.remove()
        self.create()

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


async def self_test(
    backend: WatchBackend,
    *,
    scratch: Path,
    make: Callable[[Path], Iterable[WatchBackend]],
    patience_s: float = HEARS_WITHIN_S,
) -> str | None:
    """Why backends of this kind cannot be trusted, as a sentence; None if they can.

    `make` gives the backends of a database; the one of the same name is tried, in the
    directory `scratch`, which is made and removed. A test that could not be made tells
    nothing against a backend.
    """
    database = scratch / "x.db"
    log = _Log(scratch / "x.db-wal")
    backends = {backend.name: backend for backend in make(database)}
    verdict: str | None = None
    try:
        try:
            await to_the_end(_prepare, scratch, log)
            await _listen_through(backends[backend.name], log, patience_s)
        finally:
            await to_the_end(_clear, scratch, log)
    except* _Deaf as failures:
        verdict = f"{backend.name} did not {failures.exceptions[0]}."
    except* OSError as failures:
        reason = failures.exceptions[0]
        _log.warning("%s could not be tried out: %s", backend.name, reason)
    return verdict


def _prepare(scratch: Path, log: _Log) -> None:
    shutil.rmtree(scratch, ignore_errors=True)  # a killed daemon's
    scratch.mkdir(mode=0o700)
    log.create()


def _clear(scratch: Path, log: _Log) -> None:
    log.close()
    shutil.rmtree(scratch, ignore_errors=True)


async def _listen_through(backend: WatchBackend, log: _Log, patience_s: float) -> None:
    acts: tuple[tuple[Callable[[], None], str], ...] = (
        (lambda: None, "begin to listen"),
        (log.append, "hear a log that stays open grow"),
        (log.overwrite, "hear a log being written over from its start"),
        (log.remove, "hear a log being removed"),
        (log.recreate, "hear a log being made anew"),
        (log.append, "hear a write to a log made anew"),
    )
    heard = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(backend.run(heard.set))
        for act, what in acts:
            for _ in range(_TRIES):
                heard.clear()
                await to_the_end(act)
                if await _is_set_within(patience_s, heard):
                    break
            else:
                raise _Deaf(what)
        listening.cancel()


async def _is_set_within(patience_s: float, event: asyncio.Event) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            await event.wait()
    # A loop that was held up may find both the event and the end of its time.
    return event.is_set()
