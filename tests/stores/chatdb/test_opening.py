"""Opening chat.db: what can be wrong with it, as sentences that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from jarvis.errors import StoreUnavailable
from jarvis.stores.chatdb import data_version, open_chatdb
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
