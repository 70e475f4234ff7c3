"""The generator: the same inbox for the same numbers, in the shape of each macOS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jarvis.demo.build import build
from jarvis.errors import StoreUnavailable

END = datetime(2026, 1, 1, 12, tzinfo=UTC)


def dump(path: Path) -> list[str]:
    """Everything in a database, as SQL."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_the_same_numbers_give_the_same_inbox(tmp_path: Path) -> None:
    """Row for row; another seed gives another one."""
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        build(tmp_path / name, messages=600, chats=14, seed=seed, end=END)
    one, two, three = (dump(tmp_path / n / "chat.db") for n in ("one", "two", "three"))
    assert one == two
    assert one != three


@pytest.mark.parametrize(
    ("profile", "columns"), [(13, 79), (14, 85), (15, 92), (26, 95), (27, 103)]
)
def test_each_macos_has_its_columns(tmp_path: Path, profile: int, columns: int) -> None:
    """As many as were counted in dumps of real ones."""
    build(tmp_path, messages=60, seed=1, end=END, profile=profile)
    found = query(
        tmp_path / "chat.db", "SELECT count(*) FROM pragma_table_info('message')"
    )
    assert found == [(columns,)]


def test_the_truth_agrees_with_plain_sql(tmp_path: Path) -> None:
    """Counted by hand from the rows."""
    truth = build(tmp_path, messages=2000, seed=2, end=END)
    path = tmp_path / "chat.db"
    assert query(path, "SELECT count(*) FROM message") == [(truth.message_rows,)]
    tapbacks = "associated_message_type BETWEEN 2000 AND 2007"
    added = query(path, f"SELECT count(*) FROM message WHERE {tapbacks}")
    assert added == [(truth.counts["tapback"],)]
    orphans = "ROWID NOT IN (SELECT message_id FROM chat_message_join)"
    unlinked = query(path, f"SELECT count(*) FROM message WHERE {orphans}")
    wanted = truth.counts["orphans"] + truth.counts["recently_deleted"]
    assert unlinked == [(wanted,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert not list(tmp_path.glob("chat.db-*"))


def test_everything_that_can_happen_happens(tmp_path: Path) -> None:
    """From a few hundred messages on, no kind is missing."""
    truth = build(tmp_path, messages=1000, seed=3, end=END)
    kinds = """app attachment audio edited event expired failed one_time_code partly_unsent
    poll reply scheduled sticker tapback text unreadable unsent untapback url vote"""
    assert not [kind for kind in kinds.split() if not truth.counts.get(kind)]


def test_an_inbox_is_never_written_over(tmp_path: Path) -> None:
    """The sentence says what to do."""
    build(tmp_path, messages=20, seed=1, end=END)
    with pytest.raises(StoreUnavailable, match="choose an empty directory"):
        build(tmp_path, messages=20, seed=1, end=END)


@pytest.mark.parametrize(
    "wrong", [{"messages": -1}, {"profile": 12}, {"end": datetime(2026, 1, 1)}], ids=str
)
def test_numbers_that_make_no_sense_are_refused(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    """Before anything is written."""
    arguments: dict[str, object] = {"messages": 20, "seed": 1, "end": END, **wrong}
    with pytest.raises(ValueError, match=r"."):
        build(tmp_path, **arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert not (tmp_path / "chat.db").exists()


def test_some_files_are_really_there(tmp_path: Path) -> None:
    """Where their rows say, and only inside the mailbox; others lead nowhere."""
    build(tmp_path, messages=2000, seed=2, end=END)
    paths = [
        tmp_path / str(name).removeprefix("~/Library/Messages/")
        for (name,) in query(
            tmp_path / "chat.db",
            "SELECT filename FROM attachment WHERE filename LIKE '~/%'",
        )
    ]
    there = [path for path in paths if path.exists()]
    assert 4 < len(there) < len(paths)
    written = [path for path in (tmp_path / "Attachments").rglob("*") if path.is_file()]
    assert {path.resolve() for path in there} >= set(written)
    assert all(path.read_bytes() for path in written)


def test_most_conversations_may_be_with_unknown_senders(tmp_path: Path) -> None:
    """As on the Mac of somebody who has the filter on; the truth says so too."""
    truth = build(tmp_path, messages=1000, chats=40, seed=4, end=END, filtered=0.7)
    folders = [each.folder for each in truth.conversations]
    aside = sum(folder in ("unknown", "junk") for folder in folders)
    assert 0.6 <= aside / len(folders) <= 0.8
    with pytest.raises(ValueError, match="share"):
        build(tmp_path / "other", messages=10, seed=4, end=END, filtered=7)
