"""Each macOS: its columns and none of later ones, every kind of row that it can have."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from jarvis.demo.build import Manifest, build
from jarvis.demo.clock import DAY_NS, nanoseconds
from jarvis.demo.mailbox.rows import Kind
from jarvis.demo.schema import PROFILES
from jarvis.stores.attributed_body import read_text

END = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIRST_SEEN: dict[int, dict[str, str]] = {
    13: {
        "message": "date_edited date_retracted was_detonated part_count",
        "chat": "is_recovered",
        "attachment": "is_commsafety_sensitive",
        "chat_recoverable_message_join": "delete_date",
        "recoverable_message_part": "part_text",
    },
    14: {
        "message": "is_stewie is_sos is_critical bia_reference_id is_kt_verified "
        "fallback_hash",
        "chat": "is_deleting_incoming_messages",
    },
    15: {
        "message": "associated_message_emoji is_pending_satellite_send needs_relay "
        "schedule_type schedule_state sent_or_received_off_grid date_recovered",
        "attachment": "emoji_image_content_identifier emoji_image_short_description "
        "preview_generation_state",
    },
    26: {
        "message": "is_time_sensitive ck_chat_id index_state",
        "chat": "is_pending_review",
        "chat_message_join": "index_state",
        "chat_lookup": "identifier domain chat priority",
        "chat_service": "service chat",
    },
    27: {
        "message": "filter_action filter_sub_action is_preview_sent retry_count "
        "is_preview_delivered date_preview_sent date_preview_delivered date_updated",
        "chat_message_join": "filter_action filter_sub_action",
        "attachment": "preflight_info sensitivity_analysis",
    },
}
"""Columns by the macOS in which they were first seen, by table."""
INDEXES = {
    "message_idx_associated_message": (13, 14),
    "message_idx_associated_message2": (15, 27),
    "message_idx_is_scheduled_message": (15, 27),
    "message_idx_composite_scheduled_message": (26, 27),
    "message_idx_unread_finished_not_from_me_newest_first": (26, 27),
    "message_idx_isRead_isFromMe_itemType": (13, 27),
    "chat_message_join_idx_message_date_id_chat_id": (13, 27),
}


@dataclass(frozen=True)
class Built:
    """An inbox of one macOS, and what is in it."""

    profile: int
    path: Path
    truth: Manifest

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(sql).fetchall()

    def number(self, condition: str) -> int:
        """How many messages it holds for."""
        ((count,),) = self.rows(f"SELECT count(*) FROM message WHERE {condition}")
        return int(count)


@pytest.fixture(scope="module", params=PROFILES)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """Two thousand rows in the shape of each."""
    profile: int = request.param
    directory = tmp_path_factory.mktemp(f"macos{profile}")
    truth = build(directory, messages=2000, seed=8, end=END, profile=profile)
    return Built(profile, directory / "chat.db", truth)


def test_columns_are_those_of_that_macos(built: Built) -> None:
    """All up to it, none of later ones."""
    for since, tables in FIRST_SEEN.items():
        for table, names in tables.items():
            sql = f"SELECT name FROM pragma_table_info('{table}')"
            found = {name for (name,) in built.rows(sql)}
            wanted = set(names.split())
            assert found & wanted == (wanted if since <= built.profile else set())


def test_indexes_are_those_of_that_macos(built: Built) -> None:
    """Three of them changed over the years."""
    found = {name for (name,) in built.rows("SELECT name FROM sqlite_master")}
    for name, (first, last) in INDEXES.items():
        assert (name in found) == (first <= built.profile <= last)
    sql = "SELECT sql FROM sqlite_master WHERE name = '{}'"
    ((unread,),) = built.rows(sql.format("message_idx_isRead_isFromMe_itemType"))
    assert ("WHERE is_read = 0" in unread) == (built.profile >= 26)


def test_chats_are_called_as_that_macos_calls_them(built: Built) -> None:
    """By the service up to 15, `any` from 26 on."""
    prefixes = {
        prefix
        for (prefix,) in built.rows(
            "SELECT substr(guid, 1, instr(guid, ';') - 1) FROM chat"
        )
    }
    assert prefixes <= {"any"} if built.profile >= 26 else "iMessage" in prefixes
    assert ("any" in prefixes) == (built.profile >= 26)


def test_every_kind_that_it_can_have_is_there_as_often_as_told(built: Built) -> None:
    """Polls from 26, scheduled ones from 15."""
    impossible: set[str] = set()
    if built.profile < 26:
        impossible |= {"poll", "vote"}
    if built.profile < 15:
        impossible |= {"scheduled"}
    counts = built.truth.counts
    kinds = set(get_args(Kind))
    assert {kind for kind in kinds if not counts.get(kind)} == impossible
    assert sum(counts.get(kind, 0) for kind in kinds) == built.number("1")


def test_the_truth_agrees_with_the_rows(built: Built) -> None:
    """Each kind told by its columns alone."""
    counts, amt = built.truth.counts, "associated_message_type"
    links = "(SELECT message_id FROM chat_message_join)"
    bin_links = "(SELECT message_id FROM chat_recoverable_message_join)"
    told = {
        "event": "item_type <> 0",
        "tapback": f"{amt} BETWEEN 2000 AND 2007",
        "untapback": f"{amt} BETWEEN 3000 AND 3007",
        "sticker": f"{amt} = 1000",
        "vote": f"{amt} = 4000",
        "poll": "balloon_bundle_id LIKE '%com.apple.messages.Polls'",
        "url": "balloon_bundle_id LIKE '%URLBalloonProvider'",
        "reply": f"thread_originator_guid IS NOT NULL AND {amt} = 0",
        "failed": "error <> 0",
        "expired": "was_detonated = 1",
        "audio": "is_audio_message = 1",
        "orphans": f"ROWID NOT IN {links} AND ROWID NOT IN {bin_links}",
        "recently_deleted": f"ROWID IN {bin_links}",
        "in_two_chats": "ROWID IN (SELECT message_id FROM chat_message_join "
        "GROUP BY message_id HAVING count(*) = 2)",
    }
    if built.profile >= 15:
        told["scheduled"] = "schedule_type = 2"
    found = {name: built.number(condition) for name, condition in told.items()}
    assert found == {name: counts.get(name, 0) for name in told}
    ((files,),) = built.rows("SELECT count(*) FROM message_attachment_join")
    assert files == counts["files"]


def test_events_are_of_every_sort_that_it_knows(built: Built) -> None:
    """Backgrounds from 26 on."""
    sorts = set(built.rows("SELECT DISTINCT item_type, group_action_type FROM message"))
    wanted = {(1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (3, 2), (4, 0), (5, 0), (6, 0)}
    backgrounds = {(3, 4), (3, 6)}
    assert sorts - {(0, 0)} == wanted | (backgrounds if built.profile >= 26 else set())
    number_changed = "item_type = 1 AND other_handle = handle_id"
    assert built.number(number_changed) > 0


def test_reactions_take_every_form(built: Built) -> None:
    """On a part, on a balloon, on a bare guid; emoji from 15 on."""
    is_tapback = "associated_message_type BETWEEN 2000 AND 2007"
    target = "associated_message_guid"
    assert built.number(f"{is_tapback} AND {target} LIKE 'p:%'") > 0
    assert built.number(f"{is_tapback} AND {target} LIKE 'bp:%'") > 0
    assert built.number(f"{is_tapback} AND {target} NOT LIKE '%:%'") > 0
    newer = built.number("associated_message_type IN (2006, 2007)")
    assert (newer > 0) == (built.profile >= 15)


def test_stale_rows_of_locations_are_left_unread(built: Built) -> None:
    """Twenty of them, older than a month, and the truth counts none as unread."""
    month_ago = nanoseconds(END) - 30 * DAY_NS
    stale = f"item_type = 4 AND is_read = 0 AND is_from_me = 0 AND date < {month_ago}"
    assert built.number(stale) >= 20
    unread = sum(each.unread_count for each in built.truth.conversations)
    assert 0 < unread < 40


def test_history_came_late(built: Built) -> None:
    """Old dates under the highest ROWIDs."""
    last = f"ROWID > {built.truth.message_rows - built.truth.counts['back_filled']}"
    day_ago = nanoseconds(END) - DAY_NS
    assert built.number(f"{last} AND date < {day_ago}") >= 5


def test_texts_are_as_long_and_as_seldom_in_their_column_as_in_life(
    built: Built,
) -> None:
    """Of the last year, most own rows have only a body; some texts are long."""
    own = "is_from_me = 1 AND attributedBody IS NOT NULL AND text IS {} NULL"
    assert built.number(own.format("")) > 10 * built.number(own.format("NOT"))
    sql = (
        "SELECT is_from_me, attributedBody FROM message WHERE item_type = 0 AND "
        "associated_message_type = 0 AND length(attributedBody) > 200 AND ROWID IN "
        "(SELECT message_id FROM chat_message_join JOIN chat ON chat.ROWID = chat_id "
        "WHERE display_name NOT LIKE '%zoo%' AND display_name NOT LIKE '%alert%')"
    )
    sizes: tuple[list[int], list[int]] = [], []
    for own_row, body in built.rows(sql):
        sizes[own_row].append(len(read_text(body).encode()))
    received, sent = (sum(size >= 128 for size in each) / len(each) for each in sizes)
    assert 0.08 < received < sent < 0.28
    assert built.number("length(attributedBody) > 70000") >= 2
