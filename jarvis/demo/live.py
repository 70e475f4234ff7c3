"""Writes into a chat.db the way Messages does, step by step, while others read it."""

import os
import random
import signal
import sqlite3
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jarvis.demo.clock import nanoseconds
from jarvis.demo.talk import make_thread
from jarvis.demo.typedstream import encode

_LOVED = 2000


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

    def tapback(self, chat_guid: str, target: Written) -> Written:
        """Somebody loves a message."""
        chat_rowid = self._chat(chat_guid)
        written = self._row(
            handle_id=self._participant(chat_rowid, None),
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

    def read(self, target: Written) -> None:
        """The owner has read it, on any device."""
        self._update(target, "read", is_read=1, date_read=self._date())

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
    """Let mail come into the demo's inbox every interval_s seconds.

    Ends after `count` messages, at SIGTERM or SIGINT, and when whoever started it has
    gone.

    Raises:
        FileNotFoundError: there is no chat.db in directory.
    """
    path = directory / "chat.db"
    if not path.exists():
        raise FileNotFoundError(f"There is no inbox in {directory}: jarvis demo inbox.")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    parent = os.getppid()
    writer = LiveWriter(path)
    mail = _Mail(writer, random.Random(seed))
    try:
        while count is None or mail.written < count:
            if stopping.wait(interval_s) or os.getppid() != parent:
                return
            mail.write_one()
    finally:
        writer.close()


class _Mail:
    """Chooses what comes next: mostly an ask, now and then a tapback or an own line."""

    def __init__(self, writer: LiveWriter, rng: random.Random) -> None:
        self.written = 0
        self._writer = writer
        self._rng = rng
        with sqlite3.connect(writer.path) as db:
            self._chats = self._read_chats(db)
        db.close()
        self._last: tuple[str, Written] | None = None

    def _read_chats(self, db: sqlite3.Connection) -> list[tuple[str, list[str]]]:
        """Guids and addresses of the chats in which people talk, newest first."""
        chats: dict[str, list[str]] = {}
        for guid, address in db.execute(
            "SELECT chat.guid, handle.id FROM chat "
            "JOIN chat_handle_join ON chat_handle_join.chat_id = chat.ROWID "
            "JOIN handle ON handle.ROWID = chat_handle_join.handle_id "
            "WHERE coalesce(chat.is_filtered, 0) = 0 AND length(handle.id) > 8 "
            "ORDER BY (SELECT max(message_date) FROM chat_message_join "
            "          WHERE chat_id = chat.ROWID) DESC"
        ):
            chats.setdefault(guid, []).append(address)
        return list(chats.items())[:12]

    def write_one(self) -> None:
        """One more message."""
        self.written += 1
        draw = self._rng.random()
        if self._last is not None and draw < 0.1:
            chat_guid, target = self._last
            self._writer.tapback(chat_guid, target)
            return
        chat_guid, addresses = self._rng.choice(self._chats)
        address = self._rng.choice(addresses)
        is_own = draw > 0.92
        thread = make_thread(self._rng, ["friend"], exchanges=1, open_ask=not is_own)
        if is_own:
            written = self._writer.outgoing(chat_guid, thread.turns[-1].text)
        else:
            written = self._writer.incoming(
                chat_guid, thread.turns[-1].text, sender=address
            )
        self._last = chat_guid, written
