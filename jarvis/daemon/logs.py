"""The daemon's log: a JSON object a line, 0600, rotated; never what people wrote.

Records are written by a thread of their own, so that a slow disk holds nobody up.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Final

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
        return json.dumps(fields, ensure_ascii=False)


class _PrivateFile(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # the base class gives no type either
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT, 0o600))
        return super()._open()


def traced(error: BaseException) -> str:
    """What went wrong and where, for the log.

    The frames, not the text: what an exception says may quote somebody's message.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in frames)
    return f"{type(error).__name__} at {places}"


@contextmanager
def logging_to(path: Path) -> Iterator[logging.Handler]:
    """Everything under the `jarvis` logger goes to `path` while this lasts."""
    file = _PrivateFile(
        path, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, delay=True
    )
    file.setFormatter(_JsonLines())
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    listener = QueueListener(queue, file)
    handler = QueueHandler(queue)
    root = logging.getLogger("jarvis")
    level, propagate = root.level, root.propagate
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
    listener.start()
    try:
        yield file
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        root.propagate = propagate
        listener.stop()
        file.close()
