"""The inbox on a real chat.db, written to by another connection the way Messages does."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jarvis.daemon.inbox.classify import SENDER_PATIENCE_MS
from jarvis.daemon.watcher import Trigger
from jarvis.demo.typedstream import encode
from jarvis.records import ChatId
from jarvis.stores import conversations
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.events import events_since
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import NOW, MessagesApp

Do = Callable[..., Any]


async def test_a_whole_message_is_pushed_at_once(
    app: MessagesApp, followed: Followed
) -> None:
    """With everything a client needs, and the list already shows it."""
    (rowid,) = await do(app.write, "are you coming?")
    assert await followed.poll() == ["are you coming?"]
    (params,) = followed.published
    assert params["message_id"] == rowid
    assert params["chat_id"] == app.chat_guid
    assert params["seq"] == 1
    assert params["epoch"] == followed.inbox.epoch
    assert params["late"] is False
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "are you coming?"
    assert row.unread_count >= 1


async def test_nothing_new_is_pushed_twice(
    app: MessagesApp, followed: Followed
) -> None:
    """Looking again finds nothing."""
    await do(app.write, "once")
    assert await followed.poll() == ["once"]
    for trigger in Trigger:
        assert await followed.poll(trigger) == []


async def test_looking_at_what_did_not_change_finds_no_change(
    followed: Followed,
) -> None:
    """Also the first time: else the watcher would think it had missed something."""
    seen = await followed.inbox.poll(Trigger.SAFETY)
    assert not seen.has_changed


async def test_link_and_text_may_come_later(
    app: MessagesApp, followed: Followed
) -> None:
    """The row, its chat and its text in three commits: told once, when whole."""
    rowid = await do(app.insert, None)
    assert await followed.poll() == []
    await do(app.link, rowid)
    assert await followed.poll() == []
    assert followed.last.again_in_s is not None
    await do(app.update, rowid, attributedBody=encode("here I am"))
    assert await followed.poll() == ["here I am"]
    assert followed.inbox.waiting_rows == 0


async def test_a_later_message_does_not_wait_for_an_incomplete_one(
    app: MessagesApp, followed: Followed
) -> None:
    """And the incomplete one is not lost to it."""
    early = await do(app.insert, "first by number")
    await do(app.write, "whole before")
    assert await followed.poll() == ["whole before"]
    await do(app.link, early)
    assert await followed.poll() == ["first by number"]


async def test_an_own_message_is_recognised_when_its_mark_comes(
    app: MessagesApp, followed: Followed
) -> None:
    """Written as nobody's first; never told as a stranger's."""
    rowid = await do(app.insert, "from my phone", handle_id=0)
    await do(app.link, rowid)
    assert await followed.poll() == []
    assert followed.last.again_in_s is not None
    assert followed.last.again_in_s <= SENDER_PATIENCE_MS / 1000
    await do(app.update, rowid, is_from_me=1)
    assert await followed.poll() == ["from my phone"]
    assert followed.published[0]["is_from_me"] is True


async def test_a_burst_is_pushed_in_order_and_once(
    app: MessagesApp, followed: Followed
) -> None:
    """More than one batch of rows, in one commit."""
    texts = [f"burst {number}" for number in range(1203)]
    await do(app.write, *texts)
    assert await followed.poll() == texts
    assert [params["seq"] for params in followed.published] == list(range(1, 1204))


async def test_ten_thousand_at_once_are_pushed_in_order(
    app: MessagesApp, followed: Followed
) -> None:
    """In one commit, as sync may bring them; none lost, none twice."""
    texts = [f"burst {number}" for number in range(10_000)]
    await do(app.write, *texts)
    assert await followed.poll() == texts
    assert followed.seqs == list(range(1, 10_001))


async def test_mail_that_came_while_the_daemon_was_down_is_pushed(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """Like any other; what is older than ten minutes is marked late."""
    await do(app.write, "before")
    await followed.poll()
    await followed.inbox.close()
    await do(app.write, "meanwhile", date=NOW + timedelta(minutes=1))
    await do(app.write, "just now", date=NOW + timedelta(hours=1))
    again = Followed(app.path, writer)
    again.now = NOW + timedelta(hours=1)
    assert await again.poll() == ["meanwhile", "just now"]
    assert [params["late"] for params in again.published] == [True, False]
    assert [params["seq"] for params in again.published] == [2, 3]
    assert again.inbox.epoch == followed.inbox.epoch
    await again.inbox.close()


async def test_history_filled_in_by_sync_is_listed_but_not_pushed(
    app: MessagesApp, followed: Followed
) -> None:
    """A high ROWID with an old date is no news."""
    before = await followed.listed(app.chat_guid)
    await do(app.write, "from last year", date=NOW - timedelta(days=300))
    assert await followed.poll() == []
    after = await followed.listed(app.chat_guid)
    assert after.message_count == before.message_count + 1
    assert after.last_message_text == before.last_message_text


async def test_a_tapback_is_not_pushed_and_never_the_last_message(
    app: MessagesApp, followed: Followed
) -> None:
    """It hangs on its message instead."""
    (rowid,) = await do(app.write, "good news")
    await followed.poll()
    guid = followed.published[0]["guid"]
    await do(
        app.write,
        "Loved “good news”",
        associated_message_guid=f"p:0/{guid}",
        associated_message_type=2000,
    )
    assert await followed.poll() == []
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "good news"
    assert row.message_count == (await followed.listed(app.chat_guid)).message_count
    assert rowid == followed.published[0]["message_id"]


async def test_a_read_mark_changes_the_list_when_things_are_quiet(
    app: MessagesApp, followed: Followed
) -> None:
    """No row is new, but the unread count falls."""
    (rowid,) = await do(app.write, "unread")
    await followed.poll()
    unread = (await followed.listed(app.chat_guid)).unread_count
    await do(app.update, rowid, is_read=1)
    assert await followed.poll() == []
    await followed.poll(Trigger.QUIET)
    assert (await followed.listed(app.chat_guid)).unread_count == unread - 1


async def test_an_edit_changes_the_list_when_things_are_quiet(
    app: MessagesApp, followed: Followed
) -> None:
    """The newest text is shown, marked as edited."""
    (rowid,) = await do(app.write, "see you at 6")
    await followed.poll()
    await do(
        app.update,
        rowid,
        attributedBody=encode("see you at 7"),
        date_edited=to_apple_ns(NOW),
    )
    await followed.poll(Trigger.QUIET)
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "see you at 7 (edited)"


async def found_by(writer: JarvisDb, name: str) -> list[ChatId]:
    """The conversations that a query of the list finds."""
    page = await conversations.page(
        writer.connection, limit=500, query=name.casefold(), folder="all"
    )
    return [row.chat_id for row in page.conversations]


async def test_a_new_chat_is_found_with_its_first_message(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """The directory is read anew when a row is of a chat nobody knows."""

    def new_chat() -> None:
        app.db.execute(
            "INSERT INTO handle (id, service) VALUES ('+15550199', 'iMessage')"
        )
        app.db.execute(
            "INSERT INTO chat (guid, style, chat_identifier, service_name) "
            "VALUES ('any;-;+15550199', 45, '+15550199', 'iMessage')"
        )
        (app.chat_rowid,) = app.db.execute("SELECT max(ROWID) FROM chat").fetchone()
        app.write("hello, new number")

    await do(new_chat)
    assert await followed.poll() == ["hello, new number"]
    assert (await followed.listed(ChatId("any;-;+15550199"))).message_count == 1
    assert await found_by(writer, "15550199") == ["any;-;+15550199"]


async def test_a_conversation_is_found_by_its_name_whatever_is_written(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """A message changes its row of the list, not what the row is searched by."""
    name = (await followed.listed(app.chat_guid)).display_name
    before = await found_by(writer, name)
    assert before
    await do(app.write, "hello")
    assert await followed.poll() == ["hello"]
    assert sorted(await found_by(writer, name)) == sorted(before)


async def test_another_file_in_its_place_is_a_new_epoch(
    app: MessagesApp, followed: Followed, tmp_path: Path
) -> None:
    """Nothing old is told again, and what comes after is."""
    await do(app.write, "in the old file")
    await followed.poll()
    epoch = followed.inbox.epoch
    other = await do(MessagesApp, tmp_path / "other", messages=150)
    await do(app.close)

    def replace() -> None:
        other.close()
        for suffix in ("-wal", "-shm"):
            app.path.with_name(f"chat.db{suffix}").unlink(missing_ok=True)
        other.path.rename(app.path)

    await do(replace)
    assert await followed.poll() == []
    assert followed.inbox.problem is None
    assert followed.inbox.epoch != epoch
    assert followed.inbox.seq == 1


async def test_a_missing_file_is_said_and_found_when_it_appears(
    tmp_path: Path, writer: JarvisDb
) -> None:
    """The sentence says what to do; no restart is needed."""
    followed = Followed(tmp_path / "Messages" / "chat.db", writer)
    assert await followed.poll() == []
    assert "JARVIS_CHAT_DB" in str(followed.inbox.problem)
    assert followed.last.again_in_s is not None
    app = await do(MessagesApp, tmp_path / "Messages")
    await followed.poll()
    assert followed.inbox.problem is None
    await do(app.write, "at last")
    assert await followed.poll() == ["at last"]
    await do(app.close)
    await followed.inbox.close()


async def test_an_empty_history_is_a_history(tmp_path: Path, writer: JarvisDb) -> None:
    """The very first message is told."""
    app = await do(MessagesApp, tmp_path / "Messages")
    await do(app.db.execute, "DELETE FROM chat_message_join")
    await do(app.db.execute, "DELETE FROM message")
    followed = Followed(app.path, writer)
    assert await followed.poll() == []
    await do(app.write, "the very first")
    assert await followed.poll() == ["the very first"]
    await do(app.close)
    await followed.inbox.close()


async def test_what_was_pushed_stands_in_jarvis_db(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """Byte for byte, so that it can be replayed."""
    await do(app.write, "one", "two")
    await followed.poll()
    stored = await events_since(writer.connection, 0, limit=10)
    assert [msgspec.json.decode(event.params) for event in stored] == followed.published


async def test_a_run_cut_off_anywhere_loses_and_doubles_nothing(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """The cursor, the waiting rows and the events are one transaction."""
    await followed.inbox.close()
    written = []
    for cut in range(0, 240, 8):
        run = Followed(app.path, writer)
        await run.poll()
        text = f"number {cut}"
        written.append(text)
        await do(app.write, text)
        look = asyncio.create_task(run.inbox.poll(Trigger.EVENT))
        for _ in range(cut):
            await asyncio.sleep(0)
        look.cancel()
        await asyncio.wait([look])
        await run.inbox.close()
    last = Followed(app.path, writer)
    await last.poll()
    await last.inbox.close()
    stored = await events_since(writer.connection, 0, names=["new_message"], limit=1000)
    texts = [msgspec.json.decode(event.params)["text"] for event in stored]
    assert texts == written
    seqs = [event.seq for event in await events_since(writer.connection, 0, limit=1000)]
    assert seqs == list(range(1, len(seqs) + 1))


def zero_bytes(path: Path) -> None:
    """An empty file."""
    path.write_bytes(b"")


def no_database(path: Path) -> None:
    """Another file altogether."""
    path.write_bytes(b"no database " * 1000)


def half_of_it(path: Path) -> None:
    """Cut off in the middle, its log gone."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def folder(path: Path) -> None:
    """A folder of that name."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [zero_bytes, no_database, half_of_it, folder])
async def test_a_file_that_went_bad_is_said_and_comes_back(
    app: MessagesApp,
    followed: Followed,
    tmp_path: Path,
    spoil: Callable[[Path], None],
) -> None:
    """While the daemon runs: a sentence, the list as it was, and mail again when mended."""
    before = await followed.listed(app.chat_guid)
    await do(app.db.execute, "PRAGMA wal_checkpoint(TRUNCATE)")
    await do(app.close)
    kept = tmp_path / "kept.db"
    await do(shutil.copyfile, app.path, kept)
    await do(spoil, app.path)
    for trigger in (Trigger.EVENT, Trigger.SAFETY, Trigger.DUE):
        await followed.poll(trigger)
    assert await followed.listed(app.chat_guid) == before

    def mend() -> None:
        if app.path.is_dir():
            app.path.rmdir()
        for suffix in ("-wal", "-shm"):
            app.path.with_name(f"chat.db{suffix}").unlink(missing_ok=True)
        kept.replace(app.path)
        app.open(app.path)

    await do(mend)
    await followed.poll(Trigger.DUE)
    await followed.poll(Trigger.EVENT)
    assert followed.inbox.problem is None
    await do(app.write, "mended")
    assert await followed.poll() == ["mended"]
