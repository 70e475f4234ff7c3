"""The nouns every floor shares: conversations, messages and what hangs on them.

Records are frozen and have the exact shape they have on the wire (docs/protocol.md), so
a store builds them once and the daemon encodes them as they are.
"""

from __future__ import annotations

from typing import Literal, NewType

import msgspec

Timestamp = NewType("Timestamp", str)
"""A moment: ISO 8601 in UTC with milliseconds, "2025-11-18T18:02:09.120Z".

Text, not datetime: it is what travels, it sorts as it reads, and a page of messages is
encoded without a conversion (docs/adr/0003-timestamps-are-text.md).
"""

ChatId = NewType("ChatId", str)
"""The guid of any chat of a conversation: the one thing that addresses it."""
Title = NewType("Title", str)
"""What a conversation is called on a screen: for the eye, it may be made up of names.

No address: a type of its own, so that no function takes one for the other.
"""

MessageKind = Literal[
    "text",
    "attachment",
    "audio",
    "app",
    "poll",
    "sticker",
    "event",
    "scheduled",
    "unknown",
]
ReactionKind = Literal[
    "love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"
]
PartKind = Literal["text", "file", "mark"]
Folder = Literal["inbox", "unknown", "junk", "archived"]
"""Where a conversation is kept; exactly one, `archived` before `junk` before `unknown`."""


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The base of all records: immutable, and made by the names of their fields.

    Message and Part may be made by position too, eight times as fast, which a page needs
    (docs/adr/0029-plain-rows-take-a-short-way.md).
    """


class Attachment(Record, frozen=True, kw_only=True):
    """A file that came with a message; `path` is null when it is not on this machine."""

    name: str
    mime_type: str | None
    size_bytes: int
    path: str | None
    is_missing: bool


class Part(Record, frozen=True, kw_only=False):
    """One piece of a message's body, where it stands in it.

    `text`: words, as they were written. `file`: one of the message's attachments,
    `attachment` is its place among them, counted from 0, null when nothing is known of it;
    `text` names it ("Photo"). `mark`: a small picture in the running text (a Genmoji, a
    sticker); `text` describes it.
    """

    kind: PartKind
    text: str
    attachment: int | None = None


class Reaction(Record, frozen=True, kw_only=True):
    """One person's tapback as it stands now.

    `sender` is null for the user's own, which `is_from_me` tells, and where nobody knows
    whose it is.
    """

    kind: ReactionKind
    sender: str | None
    is_from_me: bool
    emoji: str | None = None


class Edit(Record, frozen=True, kw_only=True):
    """What a message said before it was edited, and since when it had said so."""

    text: str
    date: Timestamp


class Message(Record, frozen=True, kw_only=False):
    """One message of a conversation.

    `id` is its ROWID in chat.db; `guid` is what stays the same when the file is rebuilt.
    `sender` is null for the user, which `is_from_me` tells, and in a group where nobody
    knows who wrote it. `text` is what was written ("" when there are only attachments, null
    for events and unsent messages); `line` is the one-line form for lists and is always
    there. `edits` are earlier versions, oldest first. `is_secret`: it holds a one-time
    code, which its line does not tell. `parts` is the body in its order; events and unsent
    messages have none. `sender_short_name` is what the sender is called in this
    conversation, two of one first name told apart; null where no card has them.
    """

    id: int
    guid: str
    chat_id: ChatId
    sender: str | None
    sender_name: str | None
    text: str | None
    line: str
    date: Timestamp
    is_from_me: bool
    service: str | None
    kind: MessageKind
    is_read: bool
    date_delivered: Timestamp | None = None
    date_read: Timestamp | None = None
    date_edited: Timestamp | None = None
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    retracted: bool = False
    is_secret: bool = False
    edits: tuple[Edit, ...] = ()
    parts: tuple[Part, ...] = ()
    sender_short_name: str | None = None


class PlainMessage(Record, frozen=True, kw_only=True):
    """What somebody wrote, without what hangs on it: for reading many at a time.

    `chat_id` is the conversation's; `sender` is null for the user, "" where nobody knows
    who wrote it. `sent_ms` counts from 1970. Events, unsent and scheduled messages,
    one-time codes, messages without a word and the user's own with a mark in them are none.
    """

    id: int
    chat_id: ChatId
    sender: str | None
    sent_ms: int
    text: str


class Conversation(Record, frozen=True, kw_only=True):
    """One row of the conversation list; `last_message_text` is that message's `line`.

    `participants` are addresses; `people` is how many others they are of.
    """

    chat_id: ChatId
    display_name: Title
    participants: tuple[str, ...]
    is_group: bool
    service: str | None
    folder: Folder
    last_message_text: str | None
    last_message_date: Timestamp | None
    last_message_is_from_me: bool
    last_message_sender: str | None
    message_count: int
    unread_count: int
    people: int = 0


class Timing(Record, frozen=True, kw_only=True):
    """How long an answer took, in milliseconds; null where nothing was generated."""

    queued_ms: float
    first_token_ms: float | None
    total_ms: float
    tokens_per_second: float | None


FinishReason = Literal["stop", "length"]
"""`stop`: the model ended, or a stop string came; `length`: max_tokens were made."""
StreamPhase = Literal["queued", "loading", "reading", "writing"]
"""What a text is at; StreamProgress says what is counted in each."""
SuggestionSource = Literal["model", "past_reply", "scripted"]
"""Who wrote it; `past_reply` is of older daemons (docs/adr/0040)."""
Route = Literal["cached", "past_reply", "model", "gated"]
"""Which path answered; `past_reply`: rules, for short answers (docs/adr/0040)."""

PrefetchOrigin = Literal["focus", "hover", "new_message"]
"""Why a draft is made ready: a conversation was opened, looked at, or has new mail."""


class Suggestion(Record, frozen=True, kw_only=True):
    """One reply that could be sent.

    `confidence` is in 0..1 or null where there is nothing to compute it from; how it is
    computed stands in assistant/drafting/confidence.py, its factors in `confidence_parts`.
    `suggestion` is the number of the stream its tokens came on. `foreign` are its links
    and numbers that stand neither in the conversation nor in what the user wrote before:
    look at them before you send it. `finish_reason`: `length` when the model was cut short
    and the text ends with its last whole sentence; null where no model wrote it.
    """

    text: str
    confidence: float | None
    source: SuggestionSource
    suggestion: int
    confidence_parts: dict[str, float] | None = None
    foreign: tuple[str, ...] = ()
    finish_reason: FinishReason | None = None


class ContextUsed(Record, frozen=True, kw_only=True):
    """What a draft was written from."""

    num_messages: int
    participants: tuple[str, ...]
    last_message: str | None


class Draft(Record, frozen=True, kw_only=True):
    """The answer to generate_draft, suggestions in order of merit.

    `route`: `gated` when no reply is expected. `reason` says why, or what is missing for a
    model to write. `calibrated`: the confidences were held against what became of earlier
    suggestions.
    """

    suggestions: tuple[Suggestion, ...]
    context_used: ContextUsed
    from_cache: bool
    prefetched: bool
    streamed: bool
    tokens_generated: int
    model: str | None
    route: Route
    gated: bool
    timing: Timing
    reason: str | None = None
    calibrated: bool = False


class Summary(Record, frozen=True, kw_only=True):
    """The answer to summarize; `sources[i]` are the message ids behind `key_points[i]`.

    A point with a name, number or time that is not in the messages is left out. `foreign`
    are those of the first line, which streams before it can be checked.
    """

    summary: str
    key_points: tuple[str, ...]
    sources: tuple[tuple[int, ...], ...]
    message_count: int
    from_cache: bool
    streamed: bool
    tokens_generated: int
    model: str | None
    timing: Timing
    foreign: tuple[str, ...] = ()


class Estimate(Record, frozen=True, kw_only=True):
    """A share, a mean or a difference of them, over `count` values, with its 95 % interval.

    Nulls where there are no values.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int
