"""Pages against the generator's truth: every message once, saying what was written."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from jarvis.errors import InvalidParams
from jarvis.records import Message
from jarvis.stores.chatdb import Chat, message_page, messages_by_id
from tests.stores.conftest import Mailbox


@pytest.fixture
async def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each way back from a thread to this loop."""
    loop, made = asyncio.get_running_loop(), list[str]()
    back = loop.call_soon_threadsafe

    def counted(*args: object, **options: object) -> object:
        made.append("back")
        return back(*args, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    return made


async def whole(mailbox: Mailbox, chat: Chat, limit: int) -> list[Message]:
    """All messages of a conversation, page by page, oldest first."""
    messages: list[Message] = []
    before = None
    while True:
        page = await message_page(
            mailbox.db, mailbox.directory, chat, limit=limit, before=before
        )
        messages = [*page.messages, *messages]
        if not page.has_more:
            return messages
        before = page.messages[0].id


def largest(mailbox: Mailbox) -> Chat:
    """The conversation with most rows."""
    truth = max(mailbox.truth.conversations, key=lambda each: each.row_count)
    chat = mailbox.directory.find(truth.chat_guids[0])
    assert chat is not None
    return chat


async def test_every_text_is_what_was_written(mailbox: Mailbox) -> None:
    """Short and long, in every script, edited, partly unsent, from body or column."""
    texts = {
        message.guid: message.text
        for chat in mailbox.directory.chats
        for message in await whole(mailbox, chat, 200)
    }
    expected = mailbox.truth.texts
    assert {guid: texts.get(guid, "missing") for guid in expected} == expected


@pytest.mark.parametrize("limit", [1, 7, 50, 500])
async def test_every_message_comes_once_at_any_page_size(
    mailbox: Mailbox, limit: int
) -> None:
    """In one order, whatever the size."""
    chat = largest(mailbox)
    ids = [message.id for message in await whole(mailbox, chat, limit)]
    assert ids == [message.id for message in await whole(mailbox, chat, 400)]
    assert len(ids) == len(set(ids))


async def test_pages_after_a_message_meet_those_before_it(mailbox: Mailbox) -> None:
    """Forwards from any message is the rest of the conversation."""
    chat = largest(mailbox)
    messages = await whole(mailbox, chat, 100)
    for index in (0, len(messages) // 2, len(messages) - 1):
        anchor = messages[index].id
        page = await message_page(
            mailbox.db, mailbox.directory, chat, limit=9, after=anchor
        )
        assert list(page.messages) == messages[index + 1 : index + 10]
        assert page.has_more is (index + 10 < len(messages))


async def test_a_page_around_a_message_has_it_in_the_middle(mailbox: Mailbox) -> None:
    """With as many as were asked for, where there are."""
    chat = largest(mailbox)
    messages = await whole(mailbox, chat, 100)
    anchor = messages[len(messages) // 2]
    page = await message_page(
        mailbox.db, mailbox.directory, chat, limit=11, around=anchor.id
    )
    assert len(page.messages) == 11
    assert anchor in page.messages
    start = messages.index(page.messages[0])
    assert list(page.messages) == messages[start : start + 11]


async def test_an_anchor_of_another_conversation_is_refused(mailbox: Mailbox) -> None:
    """The error names the parameter."""
    chat = largest(mailbox)
    for field in ("before", "after", "around"):
        with pytest.raises(InvalidParams) as refused:
            await message_page(
                mailbox.db, mailbox.directory, chat, limit=5, **{field: 10**9}
            )
        assert refused.value.field == field


async def test_messages_are_found_by_id_in_the_order_asked(mailbox: Mailbox) -> None:
    """Those that are gone are left out."""
    some = (await whole(mailbox, largest(mailbox), 100))[:5][::-1]
    ids = [some[0].id, 10**9, *(message.id for message in some[1:])]
    found = await messages_by_id(mailbox.db, mailbox.directory, ids)
    # A message may stand in several conversations; asked for by id, it is in the first.
    assert [replace(each, chat_id="") for each in found] == [
        replace(each, chat_id="") for each in some
    ]


async def test_tapbacks_are_no_messages_but_hang_on_them(mailbox: Mailbox) -> None:
    """As many as the truth has targets for, none of them a row of the thread."""
    messages = [
        message
        for chat in mailbox.directory.chats
        for message in await whole(mailbox, chat, 200)
    ]
    lines = [message.line for message in messages]
    assert not any(line.startswith(("Loved “", "Liked “")) for line in lines)
    assert sum(len(message.reactions) for message in messages) > 10


@pytest.mark.parametrize(
    ("anchor", "queries"), [(None, 1), ("before", 1), ("after", 1), ("around", 2)]
)
async def test_a_page_walks_the_index_and_sorts_nothing(
    mailbox: Mailbox, anchor: str | None, queries: int, trips: list[str]
) -> None:
    """No scan of a table and no temporary tree; a query a side, in one trip."""
    chat = largest(mailbox)
    messages = (
        await message_page(mailbox.db, mailbox.directory, chat, limit=99)
    ).messages
    beside = {anchor: messages[50].id} if anchor else {}
    seen: list[str] = []
    await mailbox.db.connection.set_trace_callback(seen.append)
    trips.clear()
    page = await message_page(mailbox.db, mailbox.directory, chat, limit=20, **beside)
    assert len(trips) == 1
    await mailbox.db.connection.set_trace_callback(lambda _: None)
    assert len(page.messages) == 20
    statements = [each for each in seen if "SELECT" in each]
    assert len(statements) == queries
    for statement in statements:
        plan = await mailbox.db.rows(f"EXPLAIN QUERY PLAN {statement}")
        steps = [row[3] for row in plan]
        scans = [step for step in steps if step.startswith("SCAN")]
        # `target` are the part numbers that tapbacks have anywhere in the file.
        small = ("subquery", "json_each", "VIRTUAL TABLE", "CONSTANT ROW", "target")
        assert not [s for s in scans if not any(map(s.__contains__, small))], steps
        assert not [step for step in steps if "TEMP B-TREE FOR ORDER" in step], steps


async def test_a_place_in_the_far_future_is_no_message(mailbox: Mailbox) -> None:
    """The largest number that SQLite knows is refused like any other."""
    chat = largest(mailbox)
    for field in ("before", "after", "around"):
        with pytest.raises(InvalidParams):
            await message_page(
                mailbox.db, mailbox.directory, chat, limit=5, **{field: 2**63 - 1}
            )


async def test_nothing_before_the_first_and_after_the_last_is_an_empty_page(
    mailbox: Mailbox,
) -> None:
    """And no refusal: the message beside it is there."""
    chat = largest(mailbox)
    messages = await whole(mailbox, chat, 100)
    for beside in ({"before": messages[0].id}, {"after": messages[-1].id}):
        page = await message_page(
            mailbox.db, mailbox.directory, chat, limit=5, **beside
        )
        assert page.messages == ()
        assert not page.has_more
