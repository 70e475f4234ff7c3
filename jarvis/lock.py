"""The lock that makes a daemon the only one of its home, and who holds it.

It dies with its process, whatever way that ends, so nothing needs cleaning up after a
kill. What its file says is believed only while it is held: a pid may be another's by then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from jarvis.errors import AlreadyRunning, ConfigError
from jarvis.later import later

if TYPE_CHECKING:
    import json

    import msgspec
else:
    # Whoever writes the note is a daemon, which has msgspec; whoever reads it may be a
    # short command, which has json alone.
    json, msgspec = later("json"), later("msgspec")

LOOK_AGAIN_S: Final = 0.01
LISTEN_AGAIN: Final = signal.SIGUSR1
"""What a client sends a daemon whose socket it misses."""


class Holder(NamedTuple):
    """The daemon that holds a home, as it introduced itself there."""

    pid: int
    version: str
    started: str
    """When, as ISO 8601."""
    socket: str | None = None
    """Where it listens."""
    hears_calls: bool = False
    is_replaceable: bool = False
    """Whether a client started it, without flags: then any client can start its like."""

    def __str__(self) -> str:
        """How a sentence names it."""
        return f"pid {self.pid}, version {self.version}"

    def call(self) -> None:
        """Ask it to see to its socket; one that would die of it is left alone."""
        if self.hears_calls:
            self._signal(LISTEN_AGAIN)

    def end(self) -> bool:
        """Ask it to end, by a signal, which always reaches it; whether it was there."""
        return self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> bool:
        import psutil

        with contextlib.suppress(psutil.Error, OSError, ValueError):
            born_s = psutil.Process(self.pid).create_time()
            # The note may be an earlier daemon's, for as long as it takes to write one. Who
            # has its pid by now was born after it.
            if born_s <= datetime.fromisoformat(self.started).timestamp() + 1:
                os.kill(self.pid, number)
                return True
        return False


class Lock:
    """A lock that this process holds; `close` lets go of it."""

    def __init__(self, path: Path, descriptor: int, note: Mapping[str, object]) -> None:
        self._path = path
        self._descriptor = descriptor
        self._note = note
        self._home = _identity(os.stat(path.parent))
        self._write()

    def _write(self) -> None:
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, msgspec.json.encode(self._note) + b"\n", 0)
        except OSError as error:
            raise ConfigError(
                f"{self._path} cannot be written ({error.strerror}). Make room on the "
                "disk, or set JARVIS_HOME elsewhere."
            ) from None

    def is_still_ours(self) -> bool:
        """Whether this home is still the one, and ours; a lock file that went is laid anew.

        False when it was moved or deleted, or another daemon holds what is there now.
        """
        try:
            if _identity(os.stat(self._path.parent)) != self._home:
                return False
            descriptor = _opened(self._path)
        except (OSError, ConfigError):
            return False
        if _identity(os.fstat(descriptor)) == _identity(os.fstat(self._descriptor)):
            os.close(descriptor)
            return True
        if not _has_locked(descriptor):
            os.close(descriptor)
            return False
        os.close(self._descriptor)
        self._descriptor = descriptor
        self._write()
        return True

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


@contextmanager
def only_daemon(
    lock_file: Path,
    socket: Path,
    version: str,
    started: str,
    *,
    is_replaceable: bool = False,
    is_answering: Callable[[], bool] = lambda: True,
    patience_s: float = 0.0,
) -> Iterator[Lock]:
    """Hold the home for one daemon.

    A holder that does not answer on `socket`, which `is_answering` tells, is on its way
    out or has lost the socket's file: it is called, and waited for up to `patience_s`.

    Raises:
        AlreadyRunning: another daemon holds it; the sentence names its pid.
        ConfigError: the lock cannot be used.
    """
    descriptor = _opened(lock_file)
    try:
        _wait_for(descriptor, socket, is_answering, patience_s)
        note = {
            "pid": os.getpid(),
            "version": version,
            "started": started,
            "socket": str(socket),
            "hears_calls": True,
            "is_replaceable": is_replaceable,
        }
        lock = Lock(lock_file, descriptor, note)
    except BaseException:
        os.close(descriptor)
        raise
    try:
        yield lock
    finally:
        lock.close()


def _wait_for(
    descriptor: int, socket: Path, is_answering: Callable[[], bool], patience_s: float
) -> None:
    """Wait for the lock as long as its holder may be leaving."""
    end_s = time.monotonic() + patience_s
    called = False
    while not _has_locked(descriptor):
        holder = _introduced(descriptor)
        if is_answering():
            raise AlreadyRunning(
                f"Jarvis already runs here{_in_brackets(holder)}. End it: jarvis stop.",
                pid=holder.pid if holder else None,
            )
        is_in_vain = obstacle(holder, socket) is not None
        if is_in_vain or time.monotonic() > end_s:
            raise AlreadyRunning(deafness(holder, socket))
        if holder is not None and not called:
            holder.call()
            called = True
        time.sleep(LOOK_AGAIN_S)


def deafness(holder: Holder | None, socket: Path) -> str:
    """That a daemon runs and does not answer, why, and what to do."""
    return obstacle(holder, socket) or (
        f"Jarvis runs here{_in_brackets(holder)}, but does not answer at {socket}. "
        "End it: jarvis stop."
    )


def obstacle(holder: Holder | None, socket: Path) -> str | None:
    """Why waiting for an answer at `socket` is in vain; None where it need not be."""
    if holder is not None and holder.socket not in (None, str(socket)):
        return (
            f"Jarvis runs here ({holder}), but listens at {holder.socket}, not at "
            f"{socket}. Set JARVIS_SOCKET to that, or end it: jarvis stop."
        )
    if socket.exists() and not socket.is_socket():
        return (
            f"Jarvis runs here{_in_brackets(holder)}, but {socket} is a file of somebody "
            "else's now. Move that away and ask again, or end Jarvis: jarvis stop."
        )
    return None


def holder_of(lock_file: Path) -> Holder | None:
    """Who holds it now; None where nobody does, or nobody can tell."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Held by nobody, for a moment it is by us; a daemon that starts just then waits.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _introduced(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = f"{path} cannot be opened ({error.strerror}). Mend or remove it."
        raise ConfigError(reason) from None


def _has_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _introduced(descriptor: int) -> Holder | None:
    """What the holder wrote; None where it has not yet."""
    try:
        note = json.loads(os.pread(descriptor, 4096, 0))
        return Holder(
            int(note["pid"]),
            str(note["version"]),
            str(note["started"]),
            note.get("socket"),
            bool(note.get("hears_calls")),
            bool(note.get("is_replaceable")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _in_brackets(holder: Holder | None) -> str:
    return f" ({holder})" if holder else ""


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
