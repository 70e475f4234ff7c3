"""Opening chat.db: what can be wrong with it, as sentences that say what to do."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jarvis.errors import StoreUnavailable
from jarvis.stores.chatdb import data_version, open_chatdb, opening
from jarvis.stores.chatdb.opening import _why_not_opened
from tests.stores.conftest import Built


def missing(path: Path) -> None:
    """Nothing there."""


def folder(path: Path) -> None:
    """A folder of that name."""
    path.mkdir()


def nonsense(path: Path) -> None:
    """Not a database."""
    path.write_bytes(b"not a database at all, but long enough" * 100)


def blank(path: Path) -> None:
    """No bytes."""
    path.touch()


def foreign(path: Path) -> None:
    """Somebody else's tables."""
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "There is no Messages history"),
        (folder, "is a folder"),
        (nonsense, "is not a SQLite database"),
        (blank, "is an empty database"),
        (foreign, "bookmarks"),
    ],
    ids=lambda value: getattr(value, "__name__", "-"),
)
async def test_what_is_no_chat_db_is_said(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """Which it is, and what to do."""
    path = tmp_path / "chat.db"
    make(path)
    with pytest.raises(StoreUnavailable, match=reason):
        await open_chatdb(path)


def test_a_missing_permission_is_told_from_a_wrong_mode() -> None:
    """EPERM is macOS's privacy, EACCES the file's mode."""
    path = Path("/x/chat.db")
    privacy = _why_not_opened(path, PermissionError(errno.EPERM, os.strerror(1)))
    assert "Full Disk Access" in privacy
    mode = _why_not_opened(path, PermissionError(errno.EACCES, os.strerror(13)))
    assert "permissions of the file" in mode


async def test_a_truncated_file_is_an_error_and_not_a_crash(
    built: Built, tmp_path: Path
) -> None:
    """Opened or refused, but never anything else than a sentence."""
    path = tmp_path / "chat.db"
    data = (built.path / "chat.db").read_bytes()
    path.write_bytes(data[: len(data) // 3])
    try:
        db = await open_chatdb(path)
    except StoreUnavailable:
        return
    with pytest.raises(StoreUnavailable):
        await db.rows("SELECT count(length(attributedBody)) FROM message")
    await db.close()


async def test_a_locked_file_is_said_to_be_locked(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a program that lets nobody else in; it is tried again."""
    monkeypatch.setattr(opening, "_BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "chat.db"
    await asyncio.to_thread(shutil.copyfile, built.path / "chat.db", path)

    def lock() -> sqlite3.Connection:
        holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN IMMEDIATE")
        return holder

    holder = await asyncio.to_thread(lock)
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        await open_chatdb(path)
    await asyncio.to_thread(holder.close)
    await (await open_chatdb(path)).close()


async def test_new_mail_is_seen_while_it_stays_open(
    built: Built, tmp_path: Path
) -> None:
    """The write-ahead log is read too, and the version tells of it."""
    path = tmp_path / "chat.db"
    path.write_bytes((built.path / "chat.db").read_bytes())
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    db = await open_chatdb(path)
    before = await data_version(db)
    ((count,),) = await db.rows("SELECT count(*) FROM message")
    writer.execute("INSERT INTO message (guid, text) VALUES ('NEW', 'hello')")
    assert await data_version(db) != before
    assert await db.rows("SELECT count(*) FROM message") == [(count + 1,)]
    await db.close()
    writer.close()


async def test_it_cannot_be_written_to(built: Built) -> None:
    """Not even by mistake."""
    db = await open_chatdb(built.path / "chat.db")
    with pytest.raises(StoreUnavailable):
        await db.rows("DELETE FROM main.message")
    await db.close()


async def test_a_file_replaced_while_it_is_opened_is_known_for_what_it_is(
    tmp_path: Path, built: Built
) -> None:
    """Taken for the one before it, it would be read anew later, and its mail not told."""
    path = tmp_path / "chat.db"
    made = [tmp_path / str(number) for number in range(40)]
    numbers = {}
    for number, each in enumerate(made):
        await asyncio.to_thread(shutil.copy, built.path / "chat.db", each)
        numbers[await asyncio.to_thread(mark, each, number)] = number
    await asyncio.to_thread(made[0].replace, path)
    replacing = asyncio.create_task(asyncio.to_thread(replace_all, path, made[1:]))
    while not replacing.done():
        try:
            db = await open_chatdb(path)
        except StoreUnavailable:
            continue  # replaced too often
        ((marked,),) = await db.rows("PRAGMA user_version")
        assert numbers[db.identity] == marked
        await db.close()
    await replacing


def mark(path: Path, number: int) -> tuple[int, int]:
    """Write a number into a database that needs no files beside it; which file it is."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute(f"PRAGMA user_version = {number}")
    status = path.stat()
    return status.st_dev, status.st_ino


def replace_all(path: Path, made: list[Path]) -> None:
    """Lay one of them there after the other, at all moments of an opening."""
    pause = threading.Event()
    for number, each in enumerate(made):
        each.replace(path)
        pause.wait(0.0002 * (number % 20))


async def test_opening_again_keeps_the_locks_of_the_first(
    tmp_path: Path, built: Built
) -> None:
    """A writer that leaves must not take the write-ahead log away from a reader."""
    path = tmp_path / "chat.db"
    await asyncio.to_thread(shutil.copy, built.path / "chat.db", path)
    first = await open_chatdb(path)
    second = await open_chatdb(path)
    write = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
        "db.execute('PRAGMA user_version = 5'); db.close()"
    )
    command = [sys.executable, "-c", write, str(path)]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=50)
    assert await asyncio.to_thread(path.with_name("chat.db-wal").exists)
    await second.close()
    await first.close()
