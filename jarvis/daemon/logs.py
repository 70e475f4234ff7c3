"""The daemon's log: a JSON object a line, 0600, rotated; never what people wrote.

Records are written by a thread of their own, so that a slow disk holds nobody up. By hand:
logging.handlers brings pickle and sockets, 2 ms of every start.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Final

import msgspec

MAX_FILE_BYTES: Final = 4 * 2**20
KEPT_FILES: Final = 3


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        fields = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "what": record.getMessage(),
        }
        return msgspec.json.encode(fields).decode()


class _Log(logging.Handler):
    """Hands each record to the thread that writes it; whoever logs never waits.

    A file that has grown to MAX_FILE_BYTES is put aside as `.1`, the one before as `.2`,
    and so on up to KEPT_FILES.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.setFormatter(_JsonLines())
        self._path = path
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._thread = Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue its line."""
        try:
            self._lines.put(self.format(record))
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Return when everything is written."""
        self._lines.put(None)
        self._thread.join()
        super().close()

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError):  # a full disk must not end the daemon
                self._write(f"{line}\n".encode())

    def _write(self, line: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        try:
            os.write(descriptor, line)
            is_full = os.fstat(descriptor).st_size >= MAX_FILE_BYTES
        finally:
            os.close(descriptor)
        if is_full:
            self._put_aside()

    def _put_aside(self) -> None:
        for number in range(KEPT_FILES, 0, -1):
            newer = f"{self._path}.{number - 1}" if number > 1 else self._path
            with suppress(FileNotFoundError):
                os.replace(newer, f"{self._path}.{number}")


def traced(error: BaseException) -> str:
    """What went wrong and where, for the log.

    The frames, not the text: what an exception says may quote somebody's message.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in frames)
    return f"{type(error).__name__} at {places}"


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Everything under the `jarvis` logger goes to `path` while this lasts."""
    root, handler = logging.getLogger("jarvis"), _Log(path)
    level, propagate = root.level, root.propagate
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        root.propagate = propagate
        handler.close()
