"""One message of words, files and marks, from its row to list, thread, push and prompt."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jarvis.client import Client
from jarvis.demo.typedstream import Run, attachment, encode, words
from jarvis.records import ChatId, Message
from jarvis.stores.apple_time import to_apple_ns
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import living, on_inbox
from tests.journeys.hard_mail import asked, drafted, summarized, writes, written_by
from tests.stores.chatdb.handmade import Handmade

LUNCH = (
    words("Before lunch"),
    attachment("PHOTO", part=1),
    words("after lunch, at the ", part=2),
    attachment("GENMOJI", part=2),
    words("?", part=2),
)
READ = "Before lunch\nafter lunch, at the [a squirrel]?"


def now_ns(minutes_ago: int = 0) -> int:
    """A moment on Apple's clock."""
    return to_apple_ns(datetime.now(UTC) - timedelta(minutes=minutes_ago))


def written(app: MessagesApp, runs: tuple[Run, ...]) -> ChatId:
    """Somebody sends it now, with its files."""
    mail = Handmade(app)
    body = encode("".join(run.text for run in runs), parts=runs)
    rowid = mail.row(body, date=now_ns(), cache_has_attachments=1)
    mail.file(rowid, "GENMOJI", emoji_image_short_description="a squirrel")
    mail.file(rowid, "PHOTO")
    return ChatId(app.chat_guid)


async def newest(client: Client, chat_id: ChatId) -> Message:
    """The last message of a thread."""
    page = await client.call("list_messages", chat_id=chat_id, limit=1)
    message = page.messages[-1]
    assert isinstance(message, Message)
    return message


async def test_words_files_and_marks_keep_their_order_everywhere(
    app: MessagesApp, short_path: Path
) -> None:
    """In the list, the thread, a draft's prompt and a summary's."""
    chat_id = await asyncio.to_thread(written, app, LUNCH)
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        Client(daemon.socket) as client,
    ):
        message = await newest(client, chat_id)
        assert message.text == READ
        assert [part.kind for part in message.parts] == [
            *("text", "file", "text", "mark", "text")
        ]
        listed = await client.call("list_conversations", limit=1)
        line = READ.replace("\n", " ⏎ ")
        assert listed.conversations[0].last_message_text == f"📎 {line}"
        async with written_by(daemon, writes("Gladly")) as server:
            await drafted(client, chat_id)
            assert READ in asked(server)
        async with written_by(daemon, writes("They plan a lunch.")) as server:
            await summarized(client, chat_id)
            assert READ.replace("\n", "\\n") in asked(server)


async def test_what_waits_to_be_sent_says_when_on_the_readers_clock(
    app: MessagesApp, short_path: Path
) -> None:
    """That of the machine the daemon runs on; the message itself has UTC."""
    noon = datetime(2031, 11, 28, 17, tzinfo=UTC)
    mail = Handmade(app)
    await asyncio.to_thread(
        mail.row,
        encode("later"),
        date=to_apple_ns(noon),
        is_from_me=1,
        schedule_type=2,
    )
    flags = on_inbox(app.path.parent)
    async with (
        living(short_path, *flags, TZ="America/New_York") as daemon,
        Client(daemon.socket) as client,
    ):
        message = await newest(client, ChatId(app.chat_guid))
    assert message.line == "Scheduled for 2031-11-28 12:00: later"
    assert message.date == "2031-11-28T17:00:00.000Z"


async def test_a_row_that_send_later_has_sent_is_the_last_message(
    app: MessagesApp, short_path: Path
) -> None:
    """Though its mark is still on it."""
    mail = Handmade(app)
    sent = {"is_sent": 1, "is_delivered": 1, "schedule_type": 2, "is_from_me": 1}
    await asyncio.to_thread(mail.row, encode("first"), date=now_ns(minutes_ago=1))
    await asyncio.to_thread(mail.row, encode("went out"), date=now_ns(), **sent)
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        Client(daemon.socket) as client,
    ):
        message = await newest(client, ChatId(app.chat_guid))
        listed = await client.call("list_conversations", limit=1)
    assert (message.line, message.kind) == ("went out", "text")
    assert listed.conversations[0].last_message_text == "went out"
