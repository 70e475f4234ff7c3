"""macOS: kqueue on the directory and the write-ahead log, read on the event loop.

By hand: FSEvents, which file watching libraries use there, is deaf to a log that stays
open.
chat.db itself is never opened here: closing a second descriptor of it would drop the
locks that SQLite holds for the whole process. A checkpoint is announced by the log, a
replaced file by the directory.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from jarvis.daemon.watching.backend import target_of, to_the_end

# From sys/event.h, so that this file can be read and tested on any system.
NOTE_DELETE: Final = 0x1
NOTE_WRITE: Final = 0x2
NOTE_EXTEND: Final = 0x4
NOTE_ATTRIB: Final = 0x8
NOTE_RENAME: Final = 0x20
NOTE_REVOKE: Final = 0x40
ALL_NOTES: Final = (
    NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_RENAME | NOTE_REVOKE
)
if sys.platform == "darwin":
    _LISTEN_ONLY: Final = os.O_EVTONLY
else:
    _LISTEN_ONLY: Final = os.O_RDONLY
_FILE_LOST = NOTE_DELETE | NOTE_RENAME | NOTE_REVOKE
_FEW = 64


class VnodeQueue(Protocol):
    """As much of a kqueue as is needed: notes about open files."""

    def fileno(self) -> int:
        """A descriptor that is readable when notes wait."""
        ...

    def watch(self, fd: int) -> None:
        """Report all notes about this open file until it is closed."""
        ...

    def notes(self) -> Sequence[tuple[int, int]]:
        """(fd, notes) of what happened up to now; never waits."""
        ...

    def close(self) -> None:
        """Give the descriptor back."""
        ...


class KernelQueue:
    """The real kqueue."""

    def __init__(self) -> None:
        if sys.platform == "darwin":
            self._queue = select.kqueue()

    def fileno(self) -> int:
        """The kqueue's own descriptor: it can be waited on like any other."""
        if sys.platform == "darwin":
            return self._queue.fileno()
        raise NotImplementedError

    def watch(self, fd: int) -> None:
        """EV_CLEAR: each change is reported once, not for as long as it is true."""
        if sys.platform == "darwin":
            event = select.kevent(
                fd,
                filter=select.KQ_FILTER_VNODE,
                flags=select.KQ_EV_ADD | select.KQ_EV_CLEAR,
                fflags=ALL_NOTES,
            )
            self._queue.control([event], 0, 0)

    def notes(self) -> Sequence[tuple[int, int]]:
        """What waits, at most a few at a time; the rest keeps the queue readable."""
        if sys.platform == "darwin":
            events = self._queue.control(None, _FEW, 0)
            return [(event.ident, event.fflags) for event in events]
        raise NotImplementedError

    def close(self) -> None:
        """The kernel forgets all watches."""
        if sys.platform == "darwin":
            self._queue.close()


class _Held(msgspec.Struct, frozen=True):
    """A file being listened to; the inode tells whether the path still means it."""

    fd: int
    inode: tuple[int, int]


class KqueueBackend:
    """Listens to the directory of a database and to the log in it."""

    name = "kqueue"
    is_exact = True

    def __init__(
        self, database: Path, make_queue: Callable[[], VnodeQueue] = KernelQueue
    ) -> None:
        self._database = database
        self._make_queue = make_queue
        self._held: dict[Path, _Held] = {}
        self._log_fd = -1

    async def run(self, wake: Callable[[], None]) -> None:
        """Wake at every write to the log and every change of the directory."""
        loop = asyncio.get_running_loop()
        queue = self._make_queue()
        stale = asyncio.Event()
        loop.add_reader(queue.fileno(), self._read, queue, wake, stale)
        try:
            while True:
                stale.clear()
                await to_the_end(self._listen, queue)
                wake()
                await stale.wait()
        finally:
            loop.remove_reader(queue.fileno())
            queue.close()
            for path in tuple(self._held):
                self._release(path)

    def _listen(self, queue: VnodeQueue) -> None:
        """Hold what there is to hold: a queue listens to inodes, not to names."""
        while True:
            target = target_of(self._database)
            real = self._database.resolve()
            log = real.with_name(f"{real.name}-wal")
            wanted = [target.directory, log] if target.is_own else [target.directory]
            for path in set(self._held) - set(wanted):
                self._release(path)
            is_steady = [self._hold(queue, path) for path in wanted]
            self._log_fd = self._held[log].fd if log in self._held else -1
            # What came between the look and the watch was not reported: look again.
            if all(is_steady) and target_of(self._database) == target:
                return

    def _hold(self, queue: VnodeQueue, path: Path) -> bool:
        """Listen to path if it is there; False when that was news."""
        held = self._held.get(path)
        inode = _inode(path)
        if held and held.inode == inode:
            return True
        if held:
            self._release(path)
        if inode is None:
            return held is None
        try:
            fd = os.open(path, _LISTEN_ONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False  # vanished just now
        except PermissionError:
            return True  # the directory tells when that changes
        opened = os.fstat(fd)
        self._held[path] = _Held(fd, (opened.st_dev, opened.st_ino))
        queue.watch(fd)
        return False

    def _release(self, path: Path) -> None:
        os.close(self._held.pop(path).fd)

    def _read(
        self, queue: VnodeQueue, wake: Callable[[], None], stale: asyncio.Event
    ) -> None:
        for fd, notes in queue.notes():
            if fd == self._log_fd and not notes & _FILE_LOST:
                wake()
            else:
                stale.set()  # listens anew, then wakes


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
