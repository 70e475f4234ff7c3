"""The files of a database, touched the way SQLite touches them, and SQLite itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

FRAME = bytes(4096)


class Files:
    """A database, its log and its shared memory; all acts are plain writes.

    The log stays open between them, as SQLite's does.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "chat.db"
        self.log = directory / "chat.db-wal"
        self._fd = -1

    def make(self) -> None:
        """The directory with everything in it."""
        self.directory.mkdir(parents=True)
        self.path.write_bytes(FRAME)
        self.create_log()

    def create_log(self) -> None:
        """A log that was not there."""
        self.close()
        self._fd = os.open(self.log, os.O_RDWR | os.O_CREAT | os.O_EXCL)

    def append(self) -> None:
        """A commit, in a log that grows."""
        os.pwrite(self._fd, FRAME, os.fstat(self._fd).st_size)

    def overwrite(self) -> None:
        """A commit after a checkpoint: no size changes."""
        before = os.fstat(self._fd).st_size
        os.pwrite(self._fd, FRAME, 0)
        assert os.fstat(self._fd).st_size == before > 0

    def remove_log(self) -> None:
        """The last connection closes."""
        self.log.unlink()

    def replace(self) -> None:
        """Another database is renamed over this one."""
        other = self.directory / "rebuilt"
        other.write_bytes(FRAME)
        other.rename(self.path)

    def write_beside(self, name: str) -> None:
        """Any other file of the directory."""
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(FRAME)

    def remove_all(self) -> None:
        """The directory and what is in it."""
        shutil.rmtree(self.directory)

    def close(self) -> None:
        """Close the log."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Writer:
    """A real connection."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS counted (n INTEGER)")

    def commit(self) -> None:
        """One row, one commit."""
        self._db.execute("INSERT INTO counted VALUES (1)")

    def checkpoint(self) -> None:
        """All of the log goes into the database."""
        (busy, _, _) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy

    def close(self) -> None:
        """Let go of the database; SQLite removes the log."""
        self._db.close()
