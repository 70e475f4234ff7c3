"""One row of message as Jarvis reads it, and what kind of thing it is to a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

import msgspec

from jarvis.stores.chatdb.files import AttachmentRow

Nature = Literal["message", "event", "reaction", "hidden"]

URL_BALLOON: Final = "com.apple.messages.URLBalloonProvider"
_SCHEDULED: Final = 2
_STICKER_ON_MESSAGE: Final = 1000


# The view casts what stands in each column.
_files: Final = msgspec.json.Decoder(list[tuple[Any, ...]])


class MessageRow(NamedTuple):
    """The columns of message_row, in its order; see chatdb_part_message_row.sql."""

    rowid: int
    guid: str
    text: str | None
    body: bytes | None
    subject: str | None
    sender: str | None
    is_from_me: int
    service: str | None
    date: int | None
    date_read: int | None
    date_delivered: int | None
    date_edited: int | None
    is_read: int
    error: int | None
    item_type: int | None
    group_action_type: int | None
    group_title: str | None
    share_status: int | None
    other_handle: int | None
    other: str | None
    associated_guid: str | None
    associated_type: int | None
    balloon: str | None
    payload: bytes | None
    summary_info: bytes | None
    thread_originator: str | None
    is_audio: int | None
    is_expirable: int | None
    was_detonated: int | None
    is_spam: int | None
    schedule_type: int | None
    attachments: str | None
    reactions: str | None
    has_files: int | None

    @property
    def nature(self) -> Nature:
        """What the row is: only messages and events are shown in a thread."""
        if self.item_type:
            return "event"
        association = self.associated_type
        if not association or association < _STICKER_ON_MESSAGE:
            return "message"
        is_tapback = 2000 <= association <= 2007 or 3000 <= association <= 3007
        return (
            "reaction" if is_tapback or association == _STICKER_ON_MESSAGE else "hidden"
        )

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits to be sent at its date."""
        return self.schedule_type == _SCHEDULED

    def files(self) -> tuple[AttachmentRow, ...]:
        """Its files in the order in which they were joined, hidden ones too."""
        if self.attachments is None:
            return ()
        return tuple(map(AttachmentRow._make, _files.decode(self.attachments)))


def _columns(*names: str) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    return itemgetter(*map(MessageRow._fields.index, names))


beside_the_text: Final = _columns(
    "subject",
    "date_edited",
    "error",
    "item_type",
    "balloon",
    "is_audio",
    "was_detonated",
    "schedule_type",
    "attachments",
    "has_files",
)
"""What makes of a row more than its text: all of it is null or 0 in most rows."""

of_plain_row: Final = _columns(
    "rowid",
    "guid",
    "body",
    "sender",
    "is_from_me",
    "service",
    "date",
    "date_read",
    "date_delivered",
    "is_read",
    "summary_info",
    "thread_originator",
    "reactions",
)
"""All that a message is made of where there is nothing beside its text."""
