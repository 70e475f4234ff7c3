"""jarvis.db, Jarvis's own database: open it, mend it, bring it up to date, write to it.

Only the daemon writes. What the tables hold stands in migrations/.
"""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import aiosqlite
import msgspec

from jarvis.errors import StoreUnavailable

_BUSY_TIMEOUT_S: Final = 5.0
_PAGE_SIZE_BYTES: Final = 8192
_PRAGMAS: Final = (
    f"PRAGMA page_size = {_PAGE_SIZE_BYTES}",  # before the first table
    "PRAGMA journal_mode = WAL",
    # A commit survives the process at once, a power cut a moment later; then the cursor
    # is as old as the events are, so nothing is lost or doubled.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8192",
    # What somebody deleted is overwritten, not only let go of.
    "PRAGMA secure_delete = ON",
)
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_NUMBERED = re.compile(r"(?P<number>\d{4})_\w+\.sql")
_CHECKED: Final = (
    "SELECT 'sqlite_schema' UNION ALL SELECT name FROM sqlite_schema "
    "WHERE type = 'table' AND name NOT GLOB 'search_*'"
)
_DAMAGED: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class JarvisDb(msgspec.Struct, eq=False):
    """The writing side of jarvis.db. `notice` tells the user what was mended, if any."""

    connection: aiosqlite.Connection
    path: Path
    notice: str | None = None
    _writing: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Everything in the block, or nothing; one block at a time.

        Raises:
            StoreUnavailable: it cannot be written: the disk is full or read-only.
        """
        async with self._writing:
            try:
                await self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                await self.connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                await self._roll_back()
                raise _cannot_write(self.path, error) from error
            except BaseException:
                await self._roll_back()
                raise

    async def compact(self) -> None:
        """Write the file anew, without what was deleted from it, not even in its log.

        Raises:
            StoreUnavailable: it cannot be written: the disk is full or read-only.
        """
        async with self._writing:
            try:
                await self.connection.execute("VACUUM")
                await self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.OperationalError as error:
                raise _cannot_write(self.path, error) from error

    async def shrink(self) -> None:
        """Let go of the pages that are kept in memory; they are read again when needed."""
        async with self._writing:
            await self.connection.execute("PRAGMA shrink_memory")

    async def _roll_back(self) -> None:
        # Waits its turn behind whatever the block had begun; there may be nothing left.
        if await asyncio.shield(self._in_transaction()):
            await asyncio.shield(self.connection.execute("ROLLBACK"))

    async def _in_transaction(self) -> bool:
        await self.connection.execute("SELECT 1")
        return self.connection.in_transaction

    async def close(self) -> None:
        """Let go of the file; the connection's thread ends."""
        await self.connection.close()


async def open_writer(path: Path) -> JarvisDb:
    """Open jarvis.db for writing: made if missing, checked, mended, brought up to date.

    A damaged file is moved aside, never deleted, and a new one begun; `notice` says so.

    Raises:
        StoreUnavailable: it cannot be opened or written, or a newer Jarvis wrote it.
    """
    try:
        connection, notice = await asyncio.to_thread(_prepare, path)
    except (sqlite3.Error, OSError) as error:
        raise _cannot_write(path, error) from error
    return JarvisDb(await _threaded(connection), path, notice)


async def open_reader(path: Path) -> aiosqlite.Connection:
    """Open jarvis.db for reading; sees each commit of the writer at once.

    Raises:
        StoreUnavailable: it is missing or unreadable.
    """
    try:
        connection = await asyncio.to_thread(_connect_reading, path)
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"{path} cannot be read ({error}). Start the daemon once: it makes the file."
        ) from error
    return await _threaded(connection)


async def _threaded(connection: sqlite3.Connection) -> aiosqlite.Connection:
    """The connection in a thread of its own, which alone uses it from now on."""
    return await aiosqlite.Connection(lambda: connection, iter_chunk_size=64)


def _cannot_write(path: Path, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        f"{path} cannot be written ({error}). Make room on the disk, or make the folder "
        "writable; nothing was lost, and it will be tried again."
    )


def _prepare(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """A sound file of today's shape, open; and what the user should know, if any."""
    notice = None
    _own(path)
    if not _is_sound(path):
        aside = _move_aside(path)
        _own(path)
        notice = (
            f"jarvis.db was damaged and has been moved to {aside.name}. A new one is "
            "being built from chat.db; no message is lost."
        )
    connection = _connect(path)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection, notice


def _connect_reading(path: Path) -> sqlite3.Connection:
    connection = _connect(f"file:{quote(str(path))}?mode=ro")
    connection.execute("PRAGMA query_only = 1")
    return connection


def _own(path: Path) -> None:
    """The file exists and is the user's alone, as will be what SQLite lays beside it."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    os.chmod(path, 0o600)


def _connect(path: Path | str) -> sqlite3.Connection:
    """By another thread than the one that opens it, if need be."""
    return sqlite3.connect(
        path,
        uri=True,
        isolation_level=None,
        timeout=_BUSY_TIMEOUT_S,
        check_same_thread=False,
    )


def _is_sound(path: Path) -> bool:
    """Whether the tables of a start can be read. Those of search take too long for it."""
    with closing(_connect(path)) as connection:
        try:
            for (table,) in connection.execute(_CHECKED).fetchall():
                check = f"PRAGMA quick_check({table})"
                if connection.execute(check).fetchone() != ("ok",):
                    return False
            return True
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                return False
            raise


def _move_aside(path: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(f"{aside}{suffix}")
    return aside


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the steps that are missing, each whole or not at all.

    Raises:
        StoreUnavailable: a newer Jarvis wrote the file.
    """
    steps = sorted(
        name for name in os.listdir(_MIGRATIONS) if _NUMBERED.fullmatch(name)
    )
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise StoreUnavailable(
            f"{path} was written by a newer Jarvis (its version is {version}, this one "
            f"knows up to {len(steps)}). Update Jarvis, or move the file away: a new one "
            "is built from chat.db."
        )
    for number, name in enumerate(steps[version:], version + 1):
        script = (_MIGRATIONS / name).read_text("utf-8")
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\n;PRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
