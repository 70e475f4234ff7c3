"""The messages of one conversation, oldest first, as far back as they were fetched."""

from __future__ import annotations

from collections.abc import Iterable

from jarvis.protocol.events import NewMessage
from jarvis.protocol.methods.mail import ListMessages
from jarvis.records import Message


class Page:
    """A run of messages without holes, which grows at both ends."""

    def __init__(self, chat_id: str) -> None:
        """Know nothing of the conversation yet."""
        self.chat_id = chat_id
        self.messages: list[Message] = []
        self.is_loaded = False
        self.has_older = False
        self.is_loading_older = False
        self.failure: str | None = None
        self.new_from: str | None = None
        """The guid of the first message that was unread when the page was opened."""
        self.new_count = 0
        self.below = 0
        """Messages that came while the reader looked further up."""
        self._unread_when_opened = 0

    @property
    def oldest_id(self) -> int | None:
        """What to fetch older messages with."""
        return self.messages[0].id if self.messages else None

    def replace(self, newest: ListMessages) -> None:
        """Take the newest messages; what was known is kept where the two runs meet."""
        self.failure = None
        known = {message.guid for message in self.messages}
        if any(message.guid in known for message in newest.messages):
            self._merge(newest.messages)
        else:
            self.messages = list(newest.messages)
            self.has_older = newest.has_more
        if not self.is_loaded:
            self.is_loaded = True
            self._mark_new(self._unread_when_opened)

    def prepend(self, older: ListMessages) -> int:
        """Take the messages before the oldest; returns how many were put in front."""
        known = {message.guid for message in self.messages}
        fresh = [message for message in older.messages if message.guid not in known]
        self.messages = fresh + self.messages
        self.has_older = older.has_more
        return len(fresh)

    def receive(self, push: NewMessage) -> bool:
        """Take a push; False when it was here already or belongs further back."""
        if not self.is_loaded or any(m.guid == push.guid for m in self.messages):
            return False
        if self.messages and push.date < self.messages[-1].date:
            self._merge([message_of(push)])
            return False
        self.messages.append(message_of(push))
        return True

    def open(self, unread: int) -> None:
        """The reader opens it: the last `unread` of others' messages are new to them."""
        self._unread_when_opened = unread
        if self.is_loaded:
            self._mark_new(unread)

    def _mark_new(self, count: int) -> None:
        """Place the «new» rule above the last `count` messages of others."""
        self.new_from, self.new_count = None, 0
        for message in reversed(self.messages):
            if self.new_count == count:
                return
            if not message.is_from_me:
                self.new_count += 1
                self.new_from = message.guid

    def _merge(self, messages: Iterable[Message]) -> None:
        by_guid = {message.guid: message for message in (*self.messages, *messages)}
        self.messages = sorted(by_guid.values(), key=lambda m: (m.date, m.id))


def message_of(push: NewMessage) -> Message:
    """The message a push tells of, as far as it tells.

    Attachments, service and read marks come with the next fetch, which replaces it.
    """
    return Message(
        id=push.message_id,
        guid=push.guid,
        chat_id=push.chat_id,
        sender=push.sender,
        sender_name=push.sender_name,
        text=push.text,
        line=push.line,
        date=push.date,
        is_from_me=push.is_from_me,
        service=None,
        kind="text" if push.text else "unknown",
        is_read=push.is_from_me,
    )
