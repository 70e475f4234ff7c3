"""Finds the moments at which the user answered, and what was known at each; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from jarvis.assistant.history.building import HistoryBuilder
from jarvis.assistant.history.examples import ANSWER_MS, examples_of
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.records import ChatId, Message, PlainMessage, Record, Timestamp

_NO_MESSAGE: Final = -1


class Moment(Record, frozen=True):
    """A reply that the user sent to something; `reply_id` is its first message's ROWID.

    `sent_ms`, since 1970, is when it was sent; `sent` is all of it.
    """

    chat_id: ChatId
    reply_id: int
    sent_ms: int
    sent: str


class OthersTurn(Record, frozen=True):
    """Something that others wrote, up to the message of ROWID `message_id`.

    `is_answered`: the user wrote within 12 hours.
    """

    chat_id: ChatId
    message_id: int
    sent_ms: int
    is_answered: bool


def moments_of(history: Iterable[PlainMessage], last: int) -> list[Moment]:
    """The last replies to something, over all conversations, oldest first.

    Args:
        history: messages of any conversations, oldest first.
        last: how many at most.
    """
    moments = [
        Moment(
            chat_id=example.chat_id,
            reply_id=example.reply_ids[0],
            sent_ms=example.replied_ms,
            sent=example.reply,
        )
        for of_chat in _by_chat(history)
        for example in examples_of(of_chat)
        if example.reply
    ]
    return sorted(moments, key=lambda each: (each.sent_ms, each.reply_id))[-last:]


def turns_since(history: Sequence[PlainMessage], since_ms: int) -> list[OthersTurn]:
    """What others wrote from then on, oldest first, answered or not.

    What may still be answered, as 12 hours have not gone by, is left out.

    Args:
        history: messages of any conversations, oldest first.
        since_ms: milliseconds since 1970.
    """
    if not history:
        return []
    end_ms = history[-1].sent_ms
    turns = [
        OthersTurn(
            chat_id=turn.chat_id,
            message_id=turn.incoming_ids[-1],
            sent_ms=turn.sent_ms,
            is_answered=turn.is_answered,
        )
        for of_chat in _by_chat(history)
        for turn in examples_of([*of_chat, _too_late_for(of_chat[-1])])
        if turn.sent_ms >= since_ms
        and (turn.is_answered or turn.sent_ms + ANSWER_MS <= end_ms)
    ]
    return sorted(turns, key=lambda each: (each.sent_ms, each.message_id))


def as_it_stood(message: Message, moment_ms: int) -> Message:
    """The message in its words of that moment, and without reactions.

    When a reaction came stands nowhere, so it may have come later.
    """
    text = message.text
    edited = message.date_edited
    if edited is not None and message.edits and _ms(edited) > moment_ms:
        before = [each for each in message.edits if _ms(each.date) <= moment_ms]
        text = (before or message.edits[:1])[-1].text
    return replace(message, text=text, reactions=(), edits=())


class Growing:
    """A history that grows from moment to moment, and never knows what came after.

    The past of the first moment is taken in at once, as the daemon does when it starts;
    from there on message by message, as they came.
    """

    def __init__(self, history: Sequence[PlainMessage]) -> None:
        """Know nothing yet of a history, which is in the order of time."""
        self._history = history
        self._builder = HistoryBuilder()
        self._next = 0

    def before(self, sent_ms: int, message_id: int) -> ReplyHistory:
        """All that stands before this place; places are asked for in their order."""
        start = self._next
        while self._next < len(self._history):
            message = self._history[self._next]
            if (message.sent_ms, message.id) >= (sent_ms, message_id):
                break
            self._next += 1
        fresh = self._history[start : self._next]
        for batch in [fresh] if start == 0 else [(each,) for each in fresh]:
            self._builder.update(batch)
        return self._builder.update()


def _by_chat(history: Iterable[PlainMessage]) -> list[list[PlainMessage]]:
    chats: defaultdict[str, list[PlainMessage]] = defaultdict(list)
    for message in history:
        chats[message.chat_id].append(message)
    return list(chats.values())


def _too_late_for(message: PlainMessage) -> PlainMessage:
    """Something of the user's that no longer answers it: it ends the turn before."""
    sent_ms = message.sent_ms + ANSWER_MS + 1
    return replace(message, id=_NO_MESSAGE, sender=None, sent_ms=sent_ms)


def _ms(date: Timestamp) -> int:
    return round(datetime.fromisoformat(date).timestamp() * 1000)
