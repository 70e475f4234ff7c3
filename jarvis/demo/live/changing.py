"""What happens to messages and chats that are there: edits, reactions, reading, going."""

from __future__ import annotations

from typing import Any

from jarvis.demo.clock import SECOND_NS
from jarvis.demo.live.steps import Steps, Written, new_guid
from jarvis.demo.mailbox.compose import TAPBACKS, Tapback
from jarvis.demo.mailbox.edits import (
    bodies_of,
    history_of_bodies,
    retraction,
)
from jarvis.demo.typedstream import encode, utf16_length
from jarvis.stores.attributed_body import read_text

_REMOVED = 1000
_RENAMED = 2
_FAILED = 22
_BODY = """
SELECT attributedBody, text, message_summary_info, date, is_from_me
FROM message WHERE ROWID = ?
"""
_READ_MESSAGES = """
UPDATE message SET is_read = 1, date_read = ?
WHERE is_read = 0 AND is_from_me = 0
  AND ROWID IN (SELECT message_id FROM chat_message_join WHERE chat_id = ?)
"""


class Changing(Steps):
    """The steps that change what was written before."""

    def edit(self, target: Written, text: str) -> None:
        """Other words in the place of the first, which the summary keeps."""
        body, plain, summary, date, own = self._read_one(_BODY, target.rowid)
        first = body or encode(plain or "", outgoing=bool(own))
        bodies = bodies_of(summary) or [(date, first)]
        now, said = self._date(), encode(text, outgoing=bool(own))
        length = utf16_length(read_text(bodies[0][1]))
        self._update(
            target,
            "edited",
            text=None,
            attributedBody=said,
            date_edited=now,
            message_summary_info=history_of_bodies(
                [*bodies, (now, said)], length=length
            ),
        )

    def unsend(self, target: Written) -> None:
        """A message is taken back: what it said is gone, how long it was is kept."""
        body, plain, *_ = self._read_one(_BODY, target.rowid)
        said = read_text(body) if body else plain or ""
        self._update(
            target,
            "unsent",
            text=None,
            attributedBody=None,
            date_edited=self._date(),
            message_summary_info=retraction(utf16_length(said)),
        )

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

    def take_tapback_back(
        self,
        chat_guid: str,
        target: Written,
        added: Written,
        *,
        kind: Tapback = "love",
        sender: str | None = None,
        is_own: bool = False,
    ) -> Written:
        """The row that added it goes, and one that says so comes, as Messages does it."""
        self.delete(added)
        number = TAPBACKS[kind][0] + _REMOVED
        sentence = f"Removed a {kind} from a message"
        return self._react(chat_guid, target, (sender, is_own), number, sentence)

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

    def rename(
        self, chat_guid: str, name: str, *, sender: str | None = None
    ) -> Written:
        """Somebody gives a group another name: an event, then the chat's row."""
        chat_rowid = self._chat(chat_guid)
        written = self._row(
            handle_id=self._participant(chat_rowid, sender),
            item_type=_RENAMED,
            group_title=name,
        )
        self._link(chat_rowid, written)
        self._db.execute(
            "UPDATE chat SET display_name = ? WHERE ROWID = ?", [name, chat_rowid]
        )
        self._between("named")
        return written

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

    def seen(self, written: Written) -> None:
        """The other has read an own message."""
        self._update(written, "seen", is_read=1, date_read=self._date())

    def failed(self, written: Written) -> None:
        """An own message could not be delivered."""
        self._update(written, "failed", error=_FAILED, is_sent=0, is_delivered=0)

    def file_arrives(
        self, written: Written, name: str, *, mime_type: str, size_bytes: int
    ) -> None:
        """A file joins a message late: first a row that waits, then what came."""
        guid = new_guid()
        created_s = self._date() // SECOND_NS
        rowid = self._insert_into(
            "attachment",
            guid=guid,
            original_guid=guid,
            created_date=created_s,
            start_date=created_s,
            mime_type=mime_type,
            transfer_name=name,
            transfer_state=0,
        )
        self._between("file")
        self._insert_into(
            "message_attachment_join", message_id=written.rowid, attachment_id=rowid
        )
        self._between("file linked")
        self._db.execute(
            "UPDATE attachment SET transfer_state = 5, filename = ?, total_bytes = ? "
            "WHERE ROWID = ?",
            [f"~/Library/Messages/Attachments/0a/10/{guid}/{name}", size_bytes, rowid],
        )
        self._between("file came")

    def throw_away(self, chat_guid: str, written: Written) -> None:
        """To Recently Deleted: the link moves, the row stays."""
        chat_rowid = self._chat(chat_guid)
        self._db.execute("BEGIN IMMEDIATE")
        self._insert_into(
            "chat_recoverable_message_join",
            chat_id=chat_rowid,
            message_id=written.rowid,
            delete_date=self._date(),
        )
        self._db.execute(
            "DELETE FROM chat_message_join WHERE chat_id = ? AND message_id = ?",
            [chat_rowid, written.rowid],
        )
        self._db.execute("COMMIT")
        self._between("thrown away")

    def delete(self, written: Written) -> None:
        """For good: the row goes with its links, its guid is noted as deleted."""
        self._db.execute("DELETE FROM message WHERE ROWID = ?", [written.rowid])
        self._between("deleted")
