"""What the index is given and what it gives."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from jarvis.records import ChatId, Record

USER: Final = 0
"""The user's number among the senders."""


class IndexedMessage(Record, frozen=True, kw_only=True):
    """A message as it goes into the index.

    `chat` and `sender` are numbers (numbers.py), `sender` 0 the user. `extra` are other
    words it is found by: names and transcripts of its attachments. `embed`: its text gets a
    vector of its own.
    """

    id: int
    """chat.db's message.ROWID."""
    chat: int
    sender: int
    date_ms: int
    text: str
    extra: str = ""
    has_attachment: bool = False
    embed: bool = True


class StoredMessage(Record, frozen=True, kw_only=True):
    """A message as the index has it; `sender` is null for the user, "" for nobody knows."""

    id: int
    chat: int
    chat_id: ChatId
    sender: str | None
    date_ms: int
    text_id: int
    text: str
    extra: str
    has_attachment: bool


class Filters(Record, frozen=True, kw_only=True):
    """What a message must be, exactly; what is null is not asked.

    An empty tuple of chats or senders lets nothing through. `after_ms` is inclusive,
    `before_ms` exclusive.
    """

    chats: tuple[int, ...] | None = None
    senders: tuple[int, ...] | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    from_me: bool | None = None
    has_attachment: bool | None = None


class Segment(Record, frozen=True, kw_only=True):
    """Messages of one conversation in a row, the first to the last by date and id."""

    chat: int
    first_ms: int
    first_id: int
    last_ms: int
    last_id: int
    is_open: bool = False


class Kind(IntEnum):
    """What a vector is of."""

    TEXT = 0
    SEGMENT = 1


class Ref(NamedTuple):
    """A text or a segment, by its number."""

    kind: Kind
    id: int


class Wanted(NamedTuple):
    """What is to be embedded; a text is one text, a segment's are told oldest first.

    `title` is what the segment's conversation is called, "" where nobody knows.
    """

    ref: Ref
    texts: tuple[str, ...]
    title: str = ""


class KeywordHit(NamedTuple):
    """A message that has words of the query.

    `score` is higher for better. `matched` are the places of the words it has, in the
    query; `coverage` is how much they weigh of all its words, 0..1: rare words weigh more.
    """

    id: int
    score: float
    matched: frozenset[int]
    coverage: float


class IndexModel(NamedTuple):
    """A model whose vectors are here; `is_active`: they are all there, and they answer."""

    id: int
    name: str
    dims: int
    mean: bytes
    is_active: bool


class CodeChunk(NamedTuple):
    """256 slots as they are stored (codes.py); `first_slot` counts within the model."""

    first_slot: int
    live: bytes
    codes: bytes
    places: bytes


class StoredRow(NamedTuple):
    """A vector: about `v`, int8 a dimension, times `scale`; `slot` as the model counts."""

    slot: int
    ref: Ref
    scale: float
    v: bytes
