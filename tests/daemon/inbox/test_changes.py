"""What happens to messages after they were told: each change is told once, in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jarvis.daemon.watcher import Trigger
from jarvis.demo.mailbox.edits import history
from jarvis.demo.typedstream import encode
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import NOW, MessagesApp

NOW_NS = to_apple_ns(NOW)


async def told(app: MessagesApp, followed: Followed, text: str) -> tuple[int, str]:
    """A message that was told: its ROWID and guid."""
    (rowid,) = await do(app.write, text)
    assert await followed.poll() == [text]
    await followed.settled()
    followed.changes.clear()
    return rowid, followed.published[-1]["guid"]


async def test_an_edit_is_pushed_with_the_new_text(
    app: MessagesApp, followed: Followed
) -> None:
    """At once, without waiting for quiet; the list shows it too."""
    rowid, guid = await told(app, followed, "see you at 6")
    await do(
        app.update,
        rowid,
        attributedBody=encode("see you at 7"),
        date_edited=NOW_NS,
        message_summary_info=history(
            [(NOW_NS - 10**9, "see you at 6"), (NOW_NS, "see you at 7")]
        ),
    )
    assert await followed.changed(Trigger.QUIET) == ["edited"]
    ((name, params),) = followed.changes
    assert name == "message_updated"
    assert (params["guid"], params["text"]) == (guid, "see you at 7")
    assert params["line"] == "see you at 7 (edited)"
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "see you at 7 (edited)"


async def test_an_unsent_message_says_nothing_more(
    app: MessagesApp, followed: Followed
) -> None:
    """Its text is gone, and the list says who took it back."""
    rowid, _ = await told(app, followed, "oops")
    await do(app.update, rowid, text=None, attributedBody=None, date_edited=NOW_NS)
    assert await followed.changed() == ["unsent"]
    params = followed.changes[0][1]
    assert params["text"] is None
    assert params["line"].endswith("unsent a message")
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == params["line"]


async def test_text_that_comes_after_the_row_was_given_up_is_pushed(
    app: MessagesApp, followed: Followed
) -> None:
    """First as unsupported, then as what it is."""
    rowid = await do(app.insert, None)
    await do(app.link, rowid)
    assert await followed.poll() == []
    followed.now += timedelta(seconds=6)
    assert await followed.poll(Trigger.DUE) == [""]
    await do(app.update, rowid, attributedBody=encode("here it is"))
    assert await followed.changed() == ["text"]
    assert followed.changes[-1][1]["text"] == "here it is"


async def test_read_and_delivered_marks_are_pushed_one_by_one(
    app: MessagesApp, followed: Followed
) -> None:
    """Of own messages; both in one look, delivered comes first."""
    (rowid,) = await do(app.write, "mine", from_me=True)
    await followed.poll()
    await followed.settled()
    followed.changes.clear()
    await do(app.update, rowid, is_delivered=1, date_delivered=NOW_NS)
    assert await followed.changed() == ["delivered"]
    await do(app.update, rowid, is_read=1, date_read=NOW_NS)
    assert await followed.changed() == ["read"]
    (other,) = await do(app.write, "mine too", from_me=True)
    await followed.poll()
    await do(
        app.update,
        other,
        **{
            "is_delivered": 1,
            "date_delivered": NOW_NS,
            "is_read": 1,
            "date_read": NOW_NS,
        },
    )
    assert await followed.changed() == ["delivered", "read"]


async def test_reading_a_message_lowers_the_unread_count(
    app: MessagesApp, followed: Followed
) -> None:
    """The message is told as read, its conversation as changed."""
    rowid, _ = await told(app, followed, "unread")
    unread = (await followed.listed(app.chat_guid)).unread_count
    await do(app.update, rowid, is_read=1)
    assert await followed.changed() == ["read", "unread"]
    assert followed.changes[-1][1]["conversation"]["unread_count"] == unread - 1


async def test_a_tapback_is_pushed_as_a_change_of_its_message(
    app: MessagesApp, followed: Followed
) -> None:
    """At once; so is its removal, which takes the row away."""
    _, guid = await told(app, followed, "good news")
    loved = {
        "associated_message_guid": f"p:0/{guid}",
        "associated_message_type": 2000,
    }
    (tapback,) = await do(app.write, "Loved “good news”", **loved)
    assert await followed.changed(Trigger.EVENT) == ["reaction"]
    (reaction,) = followed.changes[-1][1]["reactions"]
    assert reaction["kind"] == "love"
    assert followed.changes[-1][1]["guid"] == guid
    await do(app.db.execute, "DELETE FROM message WHERE ROWID = ?", (tapback,))
    assert await followed.changed() == ["reaction"]
    assert followed.changes[-1][1]["reactions"] == []


async def test_an_old_tapback_that_sync_brings_is_not_pushed(
    app: MessagesApp, followed: Followed
) -> None:
    """History stays silent, whatever kind of row it is."""
    _, guid = await told(app, followed, "good news")
    await do(
        app.write,
        "Loved “good news”",
        date=NOW - timedelta(days=300),
        associated_message_guid=guid,
        associated_message_type=2000,
    )
    assert await followed.changed() == []


async def test_a_deletion_is_pushed_and_counted(
    app: MessagesApp, followed: Followed
) -> None:
    """For good, or into Recently Deleted: it is out of its conversation."""
    before = await followed.listed(app.chat_guid)
    first, guid = await told(app, followed, "one")
    second, other = await told(app, followed, "two")
    await do(app.db.execute, "DELETE FROM message WHERE ROWID = ?", (first,))
    assert await followed.changed() == ["deleted", "unread"]
    assert followed.changes[0][1]["guid"] == guid
    await do(app.move_to_recently_deleted, second)
    assert (await followed.changed())[0] == "deleted"
    assert followed.changes[2][1]["guid"] == other
    await followed.settled()
    after = await followed.listed(app.chat_guid)
    assert after.message_count == before.message_count
    assert after.last_message_text == before.last_message_text


async def test_a_message_taken_out_of_recently_deleted_is_back(
    app: MessagesApp, followed: Followed
) -> None:
    """It is no new message; it is told as one that has its text again."""
    rowid, _ = await told(app, followed, "keep me after all")
    count = (await followed.listed(app.chat_guid)).message_count
    await do(app.move_to_recently_deleted, rowid)
    await followed.settled()
    followed.changes.clear()
    await do(app.link, rowid)
    assert "text" in await followed.changed()
    assert len(followed.published) == 1
    assert (await followed.listed(app.chat_guid)).message_count == count


async def test_a_link_that_comes_a_day_late_is_a_message_after_all(
    app: MessagesApp, followed: Followed
) -> None:
    """Long after it was waited for; never told twice."""
    count = (await followed.listed(app.chat_guid)).message_count
    rowid = await do(app.insert, "at last")
    assert await followed.poll() == []
    followed.now += timedelta(hours=25)
    await followed.poll(Trigger.SAFETY)
    await do(app.write, "something else", date=followed.now)
    await followed.poll()
    await followed.settled()
    assert followed.inbox.waiting_rows == 0
    await do(app.link, rowid)
    await followed.settled()
    texts = [params["text"] for params in followed.published]
    assert texts == ["something else", "at last"]
    assert followed.published[-1]["late"] is True
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "something else"
    assert row.message_count == count + 2


async def test_a_group_event_changes_its_conversation(
    app: MessagesApp, followed: Followed
) -> None:
    """No message; with it the new title."""
    guid = await do(app.go_to_group)
    await do(app.rename, "Alps, again")
    assert set(await followed.changed()) == {"title", "event"}
    assert (await followed.listed(guid)).display_name == "Alps, again"
    assert followed.published == []


async def test_mail_of_machines_and_strangers_is_listed_but_not_pushed(
    app: MessagesApp, followed: Followed
) -> None:
    """Its conversation is told to have changed, so that lists are live."""
    await do(app.go_to_filtered)
    await do(app.write, "is the bicycle still there?")
    assert await followed.poll() == []
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "is the bicycle still there?"
    assert await followed.changed() == ["unread"]


async def test_a_one_time_code_is_not_pushed_and_its_line_is_silent(
    app: MessagesApp, followed: Followed
) -> None:
    """The digits go to nobody who does not ask for them."""
    from jarvis.demo.typedstream import one_time_code, words

    rowid = await do(app.insert, None)
    await do(app.link, rowid)
    runs = [one_time_code("481902"), words(" is your code")]
    await do(
        app.update, rowid, attributedBody=encode("481902 is your code", parts=runs)
    )
    assert await followed.poll() == []
    row = await followed.listed(app.chat_guid)
    assert row.last_message_text == "Security code"


async def test_a_link_written_twice_is_pushed_once(
    app: MessagesApp, followed: Followed
) -> None:
    """Messages sometimes writes the same link anew within a minute."""
    link = {"balloon_bundle_id": "com.apple.messages.URLBalloonProvider"}
    await do(app.write, "https://www.example.com/a", **link)
    assert await followed.poll() == ["https://www.example.com/a"]
    later = NOW + timedelta(seconds=50)
    await do(app.write, "https://www.example.com/a", date=later, **link)
    assert await followed.poll() == []
    await do(app.write, "https://www.example.com/b", date=later, **link)
    assert await followed.poll() == ["https://www.example.com/b"]


async def test_a_picture_is_pushed_when_its_file_is_there(
    app: MessagesApp, followed: Followed
) -> None:
    """Once, as what it is; one whose file does not come is told as missing."""
    rowid, lost = await do(app.write, "\ufffc", "\ufffc", cache_has_attachments=1)
    assert await followed.poll() == []
    app.db.execute(
        "INSERT INTO attachment (guid, original_guid, transfer_name, mime_type) "
        "VALUES ('F', 'F', 'IMG_1.HEIC', 'image/heic')"
    )
    app.db.execute(
        "INSERT INTO message_attachment_join (message_id, attachment_id) "
        "SELECT ?, ROWID FROM attachment WHERE guid = 'F'",
        (rowid,),
    )
    await followed.poll()
    followed.now += timedelta(seconds=6)
    await followed.poll()
    told = [(each["message_id"], each["line"]) for each in followed.published]
    assert told == [(rowid, "Photo"), (lost, "Missing file")]
    listed = await followed.listed(app.chat_guid)
    assert listed.last_message_text == "Missing file"


async def test_the_words_of_a_shops_chat_are_pushed_and_listed(
    app: MessagesApp, followed: Followed
) -> None:
    """Its messages name a balloon, but no app paints them."""
    rich = {"balloon_bundle_id": "com.apple.messages.chatbot", "service": "RCS"}
    await do(app.write, "Your table is ready", **rich)
    assert await followed.poll() == ["Your table is ready"]
    listed = await followed.listed(app.chat_guid)
    assert listed.last_message_text == "Your table is ready"


@pytest.mark.parametrize(
    "went_out",
    [
        {"schedule_type": 0, "is_sent": 1},
        {"is_sent": 1},
        {"is_sent": 1, "is_delivered": 1, "date_delivered": NOW_NS},
    ],
)
async def test_a_scheduled_message_is_pushed_when_it_is_sent(
    app: MessagesApp, followed: Followed, went_out: dict[str, object]
) -> None:
    """Not before, whether or not Messages takes its mark away; nor is it in the list."""
    later = NOW + timedelta(hours=30)
    scheduled = {"schedule_type": 2, "schedule_state": 2}
    (rowid,) = await do(
        app.write, "happy birthday", date=later, from_me=True, **scheduled
    )
    assert await followed.poll() == []
    followed.now += timedelta(hours=26)
    await do(app.write, "meanwhile", date=followed.now)
    assert await followed.poll() == ["meanwhile"]
    followed.now = later + timedelta(seconds=1)
    await do(app.update, rowid, **went_out)
    assert await followed.poll() == ["happy birthday"]
    listed = await followed.listed(app.chat_guid)
    assert listed.last_message_text == "happy birthday"


async def test_what_changed_while_the_daemon_was_down_is_pushed(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """The rows are stored as they were last seen."""
    edited, _ = await told(app, followed, "see you at 6")
    deleted, _ = await told(app, followed, "ignore this")
    await followed.inbox.close()
    await do(app.update, edited, attributedBody=encode("at 7"), date_edited=NOW_NS)
    await do(app.db.execute, "DELETE FROM message WHERE ROWID = ?", (deleted,))
    again = Followed(app.path, writer)
    await again.poll()
    kinds = [params["change"] for _, params in again.changes]
    assert kinds[:2] == ["edited", "deleted"]
    assert await again.changed() == []
    await again.inbox.close()


async def test_the_newest_message_may_go_without_a_new_history(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """Its number is not given again, so nothing else is thought to be another file."""
    rowid, _ = await told(app, followed, "the newest")
    await followed.inbox.close()
    await do(app.db.execute, "DELETE FROM message WHERE ROWID = ?", (rowid,))
    again = Followed(app.path, writer)
    await again.poll()
    assert again.inbox.epoch == followed.inbox.epoch
    await again.inbox.close()


async def test_a_deleted_conversation_leaves_the_list(
    app: MessagesApp, followed: Followed
) -> None:
    """With its last state told, empty."""
    await told(app, followed, "soon gone")
    chat = app.chat_rowid
    await do(
        app.db.executescript,
        f"DELETE FROM message WHERE ROWID IN "
        f"(SELECT message_id FROM chat_message_join WHERE chat_id = {chat});"
        f"DELETE FROM chat WHERE ROWID = {chat};",
    )
    kinds = await followed.changed()
    assert "deleted" in kinds
    assert kinds[-1] == "event"
    conversation = followed.changes[-1][1]["conversation"]
    assert conversation["message_count"] == 0
    assert conversation["last_message_date"] is None


async def test_a_new_name_in_the_address_book_is_shown_without_a_restart(
    app: MessagesApp, followed: Followed
) -> None:
    """Looked for with each safety look."""
    before = await followed.listed(app.chat_guid)
    await do(app.rename_contact, before.participants, "Zora", "Quill")
    assert "title" in await followed.changed(Trigger.SAFETY)
    assert (await followed.listed(app.chat_guid)).display_name == "Zora Quill"


async def test_every_number_follows_the_one_before(
    app: MessagesApp, followed: Followed
) -> None:
    """New messages and changes are one row of events."""
    for number in range(5):
        rowid, _ = await told(app, followed, f"number {number}")
        await do(app.update, rowid, is_read=1)
        await followed.changed()
    assert followed.seqs == list(range(1, len(followed.seqs) + 1))
    assert len(followed.seqs) >= 15
