"""Rows as somebody's Messages left them, put into a chat.db by hand and read back."""

from __future__ import annotations

from jarvis.demo.typedstream import Run, encode
from jarvis.records import Message, Part, PlainMessage
from jarvis.stores.chatdb import messages_by_id, open_chatdb, read_directory
from jarvis.stores.chatdb.said import newest_said
from jarvis.stores.contacts import ContactNames
from tests.daemon.inbox.messages_app import MessagesApp


def body(*runs: Run) -> bytes:
    """A body of these runs."""
    return encode("".join(run.text for run in runs), parts=runs)


def said(text: str) -> Part:
    """A part of words."""
    return Part(kind="text", text=text)


def photo(number: int | None = 0, text: str = "Photo") -> Part:
    """A part that is a file."""
    return Part(kind="file", text=text, attachment=number)


class Handmade:
    """A chat.db that rows are put into; reading opens it anew each time."""

    def __init__(self, app: MessagesApp) -> None:
        self.app = app

    def row(self, body: bytes | None = None, **columns: object) -> int:
        """A message of one chat, at NOW if no date is given; its ROWID."""
        rowid = self.app.insert(None)
        self.app.update(rowid, attributedBody=body, **columns)
        self.app.db.execute(
            "INSERT INTO chat_message_join (chat_id, message_id, message_date) "
            "SELECT ?, ROWID, date FROM message WHERE ROWID = ?",
            (self.app.chat_rowid, rowid),
        )
        return rowid

    def file(self, rowid: int, guid: str, **columns: object) -> None:
        """A file joined to a message: a photo, if nothing else is said."""
        values = {
            "guid": guid,
            "original_guid": guid,
            "transfer_name": "IMG_1.HEIC",
            "mime_type": "image/heic",
            "uti": "public.heic",
            **columns,
        }
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        file = self.app.db.execute(
            f"INSERT INTO attachment ({names}) VALUES ({marks})", list(values.values())
        ).lastrowid
        self.app.db.execute(
            "INSERT INTO message_attachment_join (message_id, attachment_id) "
            "VALUES (?, ?)",
            (rowid, file),
        )

    async def message(self, rowid: int) -> Message:
        """The message that clients see."""
        db = await open_chatdb(self.app.path)
        try:
            directory = await read_directory(db, ContactNames())
            (message,) = await messages_by_id(db, directory, [rowid])
            return message
        finally:
            await db.close()

    async def typed(self, rowid: int) -> PlainMessage | None:
        """The same as what its writer typed; None when they typed no word."""
        db = await open_chatdb(self.app.path)
        try:
            directory = await read_directory(db, ContactNames())
            said = await newest_said(db, directory, limit=1_000)
            return next((each for each in said if each.id == rowid), None)
        finally:
            await db.close()
