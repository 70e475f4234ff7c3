"""The stand-in for Messages' sending, as the child process that it is."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jarvis.demo.inbox import build_demo_inbox
from jarvis.stores.attributed_body import read_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "Thursday is fine 👍🏽"


def send(path: Path, given: object) -> subprocess.CompletedProcess[str]:
    """Run it on a chat.db."""
    return subprocess.run(
        [sys.executable, "-m", "jarvis.demo.sending", str(path)],
        input=given if isinstance(given, str) else json.dumps(given),
        capture_output=True,
        text=True,
        timeout=50,
    )


@pytest.fixture
def chatdb(tmp_path: Path) -> Path:
    """The demo's inbox."""
    build_demo_inbox(tmp_path, now=NOW)
    return tmp_path / "chat.db"


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_the_message_is_there_as_messages_would_have_written_it(chatdb: Path) -> None:
    """Own, in its chat, sent and delivered, its words only in the body."""
    ((guid,),) = rows(chatdb, "SELECT guid FROM chat WHERE style = 45 LIMIT 1")
    ended = send(chatdb, {"chat": guid, "text": SECRET})
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    ((chat, own, sent, delivered, has_date, text, body),) = rows(
        chatdb,
        "SELECT chat.guid, is_from_me, is_sent, is_delivered, date_delivered > 0, text, "
        "attributedBody FROM message JOIN chat_message_join ON message_id = message.ROWID "
        "JOIN chat ON chat.ROWID = chat_id ORDER BY message.ROWID DESC LIMIT 1",
    )
    assert (chat, own, sent, delivered, has_date, text) == (guid, 1, 1, 1, 1, None)
    assert isinstance(body, bytes)
    assert read_text(body) == SECRET


@pytest.mark.parametrize(
    "given",
    [{"chat": "any;-;nobody", "text": SECRET}, {"text": SECRET}, "no JSON", "[]"],
    ids=["unknown chat", "no chat", "no json", "a list"],
)
def test_what_cannot_be_sent_is_refused_in_a_sentence(
    chatdb: Path, given: object
) -> None:
    """Nothing is written, and the words are not repeated."""
    before = rows(chatdb, "SELECT count(*) FROM message")
    ended = send(chatdb, given)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert SECRET not in ended.stderr
    assert rows(chatdb, "SELECT count(*) FROM message") == before


def test_only_made_up_inboxes_are_written_to(chatdb: Path, tmp_path: Path) -> None:
    """A folder without a manifest is somebody's own, even with a chat.db in it."""
    (tmp_path / "manifest.json").unlink()
    before = chatdb.read_bytes()
    ended = send(chatdb, {"chat": "any;-;nobody", "text": SECRET})
    assert ended.returncode == 1
    assert "no made-up inbox" in ended.stderr
    assert chatdb.read_bytes() == before
