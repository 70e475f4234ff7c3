"""Jarvis's directory and the lock that makes a daemon the only one in it.

The lock dies with its process, whatever way it ends, so nothing needs cleaning up after
a kill.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jarvis.errors import AlreadyRunning, ConfigError


def prepare_home(home: Path) -> None:
    """Make the directory, or check that it belongs to this user alone.

    Raises:
        ConfigError: it cannot be made or written, or is somebody else's.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = home.lstat()
        if stat.S_ISLNK(status.st_mode):
            if status.st_uid != os.getuid():
                reason = (
                    f"{home} is a link made by another user; Jarvis will not follow it."
                )
                raise ConfigError(reason)
            status = home.stat()
        if status.st_uid != os.getuid():
            reason = (
                f"{home} belongs to another user. Set JARVIS_HOME to one of your own."
            )
            raise ConfigError(reason)
        if stat.S_IMODE(status.st_mode) != 0o700:
            home.chmod(0o700)
    except FileExistsError:
        reason = (
            f"{home} is a file; Jarvis needs a directory. Move it or set JARVIS_HOME."
        )
        raise ConfigError(reason) from None
    except OSError as error:
        reason = f"{home} cannot be made ({error.strerror}). Set JARVIS_HOME elsewhere."
        raise ConfigError(reason) from None
    if not os.access(home, os.W_OK | os.X_OK):
        reason = (
            f"{home} cannot be written to. Mend its permissions or set JARVIS_HOME."
        )
        raise ConfigError(reason)


@contextmanager
def only_daemon(lock_file: Path, version: str, started: str) -> Iterator[None]:
    """Hold the home for one daemon.

    Raises:
        AlreadyRunning: another daemon holds it; the sentence names its pid.
    """
    try:
        lock = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = f"{lock_file} cannot be opened ({error.strerror}). Mend or remove it."
        raise ConfigError(reason) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(lock)
        os.close(lock)
        reason = f"Jarvis already runs here{holder}. Stop it first: jarvis stop."
        raise AlreadyRunning(reason) from None
    try:
        note = {"pid": os.getpid(), "version": version, "started": started}
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(note).encode() + b"\n", 0)
        yield
    finally:
        os.close(lock)


def _holder(lock: int) -> str:
    try:
        note = json.loads(os.pread(lock, 4096, 0))
        return f" (pid {note['pid']}, version {note['version']})"
    except (ValueError, KeyError, TypeError):
        return ""
