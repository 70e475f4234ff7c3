"""The live writer: each step a commit that others see, as Messages makes them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.inbox import build_inbox
from fixtures.messages_writer import MessagesWriter
from jarvis.demo.clock import DAY_NS, nanoseconds
from jarvis.demo.inbox import build_demo_inbox
from jarvis.demo.live import play
from jarvis.errors import StoreUnavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Watched:
    """A live writer, and what a second connection sees after each step."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "chat.db"
        build_demo_inbox(directory, now=NOW)
        self.steps: list[str] = []
        self.seen: list[tuple[object, ...]] = []
        self.reader = sqlite3.connect(self.path)
        self.writer = MessagesWriter(self.path, between=self._look, now=lambda: NOW)
        (self.chat,) = self.reader.execute(
            "SELECT guid FROM chat WHERE style = 45 AND is_filtered = 0 LIMIT 1"
        ).fetchone()

    def _look(self, step: str) -> None:
        self.steps.append(step)
        row = self.reader.execute(
            "SELECT attributedBody IS NOT NULL, is_from_me, EXISTS (SELECT 1 FROM "
            "chat_message_join WHERE message_id = message.ROWID) "
            "FROM message ORDER BY ROWID DESC LIMIT 1"
        ).fetchone()
        self.seen.append(row)

    def close(self) -> None:
        """Both connections."""
        self.writer.close()
        self.reader.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A small inbox that is written to and looked at."""
    watched = Watched(tmp_path)
    yield watched
    watched.close()


def test_a_message_comes_as_row_then_link_then_text(watched: Watched) -> None:
    """Three commits, each seen by others."""
    watched.writer.incoming(watched.chat, "hello")
    assert watched.steps == ["row", "link", "text"]
    assert watched.seen == [(0, 0, 0), (0, 0, 1), (1, 0, 1)]


def test_an_own_message_gets_its_mark_late(watched: Watched) -> None:
    """It begins as nobody's."""
    watched.writer.outgoing(watched.chat, "hello")
    assert [own for _, own, _ in watched.seen] == [0, 0, 1, 1]
    assert watched.steps[-1] == "delivered"


def test_a_whole_message_is_one_commit(watched: Watched) -> None:
    """For measuring."""
    watched.writer.whole(watched.chat, "hello")
    assert watched.seen == [(1, 0, 1)]


def test_messages_change_after_they_were_written(watched: Watched) -> None:
    """Edited, read, taken back, loved."""
    written = watched.writer.incoming(watched.chat, "helo")
    watched.writer.edit(written, "hello")
    watched.writer.edit(written, "hello!")
    watched.writer.read(watched.chat)
    loved = watched.writer.tapback(watched.chat, written)
    watched.writer.unsend(written)
    reaction = watched.reader.execute(
        "SELECT associated_message_guid, associated_message_type FROM message "
        "WHERE guid = ?",
        [loved.guid],
    ).fetchone()
    assert reaction == (f"p:0/{written.guid}", 2000)
    row = watched.reader.execute(
        "SELECT is_read, attributedBody, date_edited > 0 FROM message WHERE ROWID = ?",
        [written.rowid],
    ).fetchone()
    assert row == (1, None, 1)


def test_the_log_can_be_emptied_and_begun_anew(watched: Watched) -> None:
    """As Messages does at a checkpoint, and when it is quit."""
    watched.writer.incoming(watched.chat, "before")
    watched.writer.checkpoint()
    assert (watched.path.with_name("chat.db-wal")).stat().st_size == 0
    watched.writer.reopen()
    written = watched.writer.incoming(watched.chat, "after")
    assert watched.steps[-5:] == ["checkpointed", "reopened", "row", "link", "text"]
    newest = "SELECT guid FROM message ORDER BY ROWID DESC LIMIT 1"
    assert watched.reader.execute(newest).fetchone() == (written.guid,)


def test_nobody_can_write_into_a_chat_that_is_not_there(watched: Watched) -> None:
    """Nor somebody who is not in it."""
    with pytest.raises(LookupError):
        watched.writer.incoming("nowhere", "hello")
    with pytest.raises(LookupError):
        watched.writer.incoming(watched.chat, "hello", sender="+15550999")


def test_playing_ends_after_its_count_and_at_a_signal(tmp_path: Path) -> None:
    """Cleanly, either way."""
    build_demo_inbox(tmp_path, now=NOW)

    def count() -> int:
        with closing(sqlite3.connect(tmp_path / "chat.db")) as db:
            rows: int = db.execute("SELECT count(*) FROM message").fetchone()[0]
            return rows

    before = count()
    command = [sys.executable, "-m", "jarvis", "demo", "play", str(tmp_path)]
    subprocess.run([*command, "--every", "0", "--count", "5"], check=True, timeout=50)
    assert count() == before + 5
    endless = subprocess.Popen([*command, "--every", "0.01"], env=dict(os.environ))
    while count() < before + 7:
        pass
    endless.send_signal(signal.SIGTERM)
    assert endless.wait(30) == 0


def test_mail_comes_into_any_inbox_that_jarvis_made(tmp_path: Path) -> None:
    """A manifest that says more than the demo's is read too."""
    build_inbox(tmp_path, messages=600, seed=1, end=NOW)
    command = [sys.executable, "-m", "jarvis", "demo", "play", str(tmp_path)]
    subprocess.run([*command, "--every", "0", "--count", "2"], check=True, timeout=50)
    newest = "SELECT count(*) FROM message WHERE date > ?"
    with closing(sqlite3.connect(tmp_path / "chat.db")) as db:
        assert db.execute(newest, [nanoseconds(NOW) + DAY_NS]).fetchone()[0] >= 2


def test_playing_into_nothing_says_what_to_do(tmp_path: Path) -> None:
    """No inbox is made by the way."""
    with pytest.raises(StoreUnavailable, match="jarvis demo inbox"):
        play(tmp_path, interval_s=0, count=1)
