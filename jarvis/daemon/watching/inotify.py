"""Linux: inotify, read on the event loop; an idle mailbox costs nothing.

By hand: the library for it, watchfiles, wakes the process twenty times a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from jarvis.daemon.watching.backend import WatchTarget, target_of, to_the_end

# Numbers from linux/inotify.h, the same on every architecture Linux runs on.
_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO = 0x2, 0x4, 0x40, 0x80
_CREATE, _DELETE, _DELETE_SELF, _MOVE_SELF = 0x100, 0x200, 0x400, 0x800
_UNMOUNT, _OVERFLOW, _IGNORED, _ONLYDIR = 0x2000, 0x4000, 0x8000, 0x1000000
_INTO_DIRECTORY = (
    _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
    | _DELETE_SELF | _MOVE_SELF | _ONLYDIR
)  # fmt: skip
_WATCH_LOST = _DELETE_SELF | _MOVE_SELF | _UNMOUNT | _IGNORED

_HEADER = struct.Struct("iIII")  # watch, mask, cookie, length of the name
_READ_BYTES = 65536


class InotifyEvent(msgspec.Struct, frozen=True):
    """One event: what happened (mask) to which name of the directory."""

    watch: int
    mask: int
    name: str


class Inotify:
    """An inotify descriptor; non-blocking, closed on exec."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self._call("inotify_init1", os.O_NONBLOCK | os.O_CLOEXEC)

    def add(self, path: str | Path, mask: int) -> int:
        """Listen to path; its watch number."""
        return self._call("inotify_add_watch", self.fd, os.fsencode(path), mask)

    def remove(self, watch: int) -> None:
        """Listen no more; a watch that the kernel already dropped is no error."""
        self._libc.inotify_rm_watch(self.fd, watch)

    def events(self) -> Iterator[InotifyEvent]:
        """What has happened up to now, oldest first."""
        while True:
            try:
                data = os.read(self.fd, _READ_BYTES)
            except BlockingIOError:
                return
            position = 0
            while position < len(data):
                # struct inotify_event of inotify(7): a header, then the name, which the
                # kernel fills up with zeros to a multiple of the header's alignment.
                watch, mask, _cookie, length = _HEADER.unpack_from(data, position)
                position += _HEADER.size
                name = data[position : position + length].rstrip(b"\0")
                position += length
                yield InotifyEvent(watch, mask, os.fsdecode(name))

    def close(self) -> None:
        """Give the descriptor back, and with it all watches."""
        os.close(self.fd)

    def _call(self, name: str, *arguments: int | bytes) -> int:
        result = int(getattr(self._libc, name)(*arguments))
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")
        return result


class InotifyBackend:
    """Listens to the directory of a database, or to where that would appear."""

    name = "inotify"
    is_exact = True

    def __init__(self, database: Path) -> None:
        self._database = database
        self._watch = -1
        self._target: WatchTarget | None = None

    async def run(self, wake: Callable[[], None]) -> None:
        """Wake at every write beside the database, until cancelled."""
        loop = asyncio.get_running_loop()
        inotify = Inotify()
        stale = asyncio.Event()
        self._watch = -1  # numbers of an earlier descriptor mean nothing
        loop.add_reader(inotify.fd, self._read, inotify, wake, stale)
        try:
            while True:
                stale.clear()
                await to_the_end(self._listen, inotify)
                wake()
                await stale.wait()
        finally:
            loop.remove_reader(inotify.fd)
            inotify.close()

    def _listen(self, inotify: Inotify) -> None:
        """Watch the nearest directory there is.

        Always anew: whether the old watch is still alive cannot be asked.
        """
        while True:
            target = target_of(self._database)
            before, self._watch = self._watch, -1
            # Only a directory that vanished just now is no reason to give up.
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                self._watch = inotify.add(target.directory, _INTO_DIRECTORY)
            if before not in (-1, self._watch):
                inotify.remove(before)
            self._target = target
            # What appeared before the watch stood was not reported: look once more.
            if self._watch >= 0 and target_of(self._database) == target:
                return

    def _read(
        self, inotify: Inotify, wake: Callable[[], None], stale: asyncio.Event
    ) -> None:
        for event in inotify.events():
            if event.mask & (_OVERFLOW | _WATCH_LOST):
                # Of whichever watch: the number of a new one may not be known yet, and
                # an overflow may have swallowed the end of this one.
                stale.set()  # listens anew, then wakes
            elif event.watch != self._watch or self._target is None:
                continue  # from before the last target, after which all is looked at
            elif event.name in self._target.names or not event.name:
                wake()
                if not self._target.is_own:
                    stale.set()
