"""kill -9 in the middle of indexing: what was done stays done, and the rest is done."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from fixtures.inbox import build_inbox
from tests.daemon.inbox.messages_app import NOW
from tests.thorough import IS_THOROUGH

MESSAGES: Final = 3_000 if IS_THOROUGH else 600
KILLS: Final = 30 if IS_THOROUGH else 2
WAIT_S: Final = 60.0

Content = tuple[list[object], list[object], list[object], int]


class Work:
    """Processes that index one chat.db, one after another."""

    def __init__(self, home: Path, chat_db: Path) -> None:
        self.home = home
        self._chat_db = chat_db

    def begin(self) -> subprocess.Popen[bytes]:
        """Another one."""
        command = (sys.executable, "-m", "tests.daemon.indexing.worker")
        return subprocess.Popen(
            [*command, str(self.home), str(self._chat_db)], cwd=Path.cwd()
        )

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """What the index holds; nothing before there is one."""
        path = self.home / "jarvis.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []

    def done(self) -> int:
        """How much is done: messages, segments and vectors."""
        sql = (
            "SELECT (SELECT count(*) FROM search_message)"
            " + (SELECT count(*) FROM search_segment)"
            " + (SELECT count(*) FROM search_vector)"
        )
        ((done,),) = self.ask(sql) or [(0,)]
        assert isinstance(done, int)
        return done

    def content(self) -> Content:
        """All that is found, by words, in segments and by meaning; and what is missing."""
        messages = self.ask(
            "SELECT m.id, m.date_ms, t.body FROM search_message AS m"
            " JOIN search_text AS t ON t.id = m.text_id ORDER BY m.id"
        )
        segments = self.ask(
            "SELECT first_id, last_id FROM search_segment ORDER BY first_id, last_id"
        )
        vectors = self.ask(
            "SELECT t.body, length(v.v) FROM search_vector AS v"
            " JOIN search_text AS t ON t.id = v.ref WHERE v.kind = 0 ORDER BY t.body"
        )
        ((wanted,),) = self.ask("SELECT count(*) FROM search_wanted")
        assert isinstance(wanted, int)
        return [*messages], [*segments], [*vectors], wanted

    def codes_agree(self) -> bool:
        """Whether there is a code for each vector."""
        sql = (
            "SELECT (SELECT count(*) FROM search_vector)"
            " = (SELECT coalesce(sum(256 - free), 0) FROM search_code)"
        )
        return self.ask(sql) == [(1,)]


@pytest.fixture(scope="module")
def chat_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history that takes a while."""
    directory = tmp_path_factory.mktemp("Messages")
    build_inbox(directory, messages=MESSAGES, seed=3, end=NOW)
    return directory / "chat.db"


@pytest.fixture(scope="module")
def whole(chat_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """An index of it that was made without any trouble."""
    work = Work(tmp_path_factory.mktemp("whole"), chat_db)
    assert work.begin().wait(WAIT_S) == 0
    return work


@pytest.mark.timeout(600)
async def test_a_killed_index_goes_on_where_it_was(
    whole: Work, chat_db: Path, tmp_path: Path
) -> None:
    """Killed over and over it loses nothing that was stored, and ends up the same."""
    work = Work(tmp_path, chat_db)
    all_of_it = whole.done()
    for number in range(KILLS):
        before = work.done()
        process = work.begin()
        goal = max(all_of_it * (number + 1) // (KILLS + 1), before + 1)
        async with asyncio.timeout(WAIT_S):
            while work.done() < min(goal, all_of_it) and process.poll() is None:
                await asyncio.to_thread(work.done)
        process.kill()
        await asyncio.to_thread(process.wait, WAIT_S)
        assert work.done() >= before
        assert work.codes_agree()
    assert await asyncio.to_thread(work.begin().wait, WAIT_S) == 0
    assert work.content() == whole.content()
    assert work.content()[-1] == 0
