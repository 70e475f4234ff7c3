"""Stands in for Messages: writes rows into a chat.db, one commit a step if wanted."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fixtures.inbox import build_inbox
from jarvis.demo.typedstream import encode
from jarvis.records import ChatId
from jarvis.stores.apple_time import to_apple_ns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class MessagesApp:
    """A chat.db with a little history, and a connection that writes into it.

    Blocking: tests call it in a thread.
    """

    def __init__(self, directory: Path, *, messages: int = 200) -> None:
        self.path = directory / "chat.db"
        build_inbox(directory, messages=messages, seed=3, end=NOW - timedelta(days=1))
        self.open(self.path)
        self.chat_rowid, self.chat_guid = self.db.execute(
            "SELECT ROWID, guid FROM chat WHERE style = 45 AND is_filtered = 0 "
            "AND is_archived = 0 ORDER BY ROWID LIMIT 1"
        ).fetchone()
        (self.handle_rowid,) = self.db.execute(
            "SELECT handle_id FROM chat_handle_join WHERE chat_id = ?",
            (self.chat_rowid,),
        ).fetchone()

    def open(self, path: Path) -> None:
        """Messages was started, on this file."""
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Messages was quit."""
        self.db.close()

    def insert(
        self,
        text: str | None,
        *,
        date: datetime = NOW,
        from_me: bool = False,
        **columns: object,
    ) -> int:
        """A message row without a chat; its ROWID."""
        values: dict[str, object] = {
            "guid": str(uuid.uuid4()).upper(),
            "attributedBody": None if text is None else encode(text),
            "date": to_apple_ns(date),
            "handle_id": 0 if from_me else self.handle_rowid,
            "is_from_me": int(from_me),
            "is_finished": 1,
            "part_count": 1,
            "service": "iMessage",
            **columns,
        }
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self.db.execute(
            f"INSERT INTO message ({names}) VALUES ({marks})", list(values.values())
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def link(self, rowid: int, date: datetime = NOW) -> None:
        """Put the message into the chat."""
        self.db.execute(
            "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
            "VALUES (?, ?, ?)",
            (self.chat_rowid, rowid, to_apple_ns(date)),
        )

    def update(self, rowid: int, **columns: object) -> None:
        """Change the message row."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(
            f"UPDATE message SET {names} WHERE ROWID = ?", [*columns.values(), rowid]
        )

    def write(
        self,
        *texts: str,
        date: datetime = NOW,
        from_me: bool = False,
        **columns: object,
    ) -> list[int]:
        """Whole messages in one commit; their ROWIDs."""
        self.db.execute("BEGIN IMMEDIATE")
        rowids = []
        for text in texts:
            rowid = self.insert(text, date=date, from_me=from_me, **columns)
            self.link(rowid, date)
            rowids.append(rowid)
        self.db.execute("COMMIT")
        return rowids

    def write_each(self, texts: Sequence[str], since: datetime) -> None:
        """A commit a message, as fast as the disk takes them, a millisecond apart."""
        for number, text in enumerate(texts):
            self.write(text, date=since + timedelta(milliseconds=number))

    def move_to_recently_deleted(self, rowid: int) -> None:
        """Out of its chat, to be had back for thirty days."""
        self.db.executescript(
            f"BEGIN; INSERT INTO chat_recoverable_message_join "
            f"(chat_id, message_id, delete_date) VALUES "
            f"({self.chat_rowid}, {rowid}, {to_apple_ns(NOW)}); "
            f"DELETE FROM chat_message_join WHERE message_id = {rowid}; COMMIT;"
        )

    def go_to_group(self) -> ChatId:
        """Write into a group from here on; its guid."""
        return self._go_to("chat.style = 43 AND chat.is_filtered = 0")

    def go_to_filtered(self) -> ChatId:
        """Write into the chat of an unknown sender from here on; its guid."""
        return self._go_to("chat.style = 45 AND chat.is_filtered = 1")

    def _go_to(self, condition: str) -> ChatId:
        self.chat_rowid, self.chat_guid, self.handle_rowid = self.db.execute(
            "SELECT chat.ROWID, chat.guid, min(handle_id) FROM chat "
            "JOIN chat_handle_join ON chat_id = chat.ROWID "
            f"WHERE {condition} AND chat.is_archived = 0 AND EXISTS "
            "(SELECT 1 FROM chat_message_join AS link WHERE link.chat_id = chat.ROWID) "
            "GROUP BY chat.ROWID ORDER BY chat.ROWID LIMIT 1"
        ).fetchone()
        return ChatId(self.chat_guid)

    def rename(self, title: str) -> None:
        """Somebody names the group, in one commit."""
        self.db.execute("BEGIN IMMEDIATE")
        rowid = self.insert(None, item_type=2, group_title=title)
        self.link(rowid)
        self.db.execute(
            "UPDATE chat SET display_name = ? WHERE ROWID = ?",
            (title, self.chat_rowid),
        )
        self.db.execute("COMMIT")

    def rename_contact(
        self, addresses: Sequence[str], first_name: str, last_name: str
    ) -> None:
        """The owner corrects a name in the address book."""
        digits = addresses[0][-4:]
        for store in self.path.parent.glob("AddressBook/**/*.abcddb"):
            try:
                with closing(sqlite3.connect(store)) as book, book:
                    book.execute(
                        "UPDATE ZABCDRECORD SET ZFIRSTNAME = ?, ZLASTNAME = ? "
                        "WHERE Z_PK IN (SELECT ZOWNER FROM ZABCDPHONENUMBER "
                        "WHERE ZFULLNUMBER LIKE '%' || ?)",
                        (first_name, last_name, digits),
                    )
            except sqlite3.DatabaseError:
                continue  # one store is damaged, as in life
