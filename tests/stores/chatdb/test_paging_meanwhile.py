"""Pages of a conversation that changes while somebody reads on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from jarvis.stores.chatdb import Chat, ChatDb, Directory, message_page, open_chatdb
from jarvis.stores.chatdb.chats import read_directory
from jarvis.stores.contacts import ContactNames
from tests.daemon.inbox.messages_app import NOW, MessagesApp


class Reading:
    """A conversation, open, and Messages, which writes into it."""

    def __init__(self, app: MessagesApp, db: ChatDb, directory: Directory) -> None:
        self.app = app
        self.db = db
        self.directory = directory
        chat = directory.find(app.chat_guid)
        assert chat is not None
        self.chat: Chat = chat

    async def page(self, limit: int, **anchor: int | None) -> tuple[list[int], bool]:
        """The ids of a page, and whether there are more."""
        page = await message_page(
            self.db, self.directory, self.chat, limit=limit, **anchor
        )
        return [message.id for message in page.messages], page.has_more


@pytest.fixture
async def reading(app: MessagesApp) -> AsyncIterator[Reading]:
    """A hundred and fifty messages to read."""
    texts = [f"number {number}" for number in range(150)]
    await asyncio.to_thread(app.write_each, texts, NOW - timedelta(hours=5))
    db = await open_chatdb(app.path)
    yield Reading(app, db, await read_directory(db, ContactNames()))
    await db.close()


def happen(app: MessagesApp, chance: random.Random) -> None:
    """New mail, and history that sync fills in anywhere."""
    app.write("new", date=NOW + timedelta(seconds=chance.random()))
    hours = chance.uniform(0, 24 * 300)
    app.write("from long ago", date=NOW - timedelta(hours=hours))


@pytest.mark.parametrize("limit", [1, 4, 17])
@pytest.mark.parametrize("direction", ["before", "after"])
async def test_what_was_there_comes_once_whatever_arrives(
    reading: Reading, limit: int, direction: str
) -> None:
    """From the end to the beginning, or back, with a write between any two pages."""
    there, _ = await reading.page(500)
    chance = random.Random(limit)
    anchor = there[0] if direction == "after" else None
    seen = there[:1] if direction == "after" else []
    for _ in range(600):
        ids, has_more = await reading.page(limit, **{direction: anchor})
        seen += ids if direction == "after" else ids[::-1]
        if not has_more:
            break
        anchor = ids[-1] if direction == "after" else ids[0]
        await asyncio.to_thread(happen, reading.app, chance)
    assert len(seen) == len(set(seen))
    old = set(there)
    expected = there if direction == "after" else there[::-1]
    assert [each for each in seen if each in old] == expected


async def test_a_message_that_was_thrown_away_still_marks_its_place(
    reading: Reading,
) -> None:
    """Somebody who reads on from it is not sent back to the beginning."""
    there, _ = await reading.page(500)
    place = there[60]
    await asyncio.to_thread(reading.app.move_to_recently_deleted, place)
    assert (await reading.page(5, before=place))[0] == there[55:60]
    assert (await reading.page(5, after=place))[0] == there[61:66]
