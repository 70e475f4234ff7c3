"""Every kind of row against the generator's truth: what it says, and its one line."""

from __future__ import annotations

from collections import Counter

from jarvis.records import Message
from jarvis.stores.chatdb import message_page
from tests.stores.conftest import Mailbox

LONGEST = 150
"""Lines are cut at 200 characters; the truth is not cut."""


async def all_messages(mailbox: Mailbox) -> dict[str, Message]:
    """The messages of all conversations, by guid."""
    found: dict[str, Message] = {}
    for chat in mailbox.directory.chats:
        before: int | None = None
        while True:
            page = await message_page(
                mailbox.db, mailbox.directory, chat, limit=500, before=before
            )
            found.update((message.guid, message) for message in page.messages)
            if not page.has_more:
                break
            before = page.messages[0].id
    return found


async def test_each_row_of_a_thread_has_the_line_it_should(mailbox: Mailbox) -> None:
    """Texts, files, apps, polls, codes, edits, what was unsent or has expired."""
    found = await all_messages(mailbox)
    wrong = {
        guid: (line, found[guid].line)
        for guid, line in mailbox.truth.lines.items()
        if found[guid].line[:LONGEST] != line[:LONGEST]
    }
    assert wrong == {}
    assert len(mailbox.truth.lines) > 500


async def test_each_message_says_what_was_written(mailbox: Mailbox) -> None:
    """Exactly; nothing where nothing was."""
    found = await all_messages(mailbox)
    for guid, text in mailbox.truth.texts.items():
        assert found[guid].text == text


async def test_every_kind_is_there_and_told_apart(mailbox: Mailbox) -> None:
    """As the records name them."""
    found = await all_messages(mailbox)
    kinds = Counter(message.kind for message in found.values())
    expected = {"text", "attachment", "audio", "app", "sticker", "event"}
    if mailbox.truth.profile >= 26:
        expected.add("poll")
    if mailbox.truth.profile >= 15:
        expected.add("scheduled")
    assert expected <= kinds.keys()
    assert any(message.retracted for message in found.values())
    assert any(message.is_secret for message in found.values())
    assert any(message.reply_to for message in found.values())
    edited = [message for message in found.values() if message.edits]
    assert edited
    for message in edited:
        assert message.line.endswith("(edited)")
        assert message.edits[0].text != message.text
        assert message.edits[0].date >= message.date[:10]
    assert all(m.line == "Security code" for m in found.values() if m.is_secret)


async def test_each_message_has_its_parts_in_their_order(mailbox: Mailbox) -> None:
    """Words, files and marks as they were put in; none where nothing is left."""
    found = await all_messages(mailbox)
    for guid, parts in mailbox.truth.parts.items():
        assert found[guid].parts == parts, found[guid].line
    kinds = Counter(part.kind for each in found.values() for part in each.parts)
    assert kinds.keys() == {"text", "file", "mark"}
    for message in found.values():
        places = [p.attachment for p in message.parts if p.attachment is not None]
        assert sorted(places) == list(range(len(message.attachments)))
