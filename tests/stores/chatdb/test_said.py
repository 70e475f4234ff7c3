"""What people typed, read by the thousand, against the generator's truth."""

from __future__ import annotations

from datetime import datetime

import pytest

from jarvis.records import Message, PlainMessage
from jarvis.stores.chatdb import Chat, message_page, newest_rowid
from jarvis.stores.chatdb.said import newest_said
from tests.stores.conftest import Mailbox

ALL = 10**6


async def typed(mailbox: Mailbox) -> dict[tuple[int, str], Message]:
    """The messages of all conversations that somebody typed words of."""
    found: dict[tuple[int, str], Message] = {}
    for chat in mailbox.directory.chats:
        page = await message_page(mailbox.db, mailbox.directory, chat, limit=5000)
        for message in page.messages:
            is_typed = message.kind in ("text", "attachment") and not message.is_secret
            if is_typed and (message.text or "").strip():
                found[message.id, chat.chat_id] = message
    return found


async def of_chat(mailbox: Mailbox, chat: Chat, limit: int) -> list[PlainMessage]:
    """What was typed last in one conversation."""
    return await newest_said(mailbox.db, mailbox.directory, limit=limit, chat=chat)


def largest(mailbox: Mailbox) -> Chat:
    """The conversation with most rows."""
    truth = max(mailbox.truth.conversations, key=lambda each: each.row_count)
    chat = mailbox.directory.find(truth.chat_guids[0])
    assert chat is not None
    return chat


async def test_all_that_was_typed_is_there_once_for_each_conversation(
    mailbox: Mailbox,
) -> None:
    """The text, who wrote it and when; no codes, events, files alone, nothing unsent."""
    said = await newest_said(mailbox.db, mailbox.directory, limit=ALL)
    expected = await typed(mailbox)
    assert {
        (each.id, each.chat_id): (each.sender, each.sent_ms, each.text) for each in said
    } == {
        key: (
            each.sender if not each.is_from_me else None,
            round(datetime.fromisoformat(each.date).timestamp() * 1000),
            (each.text or "").strip(),
        )
        for key, each in expected.items()
    }
    assert len(said) == len(expected) > 400


async def test_the_newest_come_oldest_first(mailbox: Mailbox) -> None:
    """As many as were asked for, and no newer one is missing."""
    everything = await newest_said(mailbox.db, mailbox.directory, limit=ALL)
    few = await newest_said(mailbox.db, mailbox.directory, limit=100)
    assert few == everything[-len(few) :]
    assert 80 < len(few) <= 100


async def test_one_conversation_is_read_whole_with_all_its_addresses(
    mailbox: Mailbox,
) -> None:
    """The same as among all others."""
    everything = await newest_said(mailbox.db, mailbox.directory, limit=ALL)
    chats = mailbox.directory.chats
    assert any(len(chat.rowids) > 1 for chat in chats)
    for chat in chats:
        own = [each for each in everything if each.chat_id == chat.chat_id]
        assert await of_chat(mailbox, chat, ALL) == own
    chat = largest(mailbox)
    assert await of_chat(mailbox, chat, 5) == (await of_chat(mailbox, chat, 50))[-5:]


async def test_only_rows_between_two_others_are_read(mailbox: Mailbox) -> None:
    """To keep up with what is new, and to see the past as it was then."""
    everything = await newest_said(mailbox.db, mailbox.directory, limit=ALL)
    newest = await newest_rowid(mailbox.db)
    after, before = newest - 300, newest - 100
    between = await newest_said(
        mailbox.db, mailbox.directory, limit=ALL, after=after, before=before
    )
    assert between == [each for each in everything if after < each.id < before]
    assert between
    past = await newest_said(mailbox.db, mailbox.directory, limit=ALL, before=before)
    assert past == [each for each in everything if each.id < before]
    chat = largest(mailbox)
    within = await newest_said(
        mailbox.db, mailbox.directory, limit=ALL, chat=chat, after=after, before=before
    )
    assert within == [each for each in between if each.chat_id == chat.chat_id]


@pytest.mark.parametrize("asked", ["all", "after", "chat"])
async def test_reading_walks_an_index_and_sorts_nothing(
    mailbox: Mailbox, asked: str
) -> None:
    """No table is read whole, whatever the size of the mailbox."""
    chat = largest(mailbox) if asked == "chat" else None
    after = 500 if asked == "after" else None
    seen: list[str] = []
    await mailbox.db.connection.set_trace_callback(seen.append)
    await newest_said(mailbox.db, mailbox.directory, limit=20, chat=chat, after=after)
    await mailbox.db.connection.set_trace_callback(lambda _: None)
    (statement,) = [each for each in seen if "SELECT" in each]
    plan = [row[3] for row in await mailbox.db.rows(f"EXPLAIN QUERY PLAN {statement}")]
    whole = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step]
    if asked == "all":
        assert [step for step in plan if step.endswith("USING INDEX message_idx_date")]
    assert not [step for step in whole if "subquery" not in step], plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
