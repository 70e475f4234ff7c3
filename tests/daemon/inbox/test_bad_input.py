"""Whatever stands in chat.db: a placeholder or a sentence, and all other messages."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from jarvis.demo.typedstream import encode
from jarvis.records import Message
from jarvis.stores import conversations
from jarvis.stores.chatdb import message_page, open_chatdb
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import NOW, MessagesApp

Spoil = Callable[[MessagesApp], None]

LINK = (
    "INSERT INTO chat_message_join (chat_id, message_id, message_date) VALUES (?, ?, ?)"
)
COLUMNS = (
    *("date", "date_read", "date_delivered", "date_edited", "handle_id", "is_from_me"),
    *("is_read", "error", "item_type", "group_action_type", "other_handle", "subject"),
    *("associated_message_type", "associated_message_guid", "balloon_bundle_id"),
    *("payload_data", "message_summary_info", "thread_originator_guid", "text"),
    *("attributedBody", "service", "schedule_type", "part_count", "was_detonated"),
    *("cache_has_attachments", "group_title", "is_audio_message", "is_finished"),
)
VALUES: tuple[object, ...] = (
    *(None, 0, -1, 1, 2**63 - 1, -(2**63), 1e300, float("inf"), "", "word", "12"),
    *(
        "nul\0inside",
        "\u202e\x1b[31m",
        b"",
        b"\xff\xfe\x00",
        random.Random(1).randbytes(300),
    ),
    b"bplist00" + bytes(50),
)


def odd_values(app: MessagesApp) -> None:
    """Every kind of value in every column, a row each."""
    for column in COLUMNS:
        for value in VALUES:
            rowid = app.insert("underneath")
            app.update(rowid, **{column: value})
            app.link(rowid)


def broken_letters(app: MessagesApp) -> None:
    """Texts and names that are not UTF-8, lone surrogates among them."""
    for data in ("ff", "c3", "eda080", "f8888080", "00", "efbfbd"):
        rowid = app.insert(None)
        app.link(rowid)
        app.db.execute(
            f"UPDATE message SET text = CAST(x'{data}' AS TEXT) WHERE ROWID = {rowid}"
        )
    app.db.execute(
        "UPDATE chat SET display_name = CAST(x'41ff42' AS TEXT) WHERE style = 43"
    )


def dangling(app: MessagesApp) -> None:
    """Links to rows that are not there, in both directions, and people who are nobody."""
    app.link(9_000_000)
    app.db.execute(LINK, (9000, 1, 0))
    app.db.execute(LINK, (9000, 9_000_001, 5))
    app.db.execute(
        "INSERT INTO chat_handle_join (chat_id, handle_id) VALUES (9000, 9000)"
    )
    app.db.execute(
        f"INSERT INTO chat_handle_join (chat_id, handle_id) VALUES ({app.chat_rowid}, 9000)"
    )
    app.db.execute(
        "INSERT INTO message_attachment_join (message_id, attachment_id) VALUES (1, 9000)"
    )
    app.link(app.insert("from nobody", handle_id=9000))
    app.link(app.insert("from nobody at all", handle_id=None))
    app.link(app.insert("with a file", cache_has_attachments=1))


def huge(app: MessagesApp) -> None:
    """Ten megabytes, in the text and in the body; the body is longer than is read."""
    long = "long " * 2_000_000
    rowid = app.insert(None)
    app.update(rowid, text=long)
    app.link(rowid)
    app.link(app.insert(None, attributedBody=encode(long)))


def undated(app: MessagesApp) -> None:
    """Links without dates, as very old systems wrote them, and dates out of this world."""
    app.db.execute(
        "UPDATE chat_message_join SET message_date = 0 WHERE message_id % 5 = 0"
    )
    for date in (0, -5, 2**62):
        rowid = app.insert("when was that?")
        app.db.execute("UPDATE message SET date = ? WHERE ROWID = ?", (date, rowid))
        app.link(rowid)


def odd_chats(app: MessagesApp) -> None:
    """Chats of no style, without a guid's parts, with bytes for names."""
    for number, (guid, style) in enumerate(
        (("x", None), ("", 45), (";;;", 43), ("a;b", 7))
    ):
        app.db.execute(
            "INSERT INTO chat (guid, style, chat_identifier, display_name, service_name) "
            "VALUES (?, ?, ?, ?, ?)",
            (f"{guid}{number}", style, None if number else b"\xff", b"\xfe", None),
        )
        chat = app.db.execute("SELECT max(ROWID) FROM chat").fetchone()[0]
        rowid = app.insert(f"in an odd chat {number}")
        app.db.execute(LINK, (chat, rowid, 10**17))
    app.db.execute("INSERT INTO handle (id, service) VALUES (x'ff00', 'iMessage')")


SPOILS = (odd_values, broken_letters, dangling, huge, undated, odd_chats)


async def everything(followed: Followed) -> dict[int, Message]:
    """All messages of all conversations, page by page, by their ROWIDs."""
    directory = followed.inbox.directory
    assert directory is not None
    db = await open_chatdb(followed.inbox.path)
    found: dict[int, Message] = {}
    for chat in directory.chats:
        before: int | None = None
        while True:
            page = await message_page(db, directory, chat, limit=100, before=before)
            found.update((message.id, message) for message in page.messages)
            if not page.has_more:
                break
            before = page.messages[0].id
    await db.close()
    return found


@pytest.mark.parametrize("spoil", SPOILS)
async def test_what_is_odd_hides_nothing_else(
    app: MessagesApp, writer: JarvisDb, spoil: Spoil
) -> None:
    """Opened on it, all sound messages are there as before; each odd one has a line."""
    sound = Followed(app.path, writer)
    await sound.poll()
    before = await everything(sound)
    await sound.inbox.close()
    await do(spoil, app)
    again = Followed(app.path, writer)
    await again.poll()
    await again.settled()
    assert again.inbox.problem is None
    after = await everything(again)
    for rowid, message in before.items():
        assert after[rowid].text == message.text
    for message in after.values():
        msgspec.json.encode(message)
        assert isinstance(message.line, str)
        assert message.line
    page = await conversations.page(writer.connection, limit=500, folder="all")
    msgspec.json.encode(page.conversations)
    assert page.total_count >= 10
    await again.inbox.close()


@pytest.mark.parametrize("spoil", SPOILS)
async def test_what_is_odd_and_new_keeps_nothing_else_back(
    app: MessagesApp, followed: Followed, spoil: Spoil
) -> None:
    """Sound mail before and after it is told."""
    await do(app.write, "before")
    await do(spoil, app)
    await do(app.write, "after", date=NOW)
    for _ in range(3):
        await followed.poll()
    texts = [params["text"] for params in followed.published]
    assert texts.count("before") == texts.count("after") == 1
    await followed.settled()
    assert followed.inbox.problem is None
    assert followed.seqs == list(range(1, len(followed.seqs) + 1))


async def test_a_later_sound_commit_is_pushed_after_any_of_them(
    app: MessagesApp, followed: Followed, tmp_path: Path
) -> None:
    """All of it at once."""
    for spoil in SPOILS:
        await do(spoil, app)
    await followed.poll()
    await followed.settled()
    await do(app.write, "still here")
    assert await followed.poll() == ["still here"]
