"""Who writes and where, while Jarvis runs: one person goes on in another chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jarvis.daemon.inbox.classify import SENDER_PATIENCE_MS
from jarvis.daemon.watcher import Trigger
from jarvis.demo.mailbox.addressbook import STORE_NAME, write_store
from jarvis.records import ChatId
from jarvis.stores import conversations
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed, do
from tests.stores.chatdb.box import GROUP, Box, card

ANN, ANN_AT_HOME, BEA = "+447400123456", "07400123456", "+447400000002"
ME = "+447400999999"


@pytest.fixture
async def box(tmp_path: Path) -> Box:
    """A direct chat with Ann and a group, and cards of both."""

    def begin() -> Box:
        box = Box(tmp_path, own=ME)
        box.write(box.chat(f"SMS;-;{ANN_AT_HOME}"), "hello", ANN_AT_HOME)
        group = box.chat("SMS;+;chat1", ANN, BEA, style=GROUP, group_id="G")
        box.write(group, "who comes?", BEA)
        box.db.execute("UPDATE chat SET display_name = 'Old' WHERE ROWID = ?", (group,))
        cards = [card("Ann", "+44 7400 123456"), card("Bea", BEA)]
        write_store(tmp_path / "AddressBook" / STORE_NAME, cards)
        return box

    return await asyncio.to_thread(begin)


@pytest.fixture
async def following(box: Box, writer: JarvisDb) -> AsyncIterator[Followed]:
    """An inbox that knows all that is there."""
    followed = Followed(box.path, writer)
    await followed.settled()
    assert followed.inbox.problem is None
    yield followed
    await followed.inbox.close()


async def titles(followed: Followed) -> list[str]:
    """Of all conversations, the newest first."""
    page = await conversations.page(followed.writer.connection, limit=50, folder="all")
    return [each.display_name for each in page.conversations]


async def test_a_new_spelling_of_a_number_goes_on_in_the_same_conversation(
    box: Box, following: Followed
) -> None:
    """Its messages are pushed there, under the same name, by the service of now."""

    def go_on() -> None:
        box.write(box.chat(f"RCS;-;{ANN}"), "from the net", ANN)

    await do(go_on)
    assert await following.poll() == ["from the net"]
    (told,) = following.published
    assert told["chat_id"] == f"SMS;-;{ANN_AT_HOME}"
    assert (told["sender"], told["sender_name"]) == (ANN, "Ann")
    await following.settled()
    row = await following.listed(ChatId(f"RCS;-;{ANN}"))
    assert (row.service, row.participants, row.message_count) == ("RCS", (ANN,), 2)
    assert await titles(following) == ["Ann", "Old"]
    rows = await following.writer.connection.execute_fetchall(
        "SELECT handle, name FROM v1_contact"
    )
    assert dict(map(tuple, rows)) == {ANN_AT_HOME: "Ann", ANN: "Ann", BEA: "Bea"}


async def test_a_conversation_follows_the_chat_that_it_goes_on_in(
    box: Box, following: Followed
) -> None:
    """Back and forth, although no chat's own row changes."""
    rcs = await do(box.chat, f"RCS;-;{ANN}")
    for chat, service in ((rcs, "RCS"), (1, "SMS"), (rcs, "RCS")):
        await do(box.write, chat, "hello", ANN)
        await following.settled()
        assert (await following.listed(ChatId(f"RCS;-;{ANN}"))).service == service
    told = [p for _, p in following.changes if p["change"] == "participants"]
    services = [params["conversation"]["service"] for params in told]
    assert services == ["RCS", "SMS", "RCS"]


async def test_a_group_is_renamed_in_whichever_half(
    box: Box, following: Followed
) -> None:
    """The later name is told, and stays when the other half is written in."""

    def split() -> int:
        half = box.chat(
            "iMessage;+;chat2", ANN, BEA, style=GROUP, group_id="G", display_name="New"
        )
        box.write(half, None, ANN, item_type=2, group_title="New")
        return half

    await do(split)
    await following.settled()
    assert "New" in await titles(following)
    assert [p["change"] for _, p in following.changes].count("title") == 1
    await do(box.write, 2, "in the old half", BEA)
    await following.settled()
    assert await titles(following) == ["New", "Ann"]


async def test_a_message_of_nobody_is_pushed_as_the_other_persons(
    box: Box, following: Followed
) -> None:
    """After the moment in which it may still become the owner's own."""
    await do(box.write, 1, "no handle", is_from_me=0)
    assert await following.poll() == []
    following.now += timedelta(milliseconds=SENDER_PATIENCE_MS)
    assert await following.poll(Trigger.RETRY) == ["no handle"]
    (told,) = following.published
    assert (told["sender_name"], told["is_from_me"]) == ("Ann", False)


async def test_what_macos_lets_disappear_goes_out_of_the_inbox(
    box: Box, following: Followed
) -> None:
    """While Jarvis runs; nothing of it is pushed any more."""

    def block() -> None:
        box.db.execute("UPDATE chat SET is_blackholed = 1 WHERE ROWID = 1")
        box.write(1, "buy", ANN_AT_HOME, is_read=0)

    await do(block)
    await following.settled()
    row = await following.listed(ChatId(f"SMS;-;{ANN_AT_HOME}"))
    assert (row.folder, row.unread_count) == ("junk", 0)
    await do(box.write, 1, "buy more", ANN_AT_HOME, is_read=0)
    assert await following.poll() == []


async def test_numbers_met_before_need_no_numbering_plans(
    box: Box, following: Followed, writer: JarvisDb
) -> None:
    """At the next start; unless the plans are of another version by then."""
    assert following.inbox.names.plans.is_more
    was_titled = await titles(following)
    await following.inbox.close()
    later = Followed(box.path, writer)
    await later.settled()
    plans = later.inbox.names.plans
    assert plans.used
    assert not plans.is_more
    assert await titles(later) == was_titled
    assert later.inbox.names.name_of(ANN_AT_HOME) == "Ann"
    await later.inbox.close()
    async with writer.transaction() as db:
        await db.execute("UPDATE numbering SET version = 'other'")
    updated = Followed(box.path, writer)
    await updated.settled()
    assert updated.inbox.names.plans.is_more
    await updated.inbox.close()
