"""The scenarios by name: what lies in the database after each, without any waiting."""

from __future__ import annotations

import json
import os
import plistlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jarvis.demo.build import build
from jarvis.demo.clock import nanoseconds
from jarvis.demo.scenarios import SCENARIOS, Event, run_scenario
from jarvis.errors import StoreUnavailable
from jarvis.stores.attributed_body import read_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Inbox:
    """A small inbox in which scenarios play at once."""

    def __init__(self, directory: Path, *, messages: int = 600) -> None:
        self.directory = directory
        self.path = directory / "chat.db"
        build(directory, messages=messages, seed=4, end=NOW)
        self.waited_s = 0.0

    def play(self, name: str) -> list[Event]:
        """The events that are owed."""
        return run_scenario(name, self.directory, wait=self._wait, now=lambda: NOW)

    def _wait(self, seconds: float) -> None:
        self.waited_s += seconds

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(sql, values).fetchall()

    def column(self, guid: str | None, name: str) -> Any:
        """One column of a message."""
        return self.rows(f"SELECT {name} FROM message WHERE guid = ?", guid)[0][0]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """A small inbox."""
    return Inbox(tmp_path / "box")


def new_guids(events: list[Event]) -> list[str | None]:
    """Of the new messages, in the order in which they are owed."""
    return [each.guid for each in events if each.event == "new_message"]


@pytest.mark.parametrize(
    "name", [each for each in SCENARIOS if each != "empty_database_first_message"]
)
def test_each_leaves_a_sound_database_with_all_that_it_owes(
    inbox: Inbox, name: str
) -> None:
    """New messages are linked and say something; chats are the ones written to."""
    events = inbox.play(name)
    assert events
    assert inbox.rows("PRAGMA integrity_check") == [("ok",)]
    assert inbox.rows("PRAGMA foreign_key_check") == []
    gone = {each.guid for each in events if each.change in ("deleted", "unsent")}
    for each in events:
        (found,) = inbox.rows("SELECT count(*) FROM chat WHERE guid = ?", each.chat_id)
        assert found == (1,)
        if each.event == "new_message" and each.guid not in gone:
            linked = inbox.rows(
                "SELECT chat.guid, message.attributedBody IS NOT NULL FROM message "
                "JOIN chat_message_join ON message_id = message.ROWID "
                "JOIN chat ON chat.ROWID = chat_id WHERE message.guid = ?",
                each.guid,
            )
            assert linked == [(each.chat_id, 1)]


def test_a_burst_is_two_hundred_in_a_second(inbox: Inbox) -> None:
    """Each once."""
    assert len(set(new_guids(inbox.play("burst")))) == 200
    assert inbox.waited_s == pytest.approx(1)


def test_late_things_are_as_late_as_they_are_called(inbox: Inbox) -> None:
    """Five seconds, five minutes."""
    inbox.play("late_join")
    assert inbox.waited_s == 5
    inbox.play("late_join_5_min")
    assert inbox.waited_s == 305


def test_joins_in_another_order_are_told_as_they_get_ready(inbox: Inbox) -> None:
    """The last row first."""
    guids = new_guids(inbox.play("reordered_joins"))
    rowids = [inbox.column(guid, "ROWID") for guid in guids]
    assert rowids == sorted(rowids, reverse=True)


def test_an_edit_keeps_what_was_said_and_unsending_keeps_its_length(
    inbox: Inbox,
) -> None:
    """As Messages stores it."""
    guid = new_guids(inbox.play("edit_and_unsend"))[0]
    summary = inbox.column(guid, "message_summary_info")
    plist = plistlib.loads(summary)
    assert plist["rp"] == [0]
    assert plist["otr"] == {"0": {"lo": 0, "le": len("See you at eight")}}
    assert inbox.column(guid, "attributedBody") is None
    assert inbox.waited_s == 60


def test_a_removed_tapback_leaves_only_the_row_that_removes_it(inbox: Inbox) -> None:
    """The one that added it is noted as deleted."""
    guid = new_guids(inbox.play("tapback_add_and_remove"))[0]
    rows = inbox.rows(
        "SELECT associated_message_type FROM message WHERE associated_message_guid = ?",
        f"p:0/{guid}",
    )
    assert rows == [(3003,)]


def test_what_is_deleted_is_in_the_bin_or_noted(inbox: Inbox) -> None:
    """One row is kept without a link, the other is gone."""
    first, second = new_guids(inbox.play("deleted"))
    kept = inbox.rows(
        "SELECT count(*) FROM chat_recoverable_message_join WHERE message_id = "
        "(SELECT ROWID FROM message WHERE guid = ?)",
        first,
    )
    assert kept == [(1,)]
    assert inbox.rows("SELECT guid FROM message WHERE guid = ?", second) == []
    noted = "SELECT count(*) FROM deleted_messages WHERE guid = ?"
    assert inbox.rows(noted, second) == [(1,)]
    assert inbox.rows(noted, first) == [(0,)]


def test_back_fill_brings_a_thousand_rows_and_one_message(inbox: Inbox) -> None:
    """Old dates under new ROWIDs, nothing of it is owed but the last."""
    before = inbox.rows("SELECT count(*), max(ROWID) FROM message")[0]
    events = inbox.play("back_fill")
    after = inbox.rows("SELECT count(*) FROM message")[0]
    assert (len(events), after[0]) == (1, before[0] + 1001)
    old = inbox.rows(
        "SELECT count(*) FROM message WHERE ROWID > ? AND date < ?",
        before[1],
        nanoseconds(NOW - timedelta(days=600)),
    )
    assert old == [(1000,)]


def test_a_group_gets_its_name(inbox: Inbox) -> None:
    """On the chat, and as an event."""
    (event,) = inbox.play("group_renamed")
    assert (event.event, event.change) == ("conversation_changed", "title")
    name = inbox.rows("SELECT display_name FROM chat WHERE guid = ?", event.chat_id)
    assert name == [("Early birds",)]


def test_a_photo_has_its_file_and_an_own_message_was_read(inbox: Inbox) -> None:
    """In the end."""
    photo = new_guids(inbox.play("late_photo"))[0]
    assert inbox.column(photo, "cache_has_attachments") == 1
    own = new_guids(inbox.play("own_message_states"))[0]
    assert inbox.column(own, "is_sent + is_delivered + is_read + is_from_me") == 4


def test_a_rebuilt_file_holds_the_same_under_other_numbers(inbox: Inbox) -> None:
    """Another inode; dense ROWIDs in the order of dates."""
    said = "SELECT guid FROM message ORDER BY guid"
    linked = "SELECT count(*) FROM chat_message_join"
    before, links, inode = (
        inbox.rows(said),
        inbox.rows(linked),
        inbox.path.stat().st_ino,
    )
    (guid,) = new_guids(inbox.play("rename_rebuilt_file"))
    assert inbox.path.stat().st_ino != inode
    kept = [row for row in inbox.rows(said) if row != (guid,)]
    assert kept == before
    assert inbox.rows(linked)[0][0] == links[0][0] + 1
    assert inbox.rows("SELECT max(ROWID) FROM message") == [(len(before) + 1,)]


def test_permissions_are_given_back(inbox: Inbox) -> None:
    """Whatever happens meanwhile."""
    mode = inbox.path.stat().st_mode
    seen = []

    def look(_: float) -> None:
        seen.append(inbox.path.stat().st_mode & 0o777)

    run_scenario("permission_lost_and_back", inbox.directory, wait=look)
    assert seen == [0, 0]
    assert inbox.path.stat().st_mode == mode


def test_the_clock_goes_back_but_rows_go_on(inbox: Inbox) -> None:
    """The second has a higher ROWID and an earlier date."""
    first, second, _ = new_guids(inbox.play("clock_jump"))
    dates = [inbox.column(guid, "date") for guid in (first, second)]
    assert dates[0] - dates[1] == 90 * 10**9


def test_the_first_message_comes_into_an_empty_database(tmp_path: Path) -> None:
    """And only there."""
    empty = Inbox(tmp_path / "empty", messages=0)
    (guid,) = new_guids(empty.play("empty_database_first_message"))
    assert read_text(empty.column(guid, "attributedBody")).startswith("Hello")
    with pytest.raises(StoreUnavailable, match="--messages 0"):
        empty.play("empty_database_first_message")


def test_a_folder_without_a_manifest_stays_as_it_is(inbox: Inbox) -> None:
    """It may be somebody's own mail."""
    (inbox.directory / "manifest.json").unlink()
    with pytest.raises(StoreUnavailable, match="jarvis demo build"):
        inbox.play("burst")
    with pytest.raises(LookupError):
        run_scenario("no_such", inbox.directory)


def test_the_command_prints_events_and_no_words(inbox: Inbox) -> None:
    """A JSON object a line; --list names them all."""
    command = [sys.executable, "-m", "jarvis", "demo", "scenario"]

    def output(*arguments: str) -> list[str]:
        ended = subprocess.run(
            [*command, *arguments],
            check=True,
            timeout=50,
            capture_output=True,
            text=True,
            env=dict(os.environ),
        )
        return ended.stdout.splitlines()

    names = [line.split()[0] for line in output("--list")]
    assert names == list(SCENARIOS)
    lines = output("late_text", str(inbox.directory), "--speed", "1000")
    (event,) = map(json.loads, lines)
    assert set(event) == {"event", "chat_id", "guid"}
    assert event["event"] == "new_message"
