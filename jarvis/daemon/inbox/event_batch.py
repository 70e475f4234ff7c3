"""The events of one commit: numbered as they are made, stored and pushed together."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from jarvis.protocol.events import (
    ConversationChange,
    ConversationChanged,
    MessageChange,
    MessageUpdated,
    NewMessage,
    SendStatus,
)
from jarvis.records import ChatId, Conversation, Message, Record
from jarvis.stores.events import StoredEvent
from jarvis.stores.sendings import SendingRow


class EventBatch:
    """Collects events; their numbers go on after `seq`."""

    def __init__(self, seq: int, epoch: str | None) -> None:
        assert epoch is not None, "events are made once the epoch is known"
        self.events: list[StoredEvent] = []
        self._seq = seq
        self._epoch = epoch

    def new_message(self, message: Message, *, late: bool) -> None:
        """A message was written."""
        self._add(
            "new_message",
            message.chat_id,
            lambda seq: NewMessage(
                message_id=message.id,
                guid=message.guid,
                chat_id=message.chat_id,
                sender=message.sender,
                sender_name=message.sender_name,
                text=message.text,
                line=message.line,
                date=message.date,
                is_from_me=message.is_from_me,
                late=late,
                seq=seq,
                epoch=self._epoch,
                sender_short_name=message.sender_short_name,
            ),
        )

    def message_updated(self, message: Message, change: MessageChange) -> None:
        """A message is not what it was; what it is now goes along."""
        self._add(
            "message_updated",
            message.chat_id,
            lambda seq: MessageUpdated(
                guid=message.guid,
                message_id=message.id,
                chat_id=message.chat_id,
                change=change,
                text=message.text,
                line=message.line,
                reactions=message.reactions,
                seq=seq,
                epoch=self._epoch,
            ),
        )

    def message_deleted(self, rowid: int, guid: str, chat_id: ChatId) -> None:
        """A message is no longer in its conversation."""
        self._add(
            "message_updated",
            chat_id,
            lambda seq: MessageUpdated(
                guid=guid,
                message_id=rowid,
                chat_id=chat_id,
                change="deleted",
                seq=seq,
                epoch=self._epoch,
            ),
        )

    def conversation_changed(
        self, conversation: Conversation, change: ConversationChange
    ) -> None:
        """A row of the list is not what it was."""
        self._add(
            "conversation_changed",
            conversation.chat_id,
            lambda seq: ConversationChanged(
                chat_id=conversation.chat_id,
                change=change,
                conversation=conversation,
                seq=seq,
                epoch=self._epoch,
            ),
        )

    def row_changed(self, before: Conversation, row: Conversation) -> None:
        """What is another of a row of the list, but for its messages."""
        if row.display_name != before.display_name:
            self.conversation_changed(row, "title")
        if (row.participants, row.service) != (before.participants, before.service):
            self.conversation_changed(row, "participants")
        if row.folder != before.folder:
            self.conversation_changed(row, "folder")

    def send_status(self, row: SendingRow) -> None:
        """How far a submitted message is; `row` tells no less than accepted."""
        assert row.status != "begun"
        status = row.status
        self._add(
            "send_status",
            row.chat_id,
            lambda seq: SendStatus(
                idempotency_key=row.idempotency_key,
                chat_id=row.chat_id,
                status=status,
                guid=row.guid,
                reason=row.reason,
                seq=seq,
                epoch=self._epoch,
            ),
        )

    def _add(self, name: str, chat_id: ChatId, make: Callable[[int], Record]) -> None:
        seq = self._seq + len(self.events) + 1
        params = msgspec.Raw(msgspec.json.encode(make(seq)))
        self.events.append(
            StoredEvent(seq=seq, name=name, chat_id=chat_id, params=params)
        )
