"""Writes into a chat.db as Messages does, a commit a step, while others read it."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jarvis.demo.clock import nanoseconds
from jarvis.demo.mailbox.compose import TAPBACKS, Tapback
from jarvis.demo.typedstream import encode

_PARTICIPANT = """
SELECT handle.ROWID FROM chat_handle_join
JOIN handle ON handle.ROWID = chat_handle_join.handle_id
WHERE chat_id = ? AND (? IS NULL OR handle.id = ?) LIMIT 1
"""
_READ_MESSAGES = """
UPDATE message SET is_read = 1, date_read = ?
WHERE is_read = 0 AND is_from_me = 0
  AND ROWID IN (SELECT message_id FROM chat_message_join WHERE chat_id = ?)
"""
_NEWEST_OWN = """
SELECT message.ROWID, message.guid FROM chat_message_join AS link
JOIN message ON message.ROWID = link.message_id
WHERE link.chat_id = ? AND message.is_from_me = 1
  AND coalesce(message.associated_message_type, 0) = 0 AND message.item_type = 0
ORDER BY link.message_date DESC LIMIT 1
"""
_SERVICE = "SELECT service_name FROM chat WHERE ROWID = ?"


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
        # Messages has them on: a message that goes takes its links along.
        self._db.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Messages is quit; the last connection takes the write-ahead log along."""
        self._db.close()

    def begin(
        self, chat_guid: str, *, sender: str | None = None, at: datetime | None = None
    ) -> Written:
        """The row of a message from somebody else: no link yet, and no text.

        sender is an address; the chat's first participant when left out. at is when it
        was sent; now when left out.

        Raises:
            LookupError: no such chat, or nobody of that address in it.
        """
        handle = self._participant(self._chat(chat_guid), sender)
        date = {"date": nanoseconds(at)} if at else {}
        return self._row(handle_id=handle, is_from_me=0, **date)

    def link(self, chat_guid: str, written: Written) -> None:
        """The row gets its place in a chat.

        Raises:
            LookupError: no such chat.
        """
        self._link(self._chat(chat_guid), written)

    def say(self, written: Written, text: str) -> None:
        """The row of somebody else gets its words."""
        self._say(written, text)

    def incoming(
        self,
        chat_guid: str,
        text: str,
        *,
        sender: str | None = None,
        at: datetime | None = None,
    ) -> Written:
        """A message from somebody else: row, then link, then text. As begin."""
        written = self.begin(chat_guid, sender=sender, at=at)
        self.link(chat_guid, written)
        self.say(written, text)
        return written

    def outgoing(self, chat_guid: str, text: str) -> Written:
        """An own message, from any device: its mark comes with the text."""
        chat_rowid = self._chat(chat_guid)
        (service,) = self._read_one(_SERVICE, chat_rowid)
        written = self._row(handle_id=0, is_from_me=0, service=service)
        self._link(chat_rowid, written)
        self._say(written, text, outgoing=True, is_from_me=1, is_sent=1)
        self.delivered(written)
        return written

    def tapback(
        self,
        chat_guid: str,
        target: Written,
        *,
        kind: Tapback = "love",
        sender: str | None = None,
        emoji: str | None = None,
        is_own: bool = False,
    ) -> Written:
        """Somebody reacts to a message; sender is as for begin, is_own is the owner.

        emoji goes with the kind of that name.
        """
        number, verb = TAPBACKS[kind]
        columns = {"associated_message_emoji": emoji} if emoji else {}
        sentence = f"{verb.format(emoji)} a message"
        by = (sender, is_own)
        return self._react(chat_guid, target, by, number, sentence, **columns)

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

    def delivered(self, written: Written) -> None:
        """An own message has reached the other's device."""
        self._update(written, "delivered", is_delivered=1, date_delivered=self._date())

    def newest_own(self, chat_guid: str) -> Written:
        """What the owner wrote last in a chat.

        Raises:
            LookupError: nothing, or no such chat.
        """
        return Written(*self._read_one(_NEWEST_OWN, self._chat(chat_guid)))

    def _react(
        self,
        chat_guid: str,
        target: Written,
        by: tuple[str | None, bool],
        number: int,
        sentence: str,
        **columns: Any,
    ) -> Written:
        chat_rowid, (sender, is_own) = self._chat(chat_guid), by
        handle = 0 if is_own else self._participant(chat_rowid, sender)
        written = self._row(
            handle_id=handle,
            is_from_me=int(is_own),
            associated_message_guid=f"p:0/{target.guid}",
            associated_message_type=number,
            **columns,
        )
        self._link(chat_rowid, written)
        self._say(written, sentence, outgoing=is_own)
        return written

    def _date(self) -> int:
        return nanoseconds(self._now())

    def _chat(self, guid: str) -> int:
        rows = self._db.execute("SELECT ROWID FROM chat WHERE guid = ?", [guid])
        for (rowid,) in rows:
            return int(rowid)
        raise LookupError(f"there is no chat {guid}")

    def _participant(self, chat_rowid: int, address: str | None) -> int:
        rows = self._db.execute(_PARTICIPANT, [chat_rowid, address, address])
        for (rowid,) in rows:
            return int(rowid)
        raise LookupError(f"nobody called {address} is in the chat")

    def _row(self, **columns: Any) -> Written:
        """The message row, without its chat and without its text."""
        written = self._insert(**columns)
        self._between("row")
        return written

    def _insert(self, **columns: Any) -> Written:
        guid = new_guid()
        rowid = self._insert_into(
            "message",
            guid=guid,
            **{
                "date": self._date(),
                "service": "iMessage",
                "is_finished": 1,
                "part_count": 1,
                **columns,
            },
        )
        return Written(rowid, guid)

    def _insert_into(self, table: str, **columns: Any) -> int:
        """One row in one commit; its ROWID."""
        cursor = self._db.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join('?' * len(columns))})",
            list(columns.values()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _link(self, chat_rowid: int, written: Written) -> None:
        self._insert_link(chat_rowid, written)
        self._between("link")

    def _insert_link(self, chat_rowid: int, written: Written) -> None:
        self._db.execute(
            "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
            "SELECT ?, ROWID, date FROM message WHERE ROWID = ?",
            [chat_rowid, written.rowid],
        )

    def _say(
        self, written: Written, text: str, *, outgoing: bool = False, **columns: Any
    ) -> None:
        body = encode(text, outgoing=outgoing)
        self._update(written, "text", attributedBody=body, **columns)

    def _update(self, target: Written, step: str, **columns: Any) -> None:
        changes = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE message SET {changes} WHERE ROWID = ?",
            [*columns.values(), target.rowid],
        )
        self._between(step)

    def _read_one(self, sql: str, *values: Any) -> tuple[Any, ...]:
        """The only row.

        Raises:
            LookupError: there is none.
        """
        for row in self._db.execute(sql, values):
            return tuple(row)
        raise LookupError("there is no such row")


def new_guid() -> str:
    """A fresh UUID in upper case, as Messages writes them."""
    return str(uuid.uuid4()).upper()
