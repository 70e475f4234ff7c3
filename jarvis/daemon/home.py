"""Jarvis's directory and the lock that makes a daemon the only one in it.

The lock dies with its process, whatever way it ends, so nothing needs cleaning up after
a kill.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jarvis.errors import AlreadyRunning, ConfigError

LOOK_AGAIN_S: Final = 0.01


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
        kind = "a file"
        if home.is_symlink():
            kind = f"a link to {home.readlink()}, which is no directory"
        raise ConfigError(
            f"{home} is {kind}; Jarvis needs a directory. Move it or set JARVIS_HOME."
        ) from None
    except OSError as error:
        reason = f"{home} cannot be made ({error.strerror}). Set JARVIS_HOME elsewhere."
        raise ConfigError(reason) from None
    if not os.access(home, os.W_OK | os.X_OK):
        reason = (
            f"{home} cannot be written to. Mend its permissions or set JARVIS_HOME."
        )
        raise ConfigError(reason)


@contextmanager
def only_daemon(
    lock_file: Path,
    version: str,
    started: str,
    *,
    is_leaving: Callable[[], bool] = lambda: False,
    patience_s: float = 0.0,
) -> Iterator[None]:
    """Hold the home for one daemon.

    A holder that is on its way out, which `is_leaving` tells, is waited for at most
    `patience_s`.

    Raises:
        AlreadyRunning: another daemon holds it; the sentence names its pid.
    """
    try:
        lock = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = f"{lock_file} cannot be opened ({error.strerror}). Mend or remove it."
        raise ConfigError(reason) from None
    try:
        end = time.monotonic() + patience_s
        while not _has_locked(lock):
            if time.monotonic() > end or not is_leaving():
                reason = (
                    f"Jarvis already runs here{_holder(lock)}. End it: jarvis stop."
                )
                raise AlreadyRunning(reason)
            time.sleep(LOOK_AGAIN_S)
        note = {"pid": os.getpid(), "version": version, "started": started}
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(note).encode() + b"\n", 0)
        yield
    finally:
        os.close(lock)


def _has_locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: int) -> str:
    try:
        note = json.loads(os.pread(lock, 4096, 0))
        return f" (pid {note['pid']}, version {note['version']})"
    except (ValueError, KeyError, TypeError):
        return ""
