"""Conversations whose draft is ready before it is asked for, as far as the daemon told."""

from __future__ import annotations

from typing import Any

from jarvis.protocol.events import (
    ConversationChanged,
    MessageUpdated,
    NewMessage,
    PrefetchComplete,
)
from jarvis.records import ChatId


class Prepared:
    """Which drafts are ready; the daemon has them, and decides which it serves."""

    def __init__(self) -> None:
        """Nothing is ready, nor made ready, until the daemon says so."""
        self.is_on = False
        self.chats: frozenset[ChatId] = frozenset()

    def note(self, chat_id: ChatId, *, is_ready: bool) -> bool:
        """A draft is ready for this conversation, or no longer; whether that is new."""
        chats = self.chats | {chat_id} if is_ready else self.chats - {chat_id}
        return self._become(chats)

    def forget(self) -> bool:
        """Nobody knows of any; whether some were known."""
        return self._become(frozenset())

    def take(self, event: Any) -> bool:
        """What an event makes ready or outdates; whether that changes anything.

        Words that are changed or taken back may stand as an example in any draft.
        """
        match event:
            case PrefetchComplete():
                return self.note(event.chat_id, is_ready=True)
            case MessageUpdated(change="read" | "delivered"):
                return False
            case ConversationChanged(change="unread"):
                return False
            case MessageUpdated(change=change) if change != "reaction":
                return self.forget()
            case NewMessage() | MessageUpdated() | ConversationChanged():
                return self.note(event.chat_id, is_ready=False)
        return False

    def _become(self, chats: frozenset[ChatId]) -> bool:
        before, self.chats = self.chats, chats
        return chats != before
