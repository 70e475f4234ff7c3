"""What the user answered before, read from chat.db and kept up."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from jarvis.assistant import history as history_room
from jarvis.daemon.inbox import Committed
from jarvis.daemon.inbox.changes import ChangedRow
from jarvis.daemon.mail import Mail
from jarvis.daemon.reply_history import MOST_CHANGED, CurrentReplyHistory
from jarvis.demo.mailbox.edits import history
from jarvis.demo.typedstream import encode
from jarvis.records import ChatId
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.sync_state import TrackedRow
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import NOW, MessagesApp

QUESTION = "shall we take the walnut boat out?"
REPLY = "gladly, if the wind is kind"


@pytest.fixture
async def mail(followed: Followed, writer: JarvisDb) -> AsyncIterator[Mail]:
    """Mail beside an inbox that follows Messages."""
    mail = Mail(followed.inbox, writer.connection)
    yield mail
    await mail.close()


async def _answered(app: MessagesApp, followed: Followed) -> int:
    """The ROWID of a reply."""
    app.write(QUESTION)
    (rowid,) = app.write(REPLY, from_me=True)
    await followed.poll()
    return rowid


async def _edited(app: MessagesApp, followed: Followed, rowid: int, text: str) -> None:
    now_ns = to_apple_ns(NOW)
    before, after = (now_ns - 10**9, REPLY), (now_ns, text)
    app.update(
        rowid,
        attributedBody=encode(text),
        date_edited=now_ns,
        message_summary_info=history([before, after]),
    )
    await followed.changed()


async def test_a_reply_is_remembered_as_soon_as_it_is_sent(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """The same history goes on while nothing comes; the next one has what came."""
    replies = CurrentReplyHistory(mail)
    before = await replies.history(mail.chat(app.chat_guid))
    assert await replies.history() is before
    await _answered(app, followed)
    after = await replies.history()
    assert len(after) == len(before) + 1
    assert after.revision == before.revision
    (match, *_) = after.nearest(QUESTION, chat_id=app.chat_guid, k=3)
    assert match.example.reply == REPLY


async def test_words_that_were_edited_take_the_place_of_those_before(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """Of that one example; everything else stays known, and it is another history."""
    replies = CurrentReplyHistory(mail)
    followed.inbox.follow(replies.follow)
    rowid = await _answered(app, followed)
    before = await replies.history()
    await _edited(app, followed, rowid, "not in this wind")
    after = await replies.history()
    (match, *_) = after.nearest(QUESTION, chat_id=app.chat_guid, k=1)
    assert match.example.reply == "not in this wind"
    assert REPLY not in after.own_texts()
    assert len(after) == len(before)
    assert after.revision != before.revision
    assert await replies.history() is after


async def test_an_unsent_message_is_no_example(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """Its words are gone from all that is known."""
    replies = CurrentReplyHistory(mail)
    followed.inbox.follow(replies.follow)
    rowid = await _answered(app, followed)
    before = await replies.history()
    app.update(rowid, text=None, attributedBody=None, date_edited=to_apple_ns(NOW))
    await followed.changed()
    after = await replies.history()
    found = after.nearest(QUESTION, chat_id=app.chat_guid, k=3)
    assert REPLY not in {match.example.reply for match in found}
    assert len(after) == len(before) - 1


async def test_after_a_flood_of_changes_all_is_read_anew(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """Sooner than reading so many conversations one by one."""
    replies = CurrentReplyHistory(mail)
    await _answered(app, followed)
    before = await replies.history()
    for rowid in range(MOST_CHANGED + 1):
        row = TrackedRow(rowid, "guid", 0, ChatId(f"chat {rowid}"), None, "mark")
        changed = ChangedRow(row, None, ("unlinked",), (), False)
        replies.follow(Committed(changed=(changed,)))
    after = await replies.history()
    assert after.revision != before.revision
    assert len(after) == len(before)


async def test_a_wish_that_is_given_up_leaves_the_history_whole(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """Though the thread that makes it goes on."""
    replies = CurrentReplyHistory(mail)
    await _answered(app, followed)
    for turns in range(40):
        wish = asyncio.create_task(replies.history(mail.chat(app.chat_guid)))
        for _ in range(turns):
            await asyncio.sleep(0)
        wish.cancel()
        await asyncio.wait([wish])
    patient = await replies.history(mail.chat(app.chat_guid))
    fresh = await CurrentReplyHistory(mail).history(mail.chat(app.chat_guid))
    assert len(patient) == len(fresh) > 20
    assert patient.own_texts() == fresh.own_texts()


async def test_the_event_loop_works_through_no_message(
    app: MessagesApp, followed: Followed, mail: Mail
) -> None:
    """However many there are: rows become a history in a thread.

    Counted are the calls into the history's files from the loop's own thread: those that
    make an empty one.
    """
    app.write_each([f"question {n}?" for n in range(500)], since=followed.now)
    await followed.poll()
    replies = CurrentReplyHistory(mail)
    with _calls_counted() as calls:
        first = await replies.history(mail.chat(app.chat_guid))
        await _answered(app, followed)
        await replies.history()
    assert len(first) > 20
    assert len(calls) < 10, calls


@contextmanager
def _calls_counted() -> Iterator[list[str]]:
    """The functions of the history that this thread calls in the block."""
    calls: list[str] = []
    (folder,) = history_room.__path__

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            calls.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
