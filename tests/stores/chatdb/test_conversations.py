"""The list against the generator's truth, and lookups in the directory."""

from __future__ import annotations

from jarvis.stores.chatdb import all_conversations, conversation_states
from tests.stores.conftest import END, Mailbox


async def test_the_list_is_what_was_put_into_the_mailbox(mailbox: Mailbox) -> None:
    """Titles, last lines, counts, unread, folders, members, newest first."""
    found = await all_conversations(mailbox.db, mailbox.directory, now=END)
    dates = [each.last_message_date or "" for each in found]
    assert dates == sorted(dates, reverse=True)
    expected = {
        each.chat_guids[0]: (
            each.title,
            each.is_group,
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
    """Counted anew, or with the count that is known."""
    found = await all_conversations(mailbox.db, mailbox.directory, now=END)
    for row in found[:5]:
        chat = mailbox.directory.find(row.chat_id)
        assert chat is not None
        for known in (None, {row.chat_id: row.message_count}):
            (state,) = await conversation_states(
                mailbox.db, mailbox.directory, [chat], known_counts=known, now=END
            )
            assert state == row


async def test_every_guid_leads_to_its_conversation(mailbox: Mailbox) -> None:
    """All members', and the spelling of another macOS."""
    for truth in mailbox.truth.conversations:
        chats = {mailbox.directory.find(guid) for guid in truth.chat_guids}
        assert len(chats) == 1
        (chat,) = chats
        assert chat is not None
        assert chat.guids == truth.chat_guids
        other = "RCS;" + chat.chat_id.partition(";")[2]
        assert mailbox.directory.find(other) in (chat, None)
    assert mailbox.directory.find("nobody") is None
