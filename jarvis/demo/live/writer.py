"""A live writer: new messages, and through its base all that happens to old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from jarvis.demo.clock import nanoseconds
from jarvis.demo.live.changing import Changing
from jarvis.demo.live.steps import Written, new_guid
from jarvis.demo.mailbox.chatdb import DIRECT_STYLE, JOINED
from jarvis.demo.typedstream import PLACEHOLDER, encode

_NEWEST_OWN = """
SELECT message.ROWID, message.guid FROM chat_message_join AS link
JOIN message ON message.ROWID = link.message_id
WHERE link.chat_id = ? AND message.is_from_me = 1
  AND coalesce(message.associated_message_type, 0) = 0 AND message.item_type = 0
ORDER BY link.message_date DESC LIMIT 1
"""
_SERVICE = "SELECT service_name FROM chat WHERE ROWID = ?"
_IS_26 = "SELECT count(*) FROM pragma_table_info('message') WHERE name = 'ck_chat_id'"


class LiveWriter(Changing):
    """Writes as Messages does; see Steps for how its commits can be watched."""

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

    def photo(
        self,
        chat_guid: str,
        *,
        sender: str | None = None,
        wait: Callable[[float], None] = lambda _: None,
    ) -> Written:
        """A picture from somebody else: a placeholder, and three seconds on its file."""
        written = self.incoming(chat_guid, PLACEHOLDER, sender=sender)
        wait(3)
        self.file_arrives(
            written, "IMG_0001.HEIC", mime_type="image/heic", size_bytes=1_480_000
        )
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

    def burst(self, chat_guid: str, texts: Iterable[str]) -> list[Written]:
        """Messages from somebody else in one commit, a millisecond apart; for measuring."""
        chat_rowid = self._chat(chat_guid)
        handle = self._participant(chat_rowid, None)
        first = self._date()
        found = []
        self._db.execute("BEGIN IMMEDIATE")
        for number, text in enumerate(texts):
            written = self._insert(
                handle_id=handle,
                attributedBody=encode(text),
                date=first + number * 10**6,
            )
            self._insert_link(chat_rowid, written)
            found.append(written)
        self._db.execute("COMMIT")
        self._between("burst")
        return found

    def back_fill(
        self, chat_guid: str, texts: Iterable[tuple[datetime, str]]
    ) -> list[Written]:
        """History that iCloud brings late: old dates, new ROWIDs, already read."""
        chat_rowid = self._chat(chat_guid)
        handle = self._participant(chat_rowid, None)
        found = []
        self._db.execute("BEGIN IMMEDIATE")
        for date, text in texts:
            written = self._insert(
                handle_id=handle,
                attributedBody=encode(text),
                date=nanoseconds(date),
                is_read=1,
            )
            self._insert_link(chat_rowid, written)
            found.append(written)
        self._db.execute("COMMIT")
        self._between("filled in")
        return found

    def begin_chat(self, address: str) -> str:
        """A first contact: a handle and a chat with nothing in it; the chat's guid."""
        (is_26,) = self._read_one(_IS_26)
        guid = f"{'any' if is_26 else 'iMessage'};-;{address}"
        handle = self._insert_into("handle", id=address, service="iMessage")
        group = new_guid()
        chat = self._insert_into(
            "chat",
            guid=guid,
            style=DIRECT_STYLE,
            state=JOINED,
            chat_identifier=address,
            service_name="iMessage",
            display_name="",
            group_id=group,
            original_group_id=group,
        )
        self._insert_into("chat_handle_join", chat_id=chat, handle_id=handle)
        if is_26:
            self._insert_into(
                "chat_lookup", identifier=address, domain="iMessage", chat=chat
            )
            self._insert_into("chat_service", service="iMessage", chat=chat)
        self._between("chat")
        return guid

    def newest_own(self, chat_guid: str) -> Written:
        """What the owner wrote last in a chat.

        Raises:
            LookupError: nothing, or no such chat.
        """
        return Written(*self._read_one(_NEWEST_OWN, self._chat(chat_guid)))
