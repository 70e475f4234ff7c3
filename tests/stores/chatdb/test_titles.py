"""Titles of groups that nobody named: who is in them, told apart and counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jarvis.records import ChatId
from jarvis.stores.chatdb import Directory, open_chatdb, read_directory
from jarvis.stores.contacts import load_contacts
from tests.small_inbox import SmallInbox

ALEX_KIM, KIM_AT = "+15550100001", "kim@example.com"
ALEX_ROE, BEA, CY = "+15550100002", "+15550100003", "+15550100004"


@pytest.fixture
def inbox(tmp_path: Path) -> SmallInbox:
    """Four people, two of them called Alex; one of those has two addresses."""
    inbox = SmallInbox(tmp_path / "box")
    inbox.card("Alex", "Kim", ALEX_KIM, KIM_AT)
    inbox.card("Alex", "Roe", ALEX_ROE)
    inbox.card("Bea", "", BEA)
    inbox.card("Cy", "", CY)
    return inbox


async def directory_of(inbox: SmallInbox) -> Directory:
    """What a reader makes of it; the generator's truth says the same."""
    truth = await asyncio.to_thread(inbox.write)
    db = await open_chatdb(inbox.directory / "chat.db")
    try:
        names = await load_contacts(inbox.directory / "AddressBook")
        directory = await read_directory(db, names)
    finally:
        await db.close()
    assert {chat.chat_id: chat.title for chat in directory.chats} == {
        each.chat_guids[0]: each.title for each in truth.conversations
    }
    return directory


def title(directory: Directory, chat_id: ChatId) -> str:
    """What this conversation is called."""
    chat = directory.find(chat_id)
    assert chat is not None
    return chat.title


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([ALEX_KIM, ALEX_ROE], "Alex K., Alex R."),
        ([ALEX_KIM, ALEX_ROE, BEA, CY], "Alex K., Alex R., Bea & 1"),
        ([ALEX_KIM, BEA, CY, KIM_AT], "Alex, Bea, Cy"),
        ([ALEX_KIM, KIM_AT, BEA], "Alex, Bea"),
        ([BEA, CY, ALEX_KIM, KIM_AT, ALEX_ROE], "Bea, Cy, Alex K. & 1"),
        ([ALEX_KIM, BEA, CY, ALEX_ROE], "Alex K., Bea, Cy & 1"),
        (["+15550100007", BEA, "+15550100008"], "+15550100007, Bea, +15550100008"),
    ],
)
async def test_a_group_without_a_name_is_called_after_its_people(
    inbox: SmallInbox, members: list[str], expected: str
) -> None:
    """Two of one first name are told apart, two addresses of one person are one."""
    group = inbox.group(*members)
    directory = await directory_of(inbox)
    assert title(directory, group) == expected
    chat = directory.find(group)
    assert chat is not None
    assert chat.people == len(set(members) - {KIM_AT})


async def test_namesakes_in_full_are_told_apart_by_their_address(
    inbox: SmallInbox,
) -> None:
    """Father and son, each with a card of his own."""
    inbox.card("John", "Smith", "+15550100010")
    inbox.card("John", "Smith", "+15550100011")
    group = inbox.group("+15550100010", "+15550100011")
    found = await directory_of(inbox)
    assert title(found, group) == (
        "John Smith (+15550100010), John Smith (+15550100011)"
    )


async def test_a_name_that_people_gave_is_the_title(inbox: SmallInbox) -> None:
    """And it alone is a name."""
    named, unnamed = inbox.group(BEA, CY, name="Climbing"), inbox.group(BEA, ALEX_KIM)
    directory = await directory_of(inbox)
    assert title(directory, named) == "Climbing"
    names = {chat.chat_id: chat.name for chat in directory.chats}
    assert names == {named: "Climbing", unnamed: None}


async def test_who_writes_is_called_otherwise_than_everybody_else(
    inbox: SmallInbox,
) -> None:
    """In a group also who has left it; alone the first name will do."""
    pair, alone = inbox.group(ALEX_KIM, KIM_AT, ALEX_ROE), inbox.direct(ALEX_KIM)
    without = inbox.group(ALEX_KIM, BEA)
    directory = await directory_of(inbox)
    for chat_id, handle, called in (
        (pair, ALEX_KIM, "Alex K."),
        (pair, KIM_AT, "Alex K."),
        (pair, ALEX_ROE, "Alex R."),
        (alone, ALEX_KIM, "Alex"),
        (without, ALEX_KIM, "Alex"),
        (without, ALEX_ROE, "Alex R."),
        (without, "+15550100099", None),
    ):
        chat = directory.find(chat_id)
        assert chat is not None
        assert directory.writer_of(handle, chat).short_name == called
    chat = directory.find(pair)
    assert chat is not None
    assert directory.names_of(chat) == ("Alex Kim", "Alex Kim", "Alex Roe")
