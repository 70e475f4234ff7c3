"""What a look found is stored whole or not at all, and every follower hears of it."""

from __future__ import annotations

import asyncio
import logging

import msgspec
import pytest

from jarvis.daemon.inbox import Committed, Reset
from jarvis.daemon.inbox.inbox import RETRY_S
from jarvis.daemon.watcher import Trigger
from jarvis.demo.typedstream import encode
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.events import events_since
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.sendings import SendingRow
from jarvis.stores.sync_state import read_cursor
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import NOW, MessagesApp


class Listener:
    """A follower that keeps what it hears, as a reply history would: by message id."""

    def __init__(self) -> None:
        self.heard: list[Committed] = []

    def __call__(self, committed: Committed) -> None:
        """Hear of a commit."""
        self.heard.append(committed)

    @property
    def arrived(self) -> list[tuple[int, str | None]]:
        """The ROWID and text of each new row."""
        return [
            (row.rowid, row.message.text if row.message else None)
            for committed in self.heard
            for row in committed.arrived
        ]

    @property
    def changed(self) -> list[tuple[int, str | None, bool]]:
        """The ROWID of each changed row, its text by now, and whether that is another."""
        return [
            (
                row.before.rowid,
                row.now.message.text if row.now and row.now.message else None,
                row.has_other_words,
            )
            for committed in self.heard
            for row in committed.changed
        ]


def listening(followed: Followed) -> Listener:
    """A further follower of the inbox."""
    listener = Listener()
    followed.inbox.follow(listener)
    return listener


async def test_a_follower_hears_of_mail_that_nobody_is_pushed(
    app: MessagesApp, followed: Followed
) -> None:
    """What sync fills in and what strangers write is mail too."""
    listener = listening(followed)
    (old,) = await do(app.write, "from years ago", date=NOW.replace(year=2020))
    await followed.poll()
    await do(app.go_to_filtered)
    (strange,) = await do(app.write, "you have won")
    await followed.poll()
    assert followed.published == []
    assert listener.arrived == [(old, "from years ago"), (strange, "you have won")]


async def test_a_follower_hears_of_a_row_once_it_is_whole(
    app: MessagesApp, followed: Followed
) -> None:
    """Not while its text is still to come, and not again after that."""
    listener = listening(followed)
    rowid = await do(app.insert, None)
    await do(app.link, rowid)
    await followed.poll()
    assert listener.arrived == []
    await do(app.update, rowid, attributedBody=encode("here it is"))
    await followed.poll()
    await followed.poll(Trigger.QUIET)
    assert listener.arrived == [(rowid, "here it is")]


async def test_a_follower_hears_what_became_of_the_words_of_a_message(
    app: MessagesApp, followed: Followed
) -> None:
    """By the id of the message: edited, taken back, deleted; a read mark is none."""
    edited, unsent, deleted, read = await do(app.write, "one", "two", "three", "four")
    await followed.poll()
    listener = listening(followed)
    edit = {"attributedBody": encode("uno"), "date_edited": to_apple_ns(NOW)}
    await do(app.update, edited, **edit)
    await do(app.update, unsent, attributedBody=None, date_edited=to_apple_ns(NOW))
    await do(app.db.execute, "DELETE FROM message WHERE ROWID = ?", (deleted,))
    await do(app.update, read, is_read=1)
    await followed.poll(Trigger.QUIET)
    assert listener.changed == [
        (edited, "uno", True),
        (unsent, None, True),
        (deleted, None, True),
        (read, "four", False),
    ]


async def test_a_follower_hears_that_all_it_knew_is_forgotten(
    followed: Followed,
) -> None:
    """What was learned of rows may no longer be used."""
    listener = listening(followed)
    await followed.inbox.forget("everything")
    resets = [committed.reset for committed in listener.heard if committed.reset]
    assert resets == [Reset.EVERYTHING, Reset.FIRST_FILE]


async def test_a_follower_that_fails_costs_nobody_anything(
    app: MessagesApp,
    followed: Followed,
    writer: JarvisDb,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Those after it are told, the event is stored, the look goes on; the log has it."""

    def fails(committed: Committed) -> None:
        raise ValueError(f"no place for {committed.arrived}")

    followed.inbox.follow(fails)
    listener = listening(followed)
    for text in ("first", "second"):
        await do(app.write, text)
        assert await followed.poll() == [text]
    assert followed.inbox.problem is None
    assert [text for _, text in listener.arrived] == ["first", "second"]
    stored = await events_since(writer.connection, 0, limit=10)
    assert [event.seq for event in stored] == [1, 2]
    failures = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(failures) == 2
    assert "ValueError" in failures[0].message
    assert "first" not in caplog.text


async def test_mail_that_cannot_be_stored_is_pushed_once_it_can(
    app: MessagesApp, followed: Followed, writer: JarvisDb
) -> None:
    """A full disk: nothing is told, the cursor stays, and nothing is lost or doubled."""
    listener = listening(followed)
    await do(app.write, "before")
    await followed.poll()
    before = await read_cursor(writer.connection)
    ((pages,),) = await writer.connection.execute_fetchall("PRAGMA page_count")
    await writer.connection.execute(f"PRAGMA max_page_count = {pages}")
    texts = [f"number {number}, " + 200 * "and on " for number in range(200)]
    await do(app.write, *texts)
    assert await followed.poll() == []
    assert followed.last.again_in_s == RETRY_S
    assert "cannot be written" in (followed.inbox.problem or "")
    assert await read_cursor(writer.connection) == before
    await writer.connection.execute("PRAGMA max_page_count = 1000000")
    assert await followed.poll() == texts
    assert followed.inbox.problem is None
    assert [text for _, text in listener.arrived] == ["before", *texts]
    assert followed.seqs == list(range(1, len(texts) + 2))


@pytest.mark.parametrize("turns", range(0, 60, 5))
async def test_forgetting_that_is_cut_off_leaves_numbers_that_go_on(
    app: MessagesApp, followed: Followed, writer: JarvisDb, turns: int
) -> None:
    """Whoever asked may hang up at any moment; the next message is told all the same."""
    await do(app.write, "before")
    await followed.poll()
    forgetting = asyncio.create_task(followed.inbox.forget("everything"))
    for _ in range(turns):
        await asyncio.sleep(0)
    forgetting.cancel()
    await asyncio.wait([forgetting])
    await followed.poll()
    await do(app.write, "after")
    assert await followed.poll() == ["after"]
    stored = await events_since(writer.connection, 0, limit=10)
    told = [msgspec.json.decode(event.params)["text"] for event in stored]
    assert told[-1] == "after"
    assert followed.seqs == [1, 2]


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT", "COMMIT"])
async def test_a_sending_that_is_cut_off_leaves_numbers_that_go_on(
    app: MessagesApp, followed: Followed, writer: JarvisDb, statement: str
) -> None:
    """Whether or not its event was stored by then, no number is given twice."""
    row = SendingRow(
        idempotency_key="k",
        chat_id=app.chat_guid,
        text_hash=b"",
        after_rowid=0,
        status="accepted",
        guid=None,
        reason=None,
        begun_ms=0,
    )
    loop = asyncio.get_running_loop()
    noting = asyncio.create_task(followed.inbox.note_sending(row, publish=True))

    def cut_off(sql: str) -> None:
        """Called in the thread of the connection, while the task waits for it."""
        if sql.startswith(statement):
            loop.call_soon_threadsafe(noting.cancel)

    await writer.connection.set_trace_callback(cut_off)
    await asyncio.wait([noting])
    await writer.connection.set_trace_callback(lambda _: None)
    assert noting.cancelled()
    await do(app.write, "after")
    assert await followed.poll() == ["after"]
    stored = await events_since(writer.connection, 0, limit=10)
    is_stored = statement == "COMMIT"
    assert [event.name for event in stored] == ["send_status"] * is_stored + [
        "new_message"
    ]
    assert followed.seqs == [stored[-1].seq] == [1 + is_stored]
