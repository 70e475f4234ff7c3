"""The conversation list: order, unread counts, and what a push changes in it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jarvis.protocol.events import ConversationChanged, NewMessage
from jarvis.protocol.methods.mail import ListConversations
from jarvis.records import ChatId, Conversation, Message


class Inbox:
    """Conversations newest first, as far as they have been fetched.

    Apple's unread counts stay Apple's: what was read here only hides that many of them
    for this run of the screen.
    """

    def __init__(self) -> None:
        self.conversations: list[Conversation] = []
        self.is_loaded = False
        self.total_count = 0
        self.next_cursor: str | None = None
        self._read_here: dict[ChatId, int] = {}
        self._pushed: set[str] = set()
        self.elsewhere: dict[ChatId, Conversation] = {}
        """Conversations that left the list, into another folder, while we looked."""

    def find(self, chat_id: ChatId) -> Conversation | None:
        """The conversation of that id, where it has been fetched."""
        index = self.position(chat_id)
        return None if index is None else self.conversations[index]

    def position(self, chat_id: ChatId) -> int | None:
        """Its place in the list, 0 is the newest."""
        for index, conversation in enumerate(self.conversations):
            if conversation.chat_id == chat_id:
                return index
        return None

    def unread(self, conversation: Conversation) -> int:
        """How many messages of it were read neither on the phone nor here."""
        read_here = self._read_here.get(conversation.chat_id, 0)
        return max(0, conversation.unread_count - read_here)

    @property
    def unread_total(self) -> int:
        """The sum of all badges."""
        return sum(self.unread(conversation) for conversation in self.conversations)

    def next_unread(self, after: ChatId | None) -> ChatId | None:
        """The next conversation with a badge below `after`, from the top again if none."""
        at = -1 if after is None else self.position(after)
        start = 0 if at is None else at + 1
        for conversation in self.conversations[start:] + self.conversations[:start]:
            if self.unread(conversation) and conversation.chat_id != after:
                return conversation.chat_id
        return None

    def mark_read(self, chat_id: ChatId) -> bool:
        """Hide its badge, because its end has been seen; whether there was one."""
        conversation = self.find(chat_id)
        if conversation is None or not self.unread(conversation):
            return False
        self._read_here[chat_id] = conversation.unread_count
        return True

    def replace(self, first_page: ListConversations) -> int:
        """Take a fresh first page; rows further down are kept.

        A row that would stand between two of the page and is not there has gone.
        Returns how many unread messages came since the list was last fetched.
        """
        before = {row.chat_id: row.unread_count for row in self.conversations}
        arrived = 0
        if self.is_loaded:
            arrived = sum(
                max(0, row.unread_count - before.get(row.chat_id, 0))
                for row in first_page.conversations
            )
        else:
            self.next_cursor = first_page.next
        self.is_loaded = True
        self._drop_gone(first_page)
        self._merge(first_page.conversations)
        self.total_count = max(first_page.total_count, len(self.conversations))
        return arrived

    def extend(self, page: ListConversations) -> None:
        """Take the page below those already known."""
        listed = {row.chat_id for row in self.conversations}
        self._merge(row for row in page.conversations if row.chat_id not in listed)
        self.next_cursor = page.next

    def meet(self, rows: Iterable[Conversation]) -> None:
        """Take rows of conversations that the list did not reach, or has in no folder."""
        for row in rows:
            if row.folder == "inbox":
                self._merge([row])
            else:
                self.elsewhere[row.chat_id] = row

    def receive(self, message: NewMessage) -> bool:
        """Take a push; False when its conversation is not known and must be fetched."""
        if message.guid in self._pushed:
            return True
        conversation = self.find(message.chat_id)
        if conversation is None:
            return message.chat_id in self.elsewhere
        self._pushed.add(message.guid)
        # The list may have been fetched after the message was written and before its
        # push was read: then it is in the row, and in the count, already.
        if (conversation.last_message_date, conversation.last_message_text) == (
            message.date,
            message.line,
        ):
            return True
        self._merge([_with_message(conversation, message)])
        return True

    def change(self, event: ConversationChanged) -> None:
        """Take a row as the daemon has it now: in its place, or off the list."""
        row, was_listed = event.conversation, self.find(event.chat_id) is not None
        is_gone = row.message_count == 0 and row.last_message_date is None
        self.elsewhere.pop(row.chat_id, None)
        if not is_gone and row.folder == "inbox":
            self._merge([row])
            self.total_count += not was_listed
            return
        if not is_gone:
            self.elsewhere[row.chat_id] = row
        if was_listed:
            self.conversations = [
                other for other in self.conversations if other.chat_id != row.chat_id
            ]
            self.total_count -= 1

    def last_changed(self, before: Message, newest: Message | None) -> None:
        """A message changed: where the row shows it, let it show the newest as it is."""
        row = self.find(before.chat_id)
        shown = (before.date, before.line)
        if row is None or (row.last_message_date, row.last_message_text) != shown:
            return
        if newest is not None and newest.date <= before.date:
            self._merge([_with_last(row, newest)])

    def _drop_gone(self, first_page: ListConversations) -> None:
        fresh = first_page.conversations
        is_all = first_page.next is None and first_page.total_count == len(fresh)
        last = "" if is_all or not fresh else fresh[-1].last_message_date or ""
        there = {row.chat_id for row in fresh}
        self.conversations = [
            row
            for row in self.conversations
            if row.chat_id in there
            or (not is_all and (row.last_message_date or "") <= last)
        ]

    def _merge(self, rows: Iterable[Conversation]) -> None:
        fresh = {row.chat_id: row for row in rows}
        for chat_id, row in fresh.items():
            if self._read_here.get(chat_id, 0) > row.unread_count:
                self._read_here[chat_id] = (
                    row.unread_count
                )  # read on the phone meanwhile
        kept = [row for row in self.conversations if row.chat_id not in fresh]
        self.conversations = sorted(
            [*fresh.values(), *kept],
            key=lambda row: row.last_message_date or "",
            reverse=True,
        )


def _with_last(conversation: Conversation, newest: Message) -> Conversation:
    return msgspec.structs.replace(
        conversation,
        last_message_text=newest.line,
        last_message_date=newest.date,
        last_message_is_from_me=newest.is_from_me,
        last_message_sender=newest.sender,
    )


def _with_message(conversation: Conversation, message: NewMessage) -> Conversation:
    """The row as it reads after the message; a back-dated one does not become its last."""
    changes: dict[str, object] = {"message_count": conversation.message_count + 1}
    if not message.is_from_me:
        changes["unread_count"] = conversation.unread_count + 1
    if message.date >= (conversation.last_message_date or ""):
        changes |= {
            "last_message_text": message.line,
            "last_message_date": message.date,
            "last_message_is_from_me": message.is_from_me,
            "last_message_sender": message.sender,
        }
    return msgspec.structs.replace(conversation, **changes)
