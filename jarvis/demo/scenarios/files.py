"""Scenarios of files: the write-ahead log comes and goes, the file is another one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from jarvis.demo.scenarios.stage import Stage
from jarvis.errors import StoreUnavailable

_WHILE_READING = 300
_FIRST_ADDRESS = "+15550142"


def checkpoint_between_commits(stage: Stage) -> None:
    """The log is emptied between row, link and text, and begun anew from its start."""
    written = stage.writer.begin(stage.chat)
    stage.writer.checkpoint()
    stage.writer.link(stage.chat, written)
    stage.writer.checkpoint()
    stage.writer.say(written, "Between two checkpoints")
    stage.new(stage.chat, written)


def reopen(stage: Stage) -> None:
    """Messages is quit and started again: the log is another file."""
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "Before"))
    stage.wait(1)
    stage.writer.reopen()
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "After"))


def delete_sidecars(stage: Stage) -> None:
    """Log and index vanish while Messages is not running, and come back with it."""
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "Before"))
    stage.wait(1)
    stage.writer.checkpoint()
    stage.writer.close()
    _remove_sidecars(stage.path)
    stage.wait(1)
    stage.writer.reopen()
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "After"))


def rename_rebuilt_file(stage: Stage) -> None:
    """Another file takes the place of the first: the same messages, other ROWIDs."""
    stage.writer.checkpoint()
    rebuilt = stage.path.with_name("chat.db.rebuilt")
    rebuilt.unlink(missing_ok=True)
    with closing(sqlite3.connect(stage.path)) as db:
        db.execute("VACUUM INTO ?", [str(rebuilt)])
    with closing(sqlite3.connect(rebuilt)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        _renumber(db)
        db.commit()
    stage.writer.close()
    _remove_sidecars(stage.path)
    rebuilt.replace(stage.path)
    stage.wait(1)
    stage.writer.reopen()
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "In the new file"))


def _renumber(db: sqlite3.Connection) -> None:
    """ROWIDs from 1 up in the order of dates, without the holes of before."""
    db.execute(
        "CREATE TEMP TABLE place AS SELECT message.ROWID AS old, "
        "row_number() OVER (ORDER BY date, message.ROWID) AS new FROM message"
    )
    db.execute("CREATE UNIQUE INDEX temp.place_old ON place(old)")
    for table, column in (
        ("message", "ROWID"),
        ("chat_message_join", "message_id"),
        ("chat_recoverable_message_join", "message_id"),
        ("message_attachment_join", "message_id"),
    ):
        # In two steps, since a number is free only when all have left.
        db.execute(
            f"UPDATE {table} SET {column} = "
            f"-(SELECT new FROM place WHERE old = {table}.{column})"
        )
        db.execute(f"UPDATE {table} SET {column} = -{column}")
    db.execute(
        "UPDATE sqlite_sequence SET seq = (SELECT count(*) FROM message) "
        "WHERE name = 'message'"
    )


def long_reader(stage: Stage) -> None:
    """Somebody reads on in an old state: the log cannot be emptied and grows."""
    with closing(sqlite3.connect(stage.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()
        for number in range(_WHILE_READING):
            written = stage.writer.whole(stage.chat, f"Meanwhile: {number}")
            stage.new(stage.chat, written)
        stage.wait(2)


def empty_database_first_message(stage: Stage) -> None:
    """Messages was never used, and then somebody writes for the first time."""
    with closing(sqlite3.connect(stage.path)) as db:
        (count,) = db.execute("SELECT count(*) FROM message").fetchone()
    if count:
        directory = stage.path.parent
        raise StoreUnavailable(
            f"{stage.path} holds messages: make an inbox without any by "
            f"`jarvis demo build {directory.with_name('empty')} --messages 0`."
        )
    chat = stage.writer.begin_chat(_FIRST_ADDRESS)
    stage.wait(1)
    stage.new(chat, stage.writer.incoming(chat, "Hello for the first time"))


def permission_lost_and_back(stage: Stage) -> None:
    """Nobody may open the file for ten seconds, in which a message comes."""
    mode = stage.path.stat().st_mode & 0o777
    os.chmod(stage.path, 0)
    try:
        stage.wait(5)
        stage.new(stage.chat, stage.writer.incoming(stage.chat, "Behind the door"))
        stage.wait(5)
    finally:
        os.chmod(stage.path, mode)
    stage.new(stage.chat, stage.writer.incoming(stage.chat, "And open again"))


def _remove_sidecars(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
