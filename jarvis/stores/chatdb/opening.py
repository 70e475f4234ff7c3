"""Opening chat.db: every way it can fail as a sentence, every older schema made whole."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import aiosqlite
import msgspec

from jarvis.errors import StoreUnavailable
from jarvis.stores.chatdb.schema import complete_schema, read_columns

_BUSY_TIMEOUT_S = 5.0
_TRIES = 5
"""How often a file that is replaced while it is opened is opened again."""


T = TypeVar("T")
Parameters = Sequence[object] | Mapping[str, object]


Fetch = Callable[[str, Parameters], list[Any]]
"""All rows of a query; for the connection's own thread."""


class _Connection(aiosqlite.Connection):
    """Can also make something of what it reads, in its own thread, in the same trip."""

    async def read(self, act: Callable[[Fetch], T]) -> T:
        """What act gives, which may ask as often as it likes."""
        made: T = await self._execute(act, self._fetch)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        return made

    def _fetch(self, sql: str, parameters: Any) -> list[Any]:
        return self._conn.execute(sql, parameters).fetchall()


class ChatDb(msgspec.Struct, eq=False):
    """An open chat.db. `identity` is (device, inode) of the file that was opened.

    `columns` are those of the file's own tables; what an older macOS lacks is supplied
    with a default, so that every query may name it. `local_path` finds the file behind
    attachment.filename; it looks at the disk, so off the event loop.
    """

    connection: _Connection
    path: Path
    identity: tuple[int, int]
    columns: Mapping[str, frozenset[str]]
    local_path: Callable[[str | None], str | None]

    async def rows(
        self, sql: str, parameters: Parameters = ()
    ) -> list[tuple[Any, ...]]:
        """Everything a query finds, in one trip to the connection's thread.

        Raises:
            StoreUnavailable: chat.db can no longer be read.
        """
        return await self.made(sql, parameters, list)

    async def made(
        self, sql: str, parameters: Parameters, make: Callable[[list[Any]], T]
    ) -> T:
        """What make gives for all rows of a query, made in the connection's thread.

        Raises: as `read`, which tells more.
        """
        return await self.read(lambda fetch: make(fetch(sql, parameters)))

    async def read(self, act: Callable[[Fetch], T]) -> T:
        """What act gives, in one trip to the connection's thread.

        So a large page does not hold up the event loop, and one of several queries waits
        for it once. It may be called a second time.

        Raises:
            StoreUnavailable: chat.db can no longer be read.
        """
        try:
            return await self.connection.read(act)
        except sqlite3.OperationalError as error:
            if "Could not decode to UTF-8" not in str(error):
                raise _unreadable(self.path, error) from error
        except sqlite3.DatabaseError as error:
            raise _unreadable(self.path, error) from error
        # One damaged text must not hide all others. From here on broken letters are
        # replaced; a file without any never pays for this.
        self.connection.text_factory = _lenient_text
        return await self.connection.read(act)

    async def close(self) -> None:
        """Let go of the file; the connection's thread ends."""
        await self.connection.close()


class _Opened(NamedTuple):
    connection: sqlite3.Connection
    identity: tuple[int, int]
    columns: Mapping[str, frozenset[str]]
    local_path: Callable[[str | None], str | None]


async def open_chatdb(path: Path) -> ChatDb:
    """Open chat.db read only, live write-ahead log included.

    Raises:
        StoreUnavailable: it is missing, unreadable, or not a chat.db; the sentence says
            which, and what to do.
    """
    for _ in range(_TRIES):
        db = await _open_once(path)
        # Another file may have been laid there between asking which and opening it.
        if db.identity == await asyncio.to_thread(_identity, path):
            return db
        await db.close()
    raise StoreUnavailable(f"{path} is being replaced; it will be tried again.")


async def _open_once(path: Path) -> ChatDb:
    try:
        opened = await asyncio.to_thread(_opened, path)
    except sqlite3.Error as error:
        raise await asyncio.to_thread(_not_opened, path, error) from error
    connection = _Connection(lambda: opened.connection, iter_chunk_size=64)
    await connection
    return ChatDb(connection, path, opened.identity, opened.columns, opened.local_path)


def _opened(path: Path) -> _Opened:
    identity = _identity(path)
    # mode=ro and never immutable: new mail lies in the write-ahead log. One thread opens
    # it, another uses it from then on.
    connection = sqlite3.connect(
        f"file:{quote(os.path.abspath(path))}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=_BUSY_TIMEOUT_S,
        check_same_thread=False,
    )
    try:
        columns = _prepare(connection, path)
        return _Opened(connection, identity, columns, local_path_below(path.parent))
    except BaseException:
        connection.close()
        raise


def _prepare(connection: sqlite3.Connection, path: Path) -> dict[str, frozenset[str]]:
    """Make the connection ready for every query; the views live in its memory alone."""
    connection.execute("PRAGMA temp_store = MEMORY")
    columns = read_columns(connection)
    for view in complete_schema(columns, path):
        connection.execute(view)
    connection.execute("PRAGMA query_only = 1")
    return columns


async def data_version(db: ChatDb) -> int:
    """A number that changes when another connection has committed.

    It may also change without a change of rows (after a checkpoint), and means nothing
    on another connection.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    ((version,),) = await db.rows("PRAGMA data_version")
    return int(version)


def local_path_below(folder: Path) -> Callable[[str | None], str | None]:
    """A function from attachment.filename to the file's path, None when it is not here.

    folder stands for ~/Library/Messages, where chat.db and its attachments live; nothing
    outside of it is ever named, whatever the column says.
    """
    root = os.path.realpath(folder)

    def local_path(filename: str | None) -> str | None:
        if filename is None or "\0" in filename:
            return None
        relative = filename.removeprefix("~/Library/Messages/")
        # An absolute filename replaces the root in join, and is then held against it.
        path = os.path.join(root, relative)
        if not os.path.isfile(path):  # many are not; following links is dear
            return None
        real = os.path.realpath(path)
        return real if real.startswith(root + os.sep) else None

    return local_path


def _lenient_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _identity(path: Path) -> tuple[int, int]:
    """Which file is there. Not by opening it: closing it again would drop the locks
    that this process holds on it by another connection (POSIX), and a writer that
    leaves would take the write-ahead log away from under that one.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise StoreUnavailable(_why_not_opened(path, error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise StoreUnavailable(
            f"{path} is a folder; give the path of the chat.db file inside it."
        )
    return status.st_dev, status.st_ino


def _not_opened(path: Path, error: sqlite3.Error) -> StoreUnavailable:
    """Why SQLite could not: it does not tell a permission from a mode, the system does."""
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError as refusal:
        return StoreUnavailable(_why_not_opened(path, refusal))
    return _unreadable(path, error)


def _why_not_opened(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return (
            f"There is no Messages history at {path} yet: open Messages once, or set "
            "JARVIS_CHAT_DB to where chat.db is."
        )
    if error.errno == errno.EPERM:
        return (
            f"Full Disk Access is missing for {sys.executable}: allow it in System "
            "Settings, Privacy & Security, Full Disk Access, then start Jarvis again."
        )
    if error.errno == errno.EACCES:
        return (
            f"{path} may not be read by this user: check the permissions of the file "
            "and its folder (ls -l), for instance chmod u+r."
        )
    return f"{path} cannot be opened: {error.strerror}."


def _unreadable(path: Path, error: sqlite3.Error) -> StoreUnavailable:
    """The sentence for a failure that SQLite reports."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_NOTADB"):
        text = f"{path} is not a SQLite database; set JARVIS_CHAT_DB to a chat.db."
    elif name.startswith("SQLITE_AUTH"):
        text = _why_not_opened(path, PermissionError(errno.EPERM, ""))
    elif name.startswith("SQLITE_READONLY") or name.startswith("SQLITE_CANTOPEN"):
        text = (
            f"SQLite cannot open {path}: it needs to write its -shm file beside it. "
            "Make the folder writable, or copy it somewhere that is."
        )
    elif name.startswith("SQLITE_CORRUPT"):
        text = (
            f"{path} is damaged and cannot be read on: check it with "
            "sqlite3 chat.db 'PRAGMA integrity_check'."
        )
    elif name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        text = f"{path} is locked by another program; try again in a moment."
    else:
        text = f"{path} cannot be read now ({name or 'SQLite error'}); try again."
    return StoreUnavailable(text)
