"""From messages as they stand in chat.db now to what a search shows of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from jarvis.protocol.methods.search import FoundMessage
from jarvis.records import Message
from jarvis.stores.chatdb import Directory
from jarvis.stores.index.records import StoredMessage


def still_says(message: Message, indexed: StoredMessage) -> bool:
    """Whether a message is what was found, and not edited, unsent or hidden since.

    A hit that is not will be found as it is now in a moment: the index follows.
    """
    if message.retracted or message.is_secret or message.kind in ("event", "scheduled"):
        return False
    return not indexed.text or (message.text or "").strip() == indexed.text


def shown_text(message: Message) -> str:
    """Its words; of what has none, or holds a one-time code, the line of the list."""
    return message.line if message.is_secret else message.text or message.line


def found_message(message: Message, directory: Directory) -> FoundMessage:
    """The message as a hit shows it."""
    chat = directory.find(message.chat_id)
    return FoundMessage(
        id=message.id,
        chat_id=message.chat_id,
        text=shown_text(message),
        sender=message.sender,
        date=message.date,
        is_from_me=message.is_from_me,
        sender_name=message.sender_name,
        chat_name=None if chat is None else chat.title,
    )


def context_of(
    messages: Iterable[Message], directory: Directory
) -> tuple[FoundMessage, ...]:
    """Messages beside a hit, oldest first."""
    ordered = sorted(messages, key=lambda each: (each.date, each.id))
    return tuple(found_message(each, directory) for each in ordered)
