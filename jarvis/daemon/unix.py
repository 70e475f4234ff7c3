"""The Unix socket: where it listens, who may connect, and a session for each who does."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import resource
import select
import socket
import stat
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jarvis.errors import Busy, ConfigError
from jarvis.protocol.jsonrpc import encode_error

SUN_PATH_BYTES: Final = 103 if sys.platform == "darwin" else 107
"""The longest path of a Unix socket, without the closing zero."""

LEAST_DESCRIPTORS: Final = 48
_KEPT_DESCRIPTORS: Final = 64
_KEPT_AT_LEAST: Final = 32
"""Files, workers and databases need about twenty descriptors; connections get the rest."""

ACCEPT_AGAIN_S: Final = 0.1

log = logging.getLogger("jarvis.unix")


def raise_descriptor_limit(wanted: int = 8192) -> int:
    """Raise the soft limit of open files towards `wanted`; the limit that results."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft < target:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
        return target
    return soft


def connections_that_fit(descriptors: int) -> int:
    """How many connections this many open files allow, beside what else is open.

    Raises:
        ConfigError: there are too few for anything.
    """
    if descriptors < LEAST_DESCRIPTORS:
        raise ConfigError(
            f"A program may have {descriptors} files open here, and Jarvis needs "
            f"{LEAST_DESCRIPTORS} at least. Allow it more (ulimit -n 256), then try again."
        )
    return descriptors - max(_KEPT_AT_LEAST, min(_KEPT_DESCRIPTORS, descriptors // 4))


def is_answering(path: Path) -> bool:
    """Whether somebody listens at `path`."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            return probe.connect_ex(str(path)) == 0
        except OSError:
            return False  # its name is too long for anybody


class ListeningSocket:
    """A listening socket and its file; `close` removes the file if it is still ours."""

    def __init__(self, bound: socket.socket, path: Path) -> None:
        self.socket = bound
        self._path = path
        made = path.lstat()
        self._identity = (made.st_dev, made.st_ino)

    def is_in_place(self) -> bool:
        """Whether clients find it: the file at its path is still its own."""
        try:
            now = self._path.lstat()
        except OSError:
            return False
        return (now.st_dev, now.st_ino) == self._identity

    def renew(self) -> None:
        """Listen on a new socket at the same path; the old one is closed by its server.

        Raises:
            ConfigError: something else is there now, or no socket can be made.
        """
        new_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _bind(new_socket, self._path)
        except BaseException:
            new_socket.close()
            raise
        self.socket = new_socket
        made = self._path.lstat()
        self._identity = (made.st_dev, made.st_ino)

    def close(self) -> None:
        """Listen no more; the file is removed unless another daemon has replaced it."""
        self.socket.close()
        if self.is_in_place():
            self._path.unlink()


@contextmanager
def listening(path: Path) -> Iterator[ListeningSocket]:
    """A listening socket at `path`, mode 0600; only for the holder of the lock.

    A file left there by a daemon that was killed is replaced.

    Raises:
        ConfigError: the path is too long, or no socket can be made there.
    """
    size_bytes = len(os.fsencode(path))
    if size_bytes > SUN_PATH_BYTES:
        reason = (
            f"The socket path is {size_bytes} bytes long, this system takes "
            f"{SUN_PATH_BYTES}: {path}. Set JARVIS_SOCKET to a shorter one."
        )
        raise ConfigError(reason)
    new_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _bind(new_socket, path)
        listener = ListeningSocket(new_socket, path)
    except BaseException:
        new_socket.close()
        raise
    try:
        yield listener
    finally:
        listener.close()


def _bind(new_socket: socket.socket, path: Path) -> None:
    try:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISSOCK(path.lstat().st_mode):
                reason = (
                    f"{path} is there and is no socket; Jarvis will not replace it."
                )
                raise ConfigError(reason)
            path.unlink()
        new_socket.setblocking(False)
        new_socket.bind(os.fspath(path))
        path.chmod(0o600)
        new_socket.listen(1024)
    except OSError as error:
        reason = (
            f"No socket can be made at {path} ({error.strerror}). Set JARVIS_SOCKET."
        )
        raise ConfigError(reason) from None


def is_own_user(connection: socket.socket) -> bool:
    """Whether the other end is this user's process, or root's."""
    if sys.platform == "darwin":
        # struct xucred: version, uid, count of groups, 16 groups
        level, option, layout = 0, 1, "2IH16I"  # SOL_LOCAL, LOCAL_PEERCRED
        size_bytes = struct.calcsize(layout)
        uid = struct.unpack(layout, connection.getsockopt(level, option, size_bytes))[1]
    else:
        data = connection.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
        )
        uid = struct.unpack("3i", data)[1]
    return uid in (os.getuid(), 0)


def has_hung_up(connection: socket.socket) -> bool:
    """Whether nobody is left to read what would be written to `connection`.

    A client that only stopped writing ends the input too. When the other side has closed
    entirely the kernel reports POLLHUP on a Unix socket.
    """
    poll = select.poll()
    poll.register(connection.fileno(), 0)  # hang-ups and errors are always reported
    return any(
        event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
        for _, event in poll.poll(0)
    )


class UnixServer:
    """Accepts connections and gives each a session, up to a number."""

    def __init__(
        self,
        session: Callable[[], asyncio.Protocol],
        count: Callable[[], int],
        most: int,
    ) -> None:
        self._session = session
        self._count = count
        self._most = most

    async def accept_for_ever(self, listening: socket.socket) -> None:
        """Take connections from `listening` until cancelled, then close it."""
        loop = asyncio.get_running_loop()
        with listening:
            while True:
                try:
                    connection, _ = await loop.sock_accept(listening)
                except OSError as error:
                    if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
                        raise
                    log.warning("no descriptor left for a connection")
                    await asyncio.sleep(ACCEPT_AGAIN_S)
                    continue
                await self._admit(connection)

    async def _admit(self, connection: socket.socket) -> None:
        if not is_own_user(connection):
            log.warning("refused a connection of another user")
            connection.close()
            return
        if self._count() >= self._most:
            reason = f"Jarvis serves {self._most} connections at a time; close one."
            with contextlib.suppress(OSError):
                connection.send(encode_error(None, Busy(reason)))
            connection.close()
            return
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(self._session, connection)
