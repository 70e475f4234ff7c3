"""As many as there are: chats of a person, people of a group, files of a message."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jarvis.demo.mailbox.addressbook import STORE_NAME, write_store
from jarvis.stores.chatdb import message_page, open_chatdb, read_directory
from jarvis.stores.contacts import load_contacts
from jarvis.stores.queries import JOINED
from tests.stores.chatdb.box import GROUP, Box, card


def test_a_person_of_hundreds_of_addresses_is_one_conversation(tmp_path: Path) -> None:
    """More than SQLite joins in one query; nothing is lost, doubled or out of order."""
    addresses = [f"shop{number}@example.com" for number in range(11 * JOINED + 1)]
    box = Box(tmp_path)
    box.db.execute("BEGIN")
    for address in addresses:
        chat = box.chat(f"iMessage;-;{address}")
        box.write(chat, f"from {address}", address)
    box.db.execute("COMMIT")
    found = box.read(card("Shop", emails=addresses))
    assert found.only.participants[0] == addresses[-1]
    assert len(found.only.participants) == len(addresses)
    said = [f"from {each}" for each in addresses]
    assert [each.text for each in found.thread] == said[-500:]
    assert [each.text for each in found.typed_first] == said
    assert {each.sender_name for each in found.thread} == {"Shop"}


def test_their_pages_go_on_from_any_message(tmp_path: Path) -> None:
    """Before, after and around one, as in a conversation of one chat."""
    box = Box(tmp_path)
    box.db.execute("BEGIN")
    addresses = [f"shop{number}@example.com" for number in range(3 * JOINED)]
    rowids = [box.write(box.chat(f"iMessage;-;{each}"), each) for each in addresses]
    box.db.execute("COMMIT")
    middle = rowids[100]

    async def pages() -> list[list[int]]:
        db = await open_chatdb(box.path)
        try:
            names = await load_contacts(tmp_path / STORE_NAME)
            directory = await read_directory(db, names)
            (chat,) = directory.chats
            beside: list[dict[str, int]] = [
                {"before": middle},
                {"after": middle},
                {"around": middle},
            ]
            found = [
                await message_page(db, directory, chat, limit=4, **each)
                for each in beside
            ]
            return [[each.id for each in page.messages] for page in found]
        finally:
            await db.close()

    write_store(tmp_path / STORE_NAME, [card("Shop", emails=addresses)])
    assert asyncio.run(pages()) == [rowids[96:100], rowids[101:105], rowids[99:103]]


def test_a_group_of_hundreds_has_all_of_them(tmp_path: Path) -> None:
    """In its title, among who takes part, and behind what each wrote."""
    people = [f"+1555010{number:04}" for number in range(700)]
    box = Box(tmp_path)
    box.db.execute("BEGIN")
    group = box.chat("iMessage;+;chat1", *people, style=GROUP)
    for person in people[-300:]:
        box.write(group, "here", person)
    box.db.execute("COMMIT")
    found = box.read(card("Ann", people[0]))
    assert found.only.participants == tuple(people)
    assert found.titles == [f"Ann, {people[1]}, {people[2]} & 697"]
    assert [each.sender for each in found.thread] == people[-300:]


def test_a_message_of_hundreds_of_tapbacks_has_all_of_them(tmp_path: Path) -> None:
    """One of each person."""
    people = [f"+1555010{number:04}" for number in range(600)]
    box = Box(tmp_path)
    box.db.execute("BEGIN")
    group = box.chat("iMessage;+;chat1", *people, style=GROUP)
    guid = box.guid_of(box.write(group, "who comes?"))
    for person in people:
        box.tapback(group, f"p:0/{guid}", person)
    box.db.execute("COMMIT")
    (asked,) = box.read().thread
    assert [each.sender for each in asked.reactions] == people
