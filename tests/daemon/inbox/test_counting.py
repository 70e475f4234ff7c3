"""The list is there before its counts are, and both end up as the truth says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.inbox import build_inbox
from fixtures.manifest import FullManifest
from jarvis.daemon.inbox import counting
from jarvis.daemon.watcher import Trigger
from jarvis.records import Conversation
from jarvis.stores import conversations
from jarvis.stores.chatdb import fingerprints
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import NOW, MessagesApp


@pytest.fixture
async def truth(tmp_path: Path) -> FullManifest:
    """What stands in a mailbox of some hundred messages."""
    return await asyncio.to_thread(
        build_inbox,
        tmp_path / "Mail",
        messages=800,
        seed=9,
        end=NOW - timedelta(hours=1),
    )


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there are many."""
    monkeypatch.setattr(counting, "SLICE_ROWS", 50)
    monkeypatch.setattr(counting, "SLICES_BETWEEN_LISTS", 3)
    monkeypatch.setattr(counting, "SLICES_AT_ONCE", 0)


async def listed(writer: JarvisDb) -> dict[str, Conversation]:
    """The whole list as clients see it."""
    page = await conversations.page(writer.connection, limit=500, folder="all")
    return {each.chat_id: each for each in page.conversations}


async def counted_by_hand(app: MessagesApp) -> int:
    """The messages of the chat that is written into, by plain SQL."""
    sql = (
        "SELECT count(*) FROM chat_message_join AS link "
        "JOIN message ON message.ROWID = link.message_id "
        "WHERE link.chat_id = ? AND item_type = 0 AND associated_message_type < 1000 "
        "AND schedule_type <> 2"
    )
    (found,) = await do(lambda: app.db.execute(sql, [app.chat_rowid]).fetchone())
    return int(found)


def agrees(rows: dict[str, Conversation], truth: FullManifest) -> bool:
    """Whether titles, counts and unread are those of the truth."""
    expected = {
        each.chat_guids[0]: (each.title, each.message_count, each.unread_count)
        for each in truth.conversations
        if each.last is not None
    }
    return expected == {
        row.chat_id: (row.display_name, row.message_count, row.unread_count)
        for row in rows.values()
    }


async def test_the_list_is_complete_but_for_its_counts_at_once(
    tmp_path: Path, writer: JarvisDb, truth: FullManifest
) -> None:
    """Last messages, titles, unread; the counts come after, slice by slice."""
    followed = Followed(tmp_path / "Mail" / "chat.db", writer)
    await followed.poll()
    first = await listed(writer)
    assert followed.inbox.uncounted_rows > 0
    assert len(first) == sum(each.last is not None for each in truth.conversations)
    assert all(row.last_message_text for row in first.values())
    assert not agrees(first, truth)
    await followed.settled()
    assert followed.inbox.uncounted_rows == 0
    assert agrees(await listed(writer), truth)
    await followed.inbox.close()


async def test_a_small_store_is_counted_before_it_is_listed(
    tmp_path: Path,
    writer: JarvisDb,
    truth: FullManifest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody sees a count of it that grows."""
    monkeypatch.setattr(counting, "SLICES_AT_ONCE", 20)
    followed = Followed(tmp_path / "Mail" / "chat.db", writer)
    await followed.poll()
    assert followed.inbox.uncounted_rows == 0
    assert agrees(await listed(writer), truth)
    await followed.inbox.close()


@pytest.mark.parametrize("slices", [0, 1, 4, 9])
async def test_a_count_that_was_cut_off_goes_on(
    tmp_path: Path, writer: JarvisDb, truth: FullManifest, slices: int
) -> None:
    """Where it was, and not from the beginning."""
    path = tmp_path / "Mail" / "chat.db"
    first = Followed(path, writer)
    await first.poll()
    for _ in range(slices):
        await first.poll(Trigger.DUE)
    left = first.inbox.uncounted_rows
    await first.inbox.close()
    again = Followed(path, writer)
    await again.poll()
    assert again.inbox.uncounted_rows == left
    await again.settled()
    assert agrees(await listed(writer), truth)
    await again.inbox.close()


async def test_what_comes_meanwhile_is_counted_once(
    app: MessagesApp, writer: JarvisDb
) -> None:
    """Whole, or whole only later."""
    followed = Followed(app.path, writer)
    await followed.poll()
    late = await do(app.insert, None)
    await followed.poll()
    await followed.poll(Trigger.DUE)
    await do(app.write, "one", "two")
    await followed.poll()
    await do(app.link, late)
    await do(app.update, late, text="three")
    await followed.settled()
    assert (
        await followed.listed(app.chat_guid)
    ).message_count == await counted_by_hand(app)
    assert len(followed.published) == 3
    await followed.inbox.close()


@pytest.mark.parametrize("at_once", [0, 20])
@pytest.mark.parametrize("watched", [20, 2000])
async def test_deletions_while_the_daemon_was_down_are_counted_in_the_end(
    app: MessagesApp,
    writer: JarvisDb,
    monkeypatch: pytest.MonkeyPatch,
    watched: int,
    at_once: int,
) -> None:
    """Of rows that are watched, and of others, which nobody sees going."""
    monkeypatch.setattr(fingerprints, "ROWS_TRACKED", watched)
    monkeypatch.setattr(counting, "SLICES_AT_ONCE", at_once)
    followed = Followed(app.path, writer)
    await followed.poll()
    await followed.settled()
    before = await followed.listed(app.chat_guid)
    await followed.inbox.close()
    await do(
        app.db.execute,
        "DELETE FROM message WHERE ROWID IN (SELECT message_id FROM chat_message_join "
        "WHERE chat_id = ? ORDER BY message_date LIMIT 10)",
        (app.chat_rowid,),
    )
    again = Followed(app.path, writer)
    await again.poll()
    await again.settled()
    after = await again.listed(app.chat_guid)
    assert 0 < before.message_count - after.message_count <= 10
    assert after.message_count == await counted_by_hand(app)
    await again.inbox.close()


@pytest.mark.parametrize("slices", [1, 3])
async def test_deletions_while_it_is_counted_are_counted_once(
    app: MessagesApp, writer: JarvisDb, slices: int
) -> None:
    """Of rows that are counted already, and of those that are still to be."""
    followed = Followed(app.path, writer)
    await followed.poll()
    for _ in range(slices):
        await followed.poll(Trigger.DUE)
    assert followed.inbox.uncounted_rows > 0
    await do(
        app.db.execute,
        "DELETE FROM message WHERE ROWID IN (SELECT message_id FROM chat_message_join "
        "WHERE chat_id = ? AND message_id % 3 = 0)",
        (app.chat_rowid,),
    )
    await followed.settled()
    listed = await followed.listed(app.chat_guid)
    assert listed.message_count == await counted_by_hand(app)
    await followed.inbox.close()
