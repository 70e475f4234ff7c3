"""What of a message can be found, and by which words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from jarvis.records import ChatId, Message
from jarvis.search.worth import is_one_time_code, means_something
from jarvis.stores.handles import is_business
from jarvis.stores.index.records import USER, IndexedMessage

LONGEST_TEXT: Final = 100_000
"""Letters of a message that are looked at: a long novel is found by how it begins."""
NOBODY: Final = ""
"""The handle of who wrote in a group, nobody knows who."""


def is_findable(message: Message) -> bool:
    """Whether somebody could look for it: it was said, it stands, and is no code.

    What waits to be sent is not said yet; reactions are no messages at all.
    """
    if message.kind in ("event", "scheduled") or message.retracted:
        return False
    if message.is_secret or (_is_of_machine(message) and _holds_code(message)):
        return False
    return bool((message.text or "").strip() or message.parts)


def handle_of(message: Message) -> str | None:
    """By which address its sender is found; null for the user."""
    return None if message.is_from_me else message.sender or NOBODY


def indexed(
    messages: Iterable[Message],
    chats: Mapping[ChatId, int],
    senders: Mapping[str, int],
) -> list[IndexedMessage]:
    """Findable messages as the index takes them; `chats` and `senders` are its numbers."""
    made = []
    for message in messages:
        handle = handle_of(message)
        text = _words(message)
        made.append(
            IndexedMessage(
                id=message.id,
                chat=chats[message.chat_id],
                sender=USER if handle is None else senders[handle],
                date_ms=_ms(message),
                text=text,
                extra=" ".join(_extra(message)),
                has_attachment=bool(message.attachments),
                embed=means_something(text) and not _is_of_machine(message),
            )
        )
    return made


def _words(message: Message) -> str:
    """What its sender wrote; what an app painted is not the sender's."""
    text = "" if message.kind in ("app", "poll") else message.text or ""
    return text.strip()[:LONGEST_TEXT]


def _extra(message: Message) -> Iterator[str]:
    """Other words it is found by: names of files, what a picture or an app shows."""
    yield from (attachment.name for attachment in message.attachments)
    yield from (part.text for part in message.parts if part.kind != "text")


def _is_of_machine(message: Message) -> bool:
    return not message.is_from_me and bool(
        message.sender and is_business(message.sender)
    )


def _holds_code(message: Message) -> bool:
    return is_one_time_code((message.text or "")[:LONGEST_TEXT])


def _ms(message: Message) -> int:
    return round(datetime.fromisoformat(message.date).timestamp() * 1000)
