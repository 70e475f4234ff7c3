"""The list against the generator's truth, and lookups in the directory."""

from __future__ import annotations

from jarvis.records import ChatId, Conversation
from jarvis.stores.chatdb import (
    conversation_states,
    first_of_slice,
    listed_counts,
    newest_rowid,
    read_heads,
)
from tests.stores.conftest import END, Mailbox


async def full_count(mailbox: Mailbox) -> dict[int, int]:
    """Messages of every chat, counted in one piece."""
    return await listed_counts(mailbox.db, 0, await newest_rowid(mailbox.db))


async def all_conversations(mailbox: Mailbox) -> list[Conversation]:
    """Those that have messages, newest first."""
    states = await conversation_states(
        mailbox.db,
        mailbox.directory,
        mailbox.directory.chats,
        await read_heads(mailbox.db, now=END),
        await full_count(mailbox),
    )
    filled = [state for state in states if state.message_count]
    return sorted(filled, key=lambda each: each.last_message_date or "", reverse=True)


async def test_the_list_is_what_was_put_into_the_mailbox(mailbox: Mailbox) -> None:
    """Titles, last lines, counts, unread, folders, members, newest first."""
    found = await all_conversations(mailbox)
    dates = [each.last_message_date or "" for each in found]
    assert dates == sorted(dates, reverse=True)
    expected = {
        each.chat_guids[0]: (
            each.title,
            each.is_group,
            each.service,
            each.participants,
            each.folder,
            each.message_count,
            each.unread_count,
            each.last.line[:150],
            each.last.date,
            each.last.is_from_me,
        )
        for each in mailbox.truth.conversations
        if each.last is not None
    }
    assert {
        each.chat_id: (
            each.display_name,
            each.is_group,
            each.service,
            each.participants,
            each.folder,
            each.message_count,
            each.unread_count,
            (each.last_message_text or "")[:150],
            each.last_message_date,
            each.last_message_is_from_me,
        )
        for each in found
    } == expected


async def test_one_conversation_reads_like_its_row_in_the_list(
    mailbox: Mailbox,
) -> None:
    """Asked for alone, or with all others."""
    counts = await full_count(mailbox)
    for row in (await all_conversations(mailbox))[:5]:
        chat = mailbox.directory.find(row.chat_id)
        assert chat is not None
        heads = await read_heads(mailbox.db, [chat], now=END)
        (state,) = await conversation_states(
            mailbox.db, mailbox.directory, [chat], heads, counts
        )
        assert state == row


async def test_slices_add_up_to_the_full_count(mailbox: Mailbox) -> None:
    """Whatever their size; rows that wait are left out of theirs."""
    whole = await full_count(mailbox)
    for size in (1, 7, 5000):
        below: int | None = await newest_rowid(mailbox.db) + 1
        summed: dict[int, int] = {}
        while below is not None:
            first = await first_of_slice(mailbox.db, below, size)
            if first is not None:
                for chat, number in (
                    await listed_counts(mailbox.db, first, below - 1)
                ).items():
                    summed[chat] = summed.get(chat, 0) + number
            below = first
        assert summed == whole
    newest = await newest_rowid(mailbox.db)
    assert await listed_counts(mailbox.db, newest, newest, [newest]) == {}


async def test_every_guid_leads_to_its_conversation(mailbox: Mailbox) -> None:
    """All members', and the spelling of another macOS."""
    for truth in mailbox.truth.conversations:
        chats = {mailbox.directory.find(guid) for guid in truth.chat_guids}
        assert len(chats) == 1
        (chat,) = chats
        assert chat is not None
        assert chat.guids == truth.chat_guids
        other = ChatId("RCS;" + chat.chat_id.partition(";")[2])
        assert mailbox.directory.find(other) in (chat, None)
    assert mailbox.directory.find(ChatId("nobody")) is None
