"""Plain messages, and the reply history that the assistant makes of them."""

from __future__ import annotations

from collections.abc import Iterable

from jarvis.assistant.history.building import HistoryBuilder
from jarvis.assistant.history.examples import Example
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.records import ChatId, PlainMessage
from tests.assistant.thread import CHAT, handle_of

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
GROUP = ChatId("iMessage;+;chat100")


def said(
    *entries: str, chat_id: ChatId = CHAT, first_id: int = 1
) -> list[PlainMessage]:
    """Messages from "Name: text" or "Me: text"; "+3h" or "+2m" lets time go by.

    Ids count from first_id. A minute lies between two messages, and all of them are as
    many days after 1970 as first_id has hundreds.
    """
    messages: list[PlainMessage] = []
    sent_ms = first_id // 100 * 24 * HOUR_MS
    for entry in entries:
        if entry[0] == "+":
            unit = HOUR_MS if entry[-1] == "h" else MINUTE_MS
            sent_ms += int(entry[1:-1]) * unit
            continue
        name, text = entry.split(": ", 1)
        sent_ms += MINUTE_MS
        message = PlainMessage(
            id=first_id + len(messages),
            chat_id=chat_id,
            sender=None if name == "Me" else handle_of(name),
            sent_ms=sent_ms,
            text=text,
        )
        messages.append(message)
    return messages


def answered(
    *pairs: tuple[str, str], chat_id: ChatId = CHAT, first_id: int = 1
) -> list[PlainMessage]:
    """A history in which each incoming message was answered, a day after the other."""
    entries: list[str] = []
    for incoming, reply in pairs:
        entries += [f"Mia: {incoming}", f"Me: {reply}", "+24h"]
    return said(*entries, chat_id=chat_id, first_id=first_id)


def example(incoming: str, reply: str) -> Example:
    """A message, and what the user answered."""
    return Example(
        chat_id=CHAT,
        incoming=incoming,
        incoming_ids=(-2,),
        sent_ms=0,
        reply=reply,
        reply_ids=(-1,),
    )


def history_of(messages: Iterable[PlainMessage] = ()) -> ReplyHistory:
    """What the user answered in these messages; in none, if left out."""
    return HistoryBuilder().update(messages)
