"""Writes into a chat.db the way Messages does, step by step, while others read it."""

import itertools
import os
import random
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jarvis.demo.clock import nanoseconds
from jarvis.demo.mail import Heart, Line, Mail, Talk
from jarvis.demo.mailbox.truth import MANIFEST, Manifest
from jarvis.demo.typedstream import encode
from jarvis.errors import StoreUnavailable

_LOVED = 2000
_STEP_GAP_S = 0.02
"""Between the steps of one message, when playing."""

_NEWEST_OWN = """
SELECT message.ROWID, message.guid FROM chat_message_join AS link
JOIN message ON message.ROWID = link.message_id
WHERE link.chat_id = ? AND message.is_from_me = 1
  AND coalesce(message.associated_message_type, 0) = 0 AND message.item_type = 0
ORDER BY link.message_date DESC LIMIT 1
"""
_READ_MESSAGES = """
UPDATE message SET is_read = 1, date_read = ?
WHERE is_read = 0 AND is_from_me = 0
  AND ROWID IN (SELECT message_id FROM chat_message_join WHERE chat_id = ?)
"""
_QUIET_CHATS = """
SELECT chat.guid, handle.id
FROM chat
JOIN chat_handle_join ON chat_handle_join.chat_id = chat.ROWID
JOIN handle ON handle.ROWID = chat_handle_join.handle_id
JOIN message ON message.ROWID = (
    SELECT message_id FROM chat_message_join AS link
    WHERE link.chat_id = chat.ROWID ORDER BY message_date DESC LIMIT 1)
WHERE coalesce(chat.is_filtered, 0) = 0 AND message.is_from_me = 1
  AND coalesce(message.associated_message_type, 0) = 0 AND message.item_type = 0
ORDER BY message.date DESC
"""


def _nothing(step: str) -> None:
    """Nobody looks between the steps."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message that was written: its ROWID and guid."""

    rowid: int
    guid: str


class LiveWriter:
    """One open connection, as Messages keeps it; every step is a commit of its own.

    `between` is called after each commit with the name of the step, so that tests can
    look at what others see by then. Not for several threads at once.
    """

    def __init__(
        self,
        path: Path,
        *,
        between: Callable[[str], None] = _nothing,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = path
        self._between = between
        self._now = now
        self._open()

    def _open(self) -> None:
        self._db = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA wal_autocheckpoint = 1000")

    def close(self) -> None:
        """Messages is quit; the last connection takes the write-ahead log along."""
        self._db.close()

    def reopen(self) -> None:
        """Quit and start again: the write-ahead log is another file then."""
        self.close()
        self._open()
        self._between("reopened")

    def checkpoint(self) -> None:
        """Move everything into the main file and empty the write-ahead log."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._between("checkpointed")

    def incoming(
        self, chat_guid: str, text: str, *, sender: str | None = None
    ) -> Written:
        """A message from somebody else: row, then link, then text.

        sender is an address; the chat's first participant when left out.

        Raises:
            LookupError: no such chat, or nobody of that address in it.
        """
        chat_rowid = self._chat(chat_guid)
        handle = self._participant(chat_rowid, sender)
        written = self._row(handle_id=handle, is_from_me=0)
        self._link(chat_rowid, written)
        self._say(written, text)
        return written

    def outgoing(self, chat_guid: str, text: str) -> Written:
        """An own message, from any device: its mark comes with the text."""
        chat_rowid = self._chat(chat_guid)
        written = self._row(handle_id=0, is_from_me=0)
        self._link(chat_rowid, written)
        self._say(written, text, is_from_me=1, is_sent=1)
        self._update(written, "delivered", is_delivered=1, date_delivered=self._date())
        return written

    def whole(self, chat_guid: str, text: str) -> Written:
        """A message from somebody else in a single commit; for measuring."""
        chat_rowid = self._chat(chat_guid)
        handle = self._participant(chat_rowid, None)
        self._db.execute("BEGIN IMMEDIATE")
        written = self._insert(
            handle_id=handle, is_from_me=0, attributedBody=encode(text)
        )
        self._insert_link(chat_rowid, written)
        self._db.execute("COMMIT")
        self._between("whole")
        return written

    def newest_own(self, chat_guid: str) -> Written:
        """What the owner wrote last in a chat.

        Raises:
            LookupError: nothing, or no such chat.
        """
        for rowid, guid in self._db.execute(_NEWEST_OWN, [self._chat(chat_guid)]):
            return Written(rowid, guid)
        raise LookupError(f"the owner wrote nothing in {chat_guid}")

    def tapback(
        self, chat_guid: str, target: Written, *, sender: str | None = None
    ) -> Written:
        """Somebody loves a message; sender is as for incoming."""
        chat_rowid = self._chat(chat_guid)
        written = self._row(
            handle_id=self._participant(chat_rowid, sender),
            is_from_me=0,
            associated_message_guid=f"p:0/{target.guid}",
            associated_message_type=_LOVED,
        )
        self._link(chat_rowid, written)
        self._say(written, "Loved a message")
        return written

    def edit(self, target: Written, text: str) -> None:
        """Other words in the place of the first."""
        self._update(
            target, "edited", attributedBody=encode(text), date_edited=self._date()
        )

    def unsend(self, target: Written) -> None:
        """A message is taken back: what it said is gone."""
        self._update(
            target, "unsent", text=None, attributedBody=None, date_edited=self._date()
        )

    def read(self, chat_guid: str) -> None:
        """The owner has read a chat, on any device: its messages, then its mark."""
        chat_rowid, date = self._chat(chat_guid), self._date()
        self._db.execute(_READ_MESSAGES, [date, chat_rowid])
        self._between("read")
        self._db.execute(
            "UPDATE chat SET last_read_message_timestamp = ? WHERE ROWID = ?",
            [date, chat_rowid],
        )
        self._between("marked")

    # Steps

    def _date(self) -> int:
        return nanoseconds(self._now())

    def _chat(self, guid: str) -> int:
        for (rowid,) in self._db.execute(
            "SELECT ROWID FROM chat WHERE guid = ?", [guid]
        ):
            return int(rowid)
        raise LookupError(f"there is no chat {guid}")

    def _participant(self, chat_rowid: int, address: str | None) -> int:
        rows = self._db.execute(
            "SELECT handle.ROWID FROM chat_handle_join JOIN handle "
            "ON handle.ROWID = chat_handle_join.handle_id "
            "WHERE chat_id = ? AND (? IS NULL OR handle.id = ?) LIMIT 1",
            [chat_rowid, address, address],
        )
        for (rowid,) in rows:
            return int(rowid)
        raise LookupError(f"nobody called {address} is in the chat")

    def _row(self, **columns: Any) -> Written:
        """The message row, without its chat and without its text."""
        written = self._insert(**columns)
        self._between("row")
        return written

    def _insert(self, **columns: Any) -> Written:
        guid = str(uuid.uuid4()).upper()
        values = {
            "guid": guid,
            "date": self._date(),
            "service": "iMessage",
            "is_finished": 1,
            "part_count": 1,
            **columns,
        }
        cursor = self._db.execute(
            f"INSERT INTO message ({', '.join(values)}) "
            f"VALUES ({', '.join('?' * len(values))})",
            list(values.values()),
        )
        assert cursor.lastrowid is not None
        return Written(cursor.lastrowid, guid)

    def _link(self, chat_rowid: int, written: Written) -> None:
        self._insert_link(chat_rowid, written)
        self._between("link")

    def _insert_link(self, chat_rowid: int, written: Written) -> None:
        self._db.execute(
            "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
            "SELECT ?, ROWID, date FROM message WHERE ROWID = ?",
            [chat_rowid, written.rowid],
        )

    def _say(self, written: Written, text: str, **columns: Any) -> None:
        self._update(written, "text", attributedBody=encode(text), **columns)

    def _update(self, target: Written, step: str, **columns: Any) -> None:
        changes = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE message SET {changes} WHERE ROWID = ?",
            [*columns.values(), target.rowid],
        )
        self._between(step)


def play(
    directory: Path, *, interval_s: float, seed: int = 1, count: int | None = None
) -> None:
    """Let mail come into a made-up inbox every interval_s seconds.

    Ends after `count` messages, at SIGTERM or SIGINT, and when whoever started it has
    gone. To be called in the main thread of a process of its own.

    Raises:
        StoreUnavailable: directory holds no inbox made by Jarvis, or nobody in it talks.
    """
    path = directory / "chat.db"
    if not (directory / MANIFEST).exists() or not path.exists():
        raise StoreUnavailable(
            f"There is no made-up inbox in {directory}: "
            f"make one with `jarvis demo inbox {directory}`."
        )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    parent = os.getppid()
    contacts = Manifest.read(directory / MANIFEST).contacts
    writer = LiveWriter(path, between=lambda _: time.sleep(_STEP_GAP_S))
    try:
        mail = Mail(quiet_talks(path, contacts), random.Random(seed))
        left = itertools.count() if count is None else range(count)
        for _ in left:
            if stopping.wait(interval_s) or os.getppid() != parent:
                return
            _write(writer, mail.next())
    finally:
        writer.close()


def _write(writer: LiveWriter, act: Line | Heart) -> None:
    chat_guid = act.talk.guid
    if isinstance(act, Heart):
        target = writer.newest_own(chat_guid)
        writer.tapback(chat_guid, target, sender=act.address)
    elif act.address is not None:
        writer.incoming(chat_guid, act.text, sender=act.address)
    else:
        writer.outgoing(chat_guid, act.text)
        if act.is_answer:
            writer.read(chat_guid)


def quiet_talks(path: Path, contacts: Mapping[str, str]) -> list[Talk]:
    """The chats of people in which the owner wrote last, the newest first.

    contacts has names by address; who is not in it is called by the address.

    Raises:
        StoreUnavailable: there is none.
    """
    talks: dict[str, dict[str, str]] = {}
    with closing(sqlite3.connect(path)) as db:
        for guid, address in db.execute(_QUIET_CHATS):
            name = contacts.get(address, address).partition(" ")[0]
            talks.setdefault(guid, {})[name] = address
    if not talks:
        raise StoreUnavailable(
            f"Nobody in {path} waits to write again: make a fresh inbox with "
            "`jarvis demo inbox`."
        )
    return [Talk(guid, people) for guid, people in talks.items()]
