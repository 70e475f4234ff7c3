"""Fills a new SQLite file fast: tables, rows, and only then what makes rows slow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache

from jarvis.demo.mailbox.rows import SqlValue
from jarvis.demo.schema import Schema

_CACHE_KIB = 64 * 1024
_MAPPED_BYTES = 1 << 30


def begin(db: sqlite3.Connection, schema: Schema) -> None:
    """Make the tables of an empty file that nobody else sees.

    A crash here costs a rebuild, not a message: nothing is journalled or synced.
    """
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA temp_store = MEMORY")
    for table in schema.tables:
        db.execute(_without_index(table) if _is_of_messages(table) else table)


def finish(db: sqlite3.Connection, schema: Schema) -> None:
    """Indexes and triggers last: built once, they cost a third of growing along."""
    # Each index reads the whole table: mapped pages are not copied each time.
    db.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    _index_guids(db, next(table for table in schema.tables if _is_of_messages(table)))
    for statement in (*schema.indexes, *schema.triggers):
        db.execute(statement)
    db.execute("ANALYZE")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_of_messages(table: str) -> bool:
    return table.startswith("CREATE TABLE message (")


def _without_index(table: str) -> str:
    """The table of messages, for now without what makes an insertion slow.

    An index over guids in random order and the counter of ROWIDs take two thirds of it.
    """
    return table.replace(" AUTOINCREMENT", "").replace(" UNIQUE", "")


def _index_guids(db: sqlite3.Connection, table: str) -> None:
    """Make the table what it is called, now that its rows are there.

    The index that UNIQUE stands for is built like any other, and then known by the name
    that SQLite gives it. The counter goes on after the last row.
    """
    db.execute("CREATE UNIQUE INDEX message_guid ON message(guid)")
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'message'",
        [table.removesuffix(";")],
    )
    db.execute(
        "UPDATE sqlite_master SET name = 'sqlite_autoindex_message_1', sql = NULL "
        "WHERE name = 'message_guid'"
    )
    db.execute("PRAGMA writable_schema = RESET")
    db.execute(
        "INSERT INTO sqlite_sequence SELECT 'message', max(ROWID) FROM message "
        "HAVING count(*) > 0"
    )


def insert(
    db: sqlite3.Connection,
    table: str,
    names: Iterable[str],
    rows: Iterable[Sequence[SqlValue]],
) -> None:
    """Insert rows, sequences in the order of names, leaving out what table lacks."""
    known = columns_of(db, table)
    if not known:
        return
    names = list(names)
    places = [at for at, name in enumerate(names) if name in known]
    if len(places) < len(names):
        rows = ([row[at] for at in places] for row in rows)
    db.executemany(insertion(table, tuple(names[at] for at in places)), rows)


def columns_of(db: sqlite3.Connection, table: str) -> frozenset[str]:
    """The names of a table's columns; none if there is no such table."""
    return frozenset(row[1] for row in db.execute(f"PRAGMA table_info({table})"))


@lru_cache
def insertion(table: str, names: tuple[str, ...]) -> str:
    """The statement that inserts values for these columns."""
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
