"""Which drafts a commit outdates, and what mail it brought. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from jarvis.daemon.inbox import ChangedRow, Committed
from jarvis.records import ChatId

ChatOf = Callable[[Iterable[int]], ChatId | None]
"""The conversation of chats by their ROWIDs; None where they are in none."""

_NOT_IN_A_DRAFT: Final = frozenset({"read", "delivered"})
"""Whether a message was read or delivered changes nothing that a draft is written from."""
_MAIL: Final = {False: "new message", True: "own message"}


class Outdated(msgspec.Struct, frozen=True):
    """Conversations whose drafts are outdated, with the reason; `everywhere`: all are.

    `read_to`: of those where only new mail is the reason, its newest message by ROWID. A
    draft is sometimes quicker than the inbox; what has read that message is true.
    """

    chats: dict[ChatId, str]
    everywhere: str | None = None
    read_to: dict[ChatId, int] = {}


class _Published(msgspec.Struct):
    """What is read of an event's params."""

    message_id: int = 0
    date: str = ""
    is_from_me: bool = False
    late: bool = False
    change: str = ""


def outdated_by(committed: Committed, chat_of: ChatOf) -> Outdated:
    """What must not be served after this commit.

    Words that were changed or taken back may stand as an example in drafts of any
    conversation.
    """
    if committed.reset is not None:
        return Outdated({}, committed.reset.value)
    chats: dict[ChatId, str] = {}
    read_to: dict[ChatId, int] = {}
    for event in committed.events:
        if event.name == "new_message" and event.chat_id is not None:
            pushed = _published(event.params)
            chats[event.chat_id] = _MAIL[pushed.is_from_me]
            read_to[event.chat_id] = max(
                pushed.message_id, read_to.get(event.chat_id, 0)
            )
    for arrival in committed.arrived:
        message = arrival.message
        chat_id = message.chat_id if message else chat_of(arrival.chat_rowids)
        if chat_id is not None:
            chats[chat_id] = _MAIL[arrival.is_from_me]
            read_to[chat_id] = max(arrival.rowid, read_to.get(chat_id, 0))
    for event in committed.events:
        if event.name != "conversation_changed" or event.chat_id is None:
            continue
        if _published(event.params).change != "unread":
            chats.setdefault(event.chat_id, "conversation changed")
            read_to.pop(event.chat_id, None)
    everywhere = None
    for row in committed.changed:
        if row.now is None or row.has_other_words:
            everywhere = "message deleted" if _is_gone(row) else "message edited"
        elif not _NOT_IN_A_DRAFT.issuperset(row.changes) and row.before.chat_id:
            chats[row.before.chat_id] = "reaction"
            read_to.pop(row.before.chat_id, None)
    return Outdated(chats, everywhere, read_to)


class MailEvent(NamedTuple):
    """A message that was written just now; `sent` is local time."""

    chat_id: ChatId
    message_id: int
    sent: datetime
    is_from_me: bool
    late: bool


def mail_in(committed: Committed) -> list[MailEvent]:
    """The messages of a commit that are pushed, in their order."""
    found = []
    for event in committed.events:
        if event.name == "new_message" and event.chat_id is not None:
            pushed = _published(event.params)
            sent = datetime.fromisoformat(pushed.date).astimezone()
            found.append(
                MailEvent(
                    event.chat_id,
                    pushed.message_id,
                    sent,
                    pushed.is_from_me,
                    pushed.late,
                )
            )
    return found


def _is_gone(row: ChangedRow) -> bool:
    return row.now is None or "unlinked" in row.changes


def _published(params: msgspec.Raw) -> _Published:
    return msgspec.json.decode(params, type=_Published)
