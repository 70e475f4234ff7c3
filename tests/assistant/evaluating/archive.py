"""Conversations made by hand, read at any place like those of chat.db."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from jarvis.records import ChatId, Message, PlainMessage, Timestamp
from tests.assistant.thread import CHAT, handle_of, thread

FIRST_MS = 1_763_452_800_000
"""18 November 2025, 8 o'clock UTC."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def said(
    *lines: str, chat_id: ChatId = CHAT, start_ms: int = FIRST_MS, first_id: int = 1
) -> list[PlainMessage]:
    """Messages from "Mia: text" or "Me: text", 10 minutes apart; "+9h" is a pause."""
    messages: list[PlainMessage] = []
    sent_ms = start_ms
    for line in lines:
        if line.startswith("+"):
            sent_ms += int(line.removeprefix("+").removesuffix("h")) * HOUR_MS
            continue
        name, text = line.split(": ", 1)
        messages.append(
            PlainMessage(
                id=first_id + len(messages),
                chat_id=chat_id,
                sender=None if name == "Me" else handle_of(name),
                sent_ms=sent_ms,
                text=text,
            )
        )
        sent_ms += 10 * MINUTE_MS
    return messages


def whole(message: PlainMessage) -> Message:
    """The same with all that hangs on a message."""
    name = "Me" if message.sender is None else "Mia"
    sent = datetime.fromtimestamp(message.sent_ms / 1000, UTC)
    (made,) = thread(f"{name}: {message.text}")
    return msgspec.structs.replace(
        made,
        id=message.id,
        guid=f"m-{message.id}",
        chat_id=message.chat_id,
        sender=message.sender,
        date=Timestamp(sent.isoformat(timespec="milliseconds")),
    )


class HandMade:
    """An archive of messages in the order of time."""

    def __init__(self, messages: Sequence[PlainMessage]) -> None:
        self.limits: list[int] = []
        self._messages = messages

    def others(self, chat_id: ChatId) -> tuple[str, ...]:
        """It is always Mia."""
        return ("Mia",)

    async def before(
        self, chat_id: ChatId, message_id: int, limit: int
    ) -> tuple[list[Message], bool]:
        """The messages of the conversation that stand before one."""
        self.limits.append(limit)
        chat = [each for each in self._messages if each.chat_id == chat_id]
        at = [each.id for each in chat].index(message_id)
        return [whole(each) for each in chat[max(at - limit, 0) : at]], at > limit

    async def message(self, message_id: int) -> list[Message]:
        """The one of this id."""
        return [whole(each) for each in self._messages if each.id == message_id]
