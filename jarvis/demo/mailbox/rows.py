"""The rows of a chat.db while they are being made, one class for each kind of row.

Times are integers on Apple's clock: nanoseconds since 2001-01-01 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from jarvis.demo.typedstream import Run
from jarvis.records import Part

SqlValue = int | float | str | bytes | None

Kind = Literal[
    "text",
    "reply",
    "edited",
    "one_time_code",
    "url",
    "attachment",
    "audio",
    "sticker_alone",
    "app",
    "poll",
    "unsent",
    "partly_unsent",
    "expired",
    "failed",
    "scheduled",
    "unreadable",
    "tapback",
    "untapback",
    "sticker",
    "vote",
    "event",
    "unknown_association",
]
"""What a row of the message table is to a person."""


@dataclass(slots=True, eq=False)
class Handle:
    """An address on one service; the same address has a row for each service."""

    rowid: int
    address: str
    service: str
    country: str | None = None
    uncanonicalized: str | None = None


@dataclass(slots=True, eq=False)
class Chat:
    """A row of the chat table and the handles in it.

    conversation is equal in chats that a reader must show as one.
    """

    rowid: int
    guid: str
    is_group: bool
    identifier: str
    service: str
    handles: tuple[Handle, ...]
    group_id: str
    conversation: int
    name: str = ""
    is_filtered: int = 0
    is_archived: bool = False
    last_read: int = 0
    lookup: tuple[str, str] | None = None


@dataclass(slots=True, eq=False)
class File:
    """A row of the attachment table; guid is the transfer guid in the body."""

    guid: str
    name: str
    mime_type: str | None
    uti: str
    size_bytes: int
    path: str | None
    is_sticker: bool = False
    is_hidden: bool = False
    prompt: str | None = None


@dataclass(slots=True, eq=False)
class Message:
    """A row of the message table, and where it goes.

    text is what the row says, with U+FFFC where a file sits; None says nothing at all.
    body overrides the blob that text would give, parts its runs. expected_text is what a
    person reads where that is not just the words of text, expected_parts its parts where
    they are more than one text. columns holds the rarely used columns by name. arrived
    orders the rows: it differs from date only for history that iCloud fills in later.
    """

    guid: str
    kind: Kind
    date: int
    chat: Chat | None
    sender: Handle | None
    text: str | None
    service: str
    arrived: int
    has_text_column: bool = False
    has_body: bool = True
    is_read: bool = True
    body: bytes | None = None
    parts: Sequence[Run] | None = None
    files: tuple[File, ...] = ()
    columns: Mapping[str, SqlValue] = field(default_factory=dict)
    also_in: Chat | None = None
    deleted_at: int = 0
    note: str = ""
    expected_text: str | None = None
    expected_parts: tuple[Part, ...] | None = None
    rowid: int = 0

    @property
    def is_from_me(self) -> bool:
        """Whether the owner of the Mac wrote it."""
        return self.sender is None
