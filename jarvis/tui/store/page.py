"""The messages of one conversation, oldest first, as far back as they were fetched."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jarvis.protocol.events import MessageUpdated, NewMessage
from jarvis.protocol.methods.mail import ListMessages
from jarvis.records import ChatId, Edit, Message, Timestamp


class Page:
    """A run of messages without holes, which grows at both ends."""

    def __init__(self, chat_id: ChatId) -> None:
        """Know nothing of the conversation yet."""
        self.chat_id = chat_id
        self.messages: list[Message] = []
        self.is_loaded = False
        self.has_older = False
        self.has_newer = False
        """Whether the conversation goes on below; only of a run further back."""
        self.is_loading_older = False
        self.is_loading_newer = False
        self.failure: str | None = None
        self.new_from: str | None = None
        """The guid of the first message that was unread when the page was opened."""
        self.new_count = 0
        self.below = 0
        """Messages that came while the reader looked further up."""
        self.visited: Page | None = None
        """A run further back that the reader looks at in place of this one."""
        self.lit: str | None = None
        """The guid of the message that the reader was looking for."""
        self._unread_when_opened = 0

    @property
    def shown(self) -> Page:
        """The run that the reader looks at."""
        return self.visited or self

    @property
    def oldest_id(self) -> int | None:
        """What to fetch older messages with."""
        return self.messages[0].id if self.messages else None

    @property
    def newest_id(self) -> int:
        """The highest id there is here; 0 where there is no message."""
        return max((message.id for message in self.messages), default=0)

    def replace(self, newest: ListMessages) -> None:
        """Take the newest messages; what was known is kept where the two runs meet.

        What lies between two of the newest and is none of them was deleted meanwhile.
        """
        self.failure = None
        guids = {message.guid for message in self.messages}
        if any(message.guid in guids for message in newest.messages):
            first, last = _order(newest.messages[0]), _order(newest.messages[-1])
            fresh = {message.guid for message in newest.messages}
            self.messages = [
                message
                for message in self.messages
                if message.guid in fresh or not first <= _order(message) <= last
            ]
            self._merge(newest.messages)
        else:
            self.messages = list(newest.messages)
            self.has_older = newest.has_more
        if not self.is_loaded:
            self.is_loaded = True
            self._mark_new(self._unread_when_opened)
        self.join()

    def prepend(self, older: ListMessages) -> int:
        """Take the messages before the oldest; returns how many were put in front."""
        guids = {message.guid for message in self.messages}
        fresh = [message for message in older.messages if message.guid not in guids]
        self.messages = fresh + self.messages
        self.has_older = older.has_more
        return len(fresh)

    def append(self, newer: ListMessages) -> None:
        """Take the messages after the last one of a run further back."""
        self._merge(newer.messages)
        self.has_newer = newer.has_more

    def visit(self, run: Page) -> None:
        """Look at a run further back; one that meets this run becomes a part of it."""
        self.visited = run
        self.join()

    def join(self) -> None:
        """Put the visited run and this one together where they meet."""
        run = self.visited
        if run is None or not self.is_loaded:
            return
        guids = {message.guid for message in self.messages}
        if run.has_newer and not any(one.guid in guids for one in run.messages):
            return
        oldest = self.messages[:1]
        self._merge(run.messages)
        if self.messages[:1] != oldest:
            self.has_older = run.has_older
        self.lit, self.visited = run.lit, None

    def leave_visit(self) -> None:
        """Look at the newest messages again."""
        self.lit = self.visited = None

    def light(self, message_id: int) -> str | None:
        """Light a message of the run that is shown; its guid, None where it is not here."""
        for message in self.shown.messages:
            if message.id == message_id:
                self.shown.lit = message.guid
                return message.guid
        return None

    def receive(self, push: NewMessage) -> bool:
        """Take a push; False when it was here already or belongs further back."""
        if not self.is_loaded or any(m.guid == push.guid for m in self.messages):
            return False
        if self.messages and push.date < self.messages[-1].date:
            self._merge([message_of(push)])
            return False
        self.messages.append(message_of(push))
        return True

    def update(self, event: MessageUpdated, now: Timestamp) -> Message | None:
        """Take a change of a message; what it was before, None when it is not here.

        No event tells when: `now` stands in for it until the next fetch.
        """
        elsewhere = None if self.visited is None else self.visited.update(event, now)
        guids = [message.guid for message in self.messages]
        if event.guid not in guids:
            return elsewhere
        index = guids.index(event.guid)
        before = self.messages[index]
        if event.change == "deleted":
            # Another list, as everywhere here: who holds the one of before may compare.
            self.messages = self.messages[:index] + self.messages[index + 1 :]
            if event.guid == self.new_from:
                self._mark_new(self.new_count - 1)
            return before
        after = msgspec.structs.replace(before, **_changes(before, event, now))
        if after != before:
            self.messages[index] = after
        return before

    def open(self, unread: int) -> None:
        """The reader opens it: the last `unread` of others' messages are new to them."""
        self._unread_when_opened = unread
        self.leave_visit()
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
        by_guid = {message.guid: message for message in self.messages}
        for message in messages:
            # One that says the same stays the same object: it is not drawn again.
            if by_guid.get(message.guid) != message:
                by_guid[message.guid] = message
        self.messages = sorted(by_guid.values(), key=_order)


def _order(message: Message) -> tuple[Timestamp, int]:
    return (message.date, message.id)


def _changes(
    before: Message, event: MessageUpdated, now: Timestamp
) -> dict[str, object]:
    """The members of a message that an event changes.

    No event tells parts: other words stand above the files until the next fetch.
    """
    match event.change:
        case "edited":
            since = before.date_edited or before.date
            earlier = (*before.edits, Edit(text=before.text or "", date=since))
            is_other = event.text != before.text
            return {
                "text": event.text,
                "line": event.line or before.line,
                "date_edited": now,
                "edits": earlier if is_other else before.edits,
                "parts": () if is_other else before.parts,
            }
        case "unsent":
            return {
                "text": None,
                "line": event.line or "Unsent",
                "retracted": True,
                "attachments": (),
                "parts": (),
                "reactions": (),
            }
        case "text":
            is_other = event.text != before.text
            return {
                "text": event.text,
                "line": event.line or before.line,
                "parts": () if is_other else before.parts,
            }
        case "reaction":
            return {"reactions": event.reactions or ()}
        case "delivered":
            return {"date_delivered": before.date_delivered or now}
        case "read" if before.is_from_me:
            return {"date_read": before.date_read or now}
        case "read":
            return {"is_read": True}
    return {}


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
        sender_short_name=push.sender_short_name,
    )
