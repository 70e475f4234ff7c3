"""A kqueue without a Mac: holds the backend to what the real one demands."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path


class FakeQueue:
    """Reports to open files, as the kernel does; what happened the test says."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        self._waiting: list[tuple[int, int]] = []
        self._watched: dict[int, tuple[int, int]] = {}
        self.gives_up_after: int | None = None
        self.is_closed = False

    def fileno(self) -> int:
        """Readable while notes wait."""
        return self._theirs.fileno()

    def watch(self, fd: int) -> None:
        """The descriptor must be open."""
        assert not self.is_closed
        if self.gives_up_after == len(self._watched):
            raise OSError(12, "Cannot allocate memory")
        status = os.fstat(fd)
        self._watched[fd] = (status.st_dev, status.st_ino)

    def notes(self) -> Sequence[tuple[int, int]]:
        """One at a time, to show that the rest keeps the queue readable."""
        assert not self.is_closed
        if not self._waiting:
            return []
        self._theirs.recv(1)
        return [self._waiting.pop(0)]

    def close(self) -> None:
        """As the backend does when it ends."""
        self.is_closed = True
        self._ours.close()
        self._theirs.close()

    def fd_of(self, path: Path) -> int | None:
        """By which descriptor the file that is there now is listened to."""
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        for fd, file in self._watched.items():
            if file == (status.st_dev, status.st_ino) and _is_still(fd, file):
                return fd
        return None

    def files(self) -> int:
        """How many are listened to."""
        return sum(_is_still(fd, file) for fd, file in self._watched.items())

    def tell(self, fd: int | None, notes: int) -> None:
        """Something happened to a file that is listened to."""
        assert fd is not None, "nobody listens"
        self._waiting.append((fd, notes))
        self._ours.send(b".")


def _is_still(fd: int, file: tuple[int, int]) -> bool:
    try:
        status = os.fstat(fd)
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == file
