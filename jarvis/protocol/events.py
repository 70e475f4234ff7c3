"""The catalogue of pushes and stream notifications: names and the shape of their params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from jarvis.protocol.methods.prefetch import PrefetchStats
from jarvis.protocol.methods.routing import RoutingMetrics
from jarvis.protocol.methods.search import IndexState
from jarvis.records import (
    ChatId,
    Conversation,
    Draft,
    PrefetchOrigin,
    Reaction,
    Record,
    StreamPhase,
    Timestamp,
)


class NewMessage(Record, frozen=True, kw_only=True):
    """A message was written; `late` when it is older than ten minutes.

    `sender_short_name` as in Message.
    """

    message_id: int
    guid: str
    chat_id: ChatId
    sender: str | None
    sender_name: str | None
    text: str | None
    line: str
    date: Timestamp
    is_from_me: bool
    late: bool
    seq: int
    epoch: str
    sender_short_name: str | None = None


MessageChange = Literal[
    "edited", "unsent", "read", "delivered", "reaction", "text", "deleted"
]
ConversationChange = Literal["unread", "title", "participants", "folder", "event"]


class MessageUpdated(Record, frozen=True, kw_only=True):
    """A message changed after it was pushed or listed: what it says now.

    `text`: its words, files or a failure came later than itself. `reaction`: also a vote.
    """

    guid: str
    message_id: int
    chat_id: ChatId
    change: MessageChange
    seq: int
    epoch: str
    text: str | None = None
    line: str | None = None
    reactions: tuple[Reaction, ...] | None = None


class ConversationChanged(Record, frozen=True, kw_only=True):
    """A row of the conversation list changed other than by a new message.

    `unread`: also with mail that is not pushed, of shops, banks and strangers.
    `participants`: also the service they are reached by. `event`: somebody joined, left, or
    the like; without a message left in it (`message_count` 0) it is no longer listed.
    """

    chat_id: ChatId
    change: ConversationChange
    conversation: Conversation
    seq: int
    epoch: str


class SendStatus(Record, frozen=True, kw_only=True):
    """How far a sent message has come."""

    idempotency_key: str
    chat_id: ChatId
    status: Literal["accepted", "sent", "delivered", "read", "failed", "unknown"]
    seq: int
    epoch: str
    guid: str | None = None
    reason: str | None = None


class PrefetchComplete(Record, frozen=True, kw_only=True):
    """A draft is ready before it was asked for."""

    chat_id: ChatId
    source: PrefetchOrigin
    draft: Draft


class ModelProgress(Record, frozen=True, kw_only=True):
    """What the model is doing, from download to unload."""

    model: str
    state: Literal["downloading", "loading", "ready", "unloaded", "failed"]
    done_bytes: int | None = None
    total_bytes: int | None = None
    reason: str | None = None


class Metrics(Record, frozen=True, kw_only=True):
    """The results of get_routing_metrics and prefetch_stats, when they change."""

    routing: RoutingMetrics
    prefetch: PrefetchStats


class SubscriptionClosed(Record, frozen=True, kw_only=True):
    """No more events come on this subscription."""

    subscription: str
    reason: Literal["lagging", "shutdown"]
    seq: int


EVENTS: Final[Mapping[str, type[Record]]] = {
    "new_message": NewMessage,
    "message_updated": MessageUpdated,
    "conversation_changed": ConversationChanged,
    "send_status": SendStatus,
    "prefetch_complete": PrefetchComplete,
    "model_progress": ModelProgress,
    "index_progress": IndexState,
    "metrics": Metrics,
    "subscription.closed": SubscriptionClosed,
}
"""Every push by name. Only `new_message` comes without being asked for."""


class StreamToken(Record, frozen=True, kw_only=True):
    """A piece of a suggestion's or a summary's text, in order, counted from 0.

    After the last piece one with an empty text and `final`; then the response.
    """

    token: str
    index: int
    final: bool
    request_id: str | int | float | None
    suggestion: int


class StreamProgress(Record, frozen=True, kw_only=True):
    """What a streaming request is doing, so that a slow model is known from a dead one.

    `queued`: `done` of the `total` texts before it are written. `loading`: the model
    comes into memory. `reading`: `done` tokens of the prompt are read, of `total`.
    `writing`: `done` tokens are made. `total` is null where it cannot be known. It comes
    before the response, and only to requests that stream.
    """

    request_id: str | int | float | None
    phase: StreamPhase
    done: int
    total: int | None


class StreamError(Record, frozen=True, kw_only=True):
    """A stream broke off; the error response follows."""

    request_id: str | int | float | None
    code: int
    message: str


STREAM_TOKEN: Final = "stream.token"
STREAM_PROGRESS: Final = "stream.progress"
STREAM_ERROR: Final = "stream.error"
