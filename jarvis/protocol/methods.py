"""The catalogue: every method of the contract, its params, its result, in one place.

Handlers, client, docs/protocol.md and the contract files all come from here. The order of
a params Struct's fields is the order of positional params. `?` of the documentation is a
default here. Only additions are allowed once released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec

from jarvis.records import (
    Conversation,
    Draft,
    Folder,
    Message,
    Record,
    Summary,
    Timestamp,
)

PROTOCOL_VERSION: Final = 1
"""Rises when the catalogue gains something a client may want to ask for."""


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of all params: positional order is field order, strangers are refused."""


class NoParams(Params, frozen=True):
    """For methods that take none."""


Limit = Annotated[int, msgspec.Meta(ge=1, le=500)]
Few = Annotated[int, msgspec.Meta(ge=1, le=5)]
Seq = Annotated[int, msgspec.Meta(ge=0)]
ChatId = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class Success(Record, frozen=True, kw_only=True):
    """Done."""

    success: bool


# --- the daemon itself ---------------------------------------------------------------

PingStatus = Literal["ok", "starting", "degraded", "draining"]


class Ping(Record, frozen=True, kw_only=True):
    """Who answers, and whether it can work. `timestamp`: seconds since 1970."""

    status: PingStatus
    timestamp: float
    version: str
    protocol_version: int
    pid: int
    epoch: str | None
    uptime_s: float
    models_ready: bool
    can_send: bool


class Status(Record, frozen=True, kw_only=True):
    """Everything `jarvis status` shows, by part of the house."""

    daemon: dict[str, Any]
    stores: dict[str, Any]
    contacts: dict[str, Any]
    model: dict[str, Any]
    watcher: dict[str, Any]
    sessions: dict[str, Any]


# --- conversations and messages ------------------------------------------------------


class ListConversationsParams(Params, frozen=True):
    limit: Limit = 50
    before: str | None = None
    query: str | None = None
    folder: Folder | Literal["all"] = "inbox"


class ListConversations(Record, frozen=True, kw_only=True):
    """Newest first; `next` is the cursor of the following page, null at the end."""

    conversations: tuple[Conversation, ...]
    total_count: int
    next: str | None = None


class ListMessagesParams(Params, frozen=True):
    chat_id: ChatId
    limit: Limit = 50
    before: int | None = None
    after: int | None = None
    around: int | None = None


class ListMessages(Record, frozen=True, kw_only=True):
    """Oldest first. `has_more`: whether there are more in the direction asked for."""

    messages: tuple[Message, ...]
    has_more: bool


class ResolveContactsParams(Params, frozen=True):
    identifiers: Annotated[list[str], msgspec.Meta(max_length=500)] | None = None
    handles: Annotated[list[str], msgspec.Meta(max_length=500)] | None = None


# --- what the model writes -----------------------------------------------------------


class GenerateDraftParams(Params, frozen=True):
    chat_id: ChatId
    instruction: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    num_suggestions: Few = 1
    context_messages: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    skip_cache: bool = False
    only_if_expected: bool = False
    stream: bool = True


class SummarizeParams(Params, frozen=True):
    chat_id: ChatId
    num_messages: Limit = 50
    stream: bool = True


class GetSmartRepliesParams(Params, frozen=True):
    last_message: str | None = None
    chat_id: ChatId | None = None
    num_suggestions: Few = 3


class SmartReply(Record, frozen=True, kw_only=True):
    """A short answer; `score` is in 0..1, or null where nothing can be computed."""

    text: str
    score: float | None


class SmartReplies(Record, frozen=True, kw_only=True):
    suggestions: tuple[SmartReply, ...]
    route: str


class RecordFeedbackParams(Params, frozen=True):
    chat_id: ChatId
    action: Literal["sent", "edited", "dismissed", "copied"]
    suggestion_text: str
    edited_text: str | None = None
    context_messages: Any = None
    metadata: Any = None


# --- search --------------------------------------------------------------------------


class SearchFilters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after` is inclusive, `before` exclusive."""

    chat_id: ChatId | None = None
    sender: str | None = None
    after: Timestamp | None = None
    before: Timestamp | None = None


class SemanticSearchParams(Params, frozen=True):
    query: str
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    filters: SearchFilters | None = None
    mode: Literal["auto", "semantic", "keyword"] = "auto"


class FoundMessage(Record, frozen=True, kw_only=True):
    id: int
    chat_id: str
    text: str
    sender: str | None
    date: Timestamp


class SearchHit(Record, frozen=True, kw_only=True):
    """`similarity` is null for a hit by words alone."""

    message: FoundMessage
    similarity: float | None
    match: Literal["keyword", "semantic", "both"]
    highlights: tuple[tuple[int, int], ...]
    repeat_count: int
    context: tuple[FoundMessage, ...]


class SearchResults(Record, frozen=True, kw_only=True):
    results: tuple[SearchHit, ...]
    total_results: int | None
    mode_used: Literal["semantic", "keyword"]
    semantic_available: bool
    indexed: int
    total: int
    model: str | None
    took_ms: dict[str, float]
    reason: str | None = None


# --- several calls at once -----------------------------------------------------------


class BatchCall(msgspec.Struct, frozen=True):
    """One call of a batch; members other than these are ignored."""

    method: str
    params: dict[str, Any] | list[Any] | None = None
    id: str | int | float | None = None


class BatchParams(Params, frozen=True):
    requests: Annotated[list[BatchCall], msgspec.Meta(max_length=50)]


class BatchResults(Record, frozen=True, kw_only=True):
    """In the order of the requests; each has `result` or `error`."""

    results: tuple[dict[str, Any], ...]


# --- prefetch and routing ------------------------------------------------------------


class GetRoutingMetricsParams(Params, frozen=True):
    limit: Limit = 100


class RoutingMetrics(Record, frozen=True, kw_only=True):
    recent_requests: tuple[dict[str, Any], ...]
    summary: dict[str, Any]
    methods: dict[str, dict[str, float]]


class PrefetchStats(Record, frozen=True, kw_only=True):
    running: bool
    cache: dict[str, float]
    executor: dict[str, Any]
    invalidator: dict[str, Any]
    by_source: dict[str, dict[str, int]]


class PrefetchInvalidateParams(Params, frozen=True):
    chat_id: ChatId | None = None


class Invalidated(Record, frozen=True, kw_only=True):
    success: bool
    invalidated: int


class PrefetchFocusParams(Params, frozen=True):
    chat_id: ChatId
    num_suggestions: Few = 1


class PrefetchHoverParams(Params, frozen=True):
    chat_id: ChatId


class Prefetched(Record, frozen=True, kw_only=True):
    success: bool
    prefetched: bool
    draft: Draft | None = None


# --- pushes --------------------------------------------------------------------------


class SubscribeParams(Params, frozen=True):
    events: list[str] | None = None
    chat_id: ChatId | None = None
    since: Seq | None = None
    epoch: str | None = None


class Subscribed(Record, frozen=True, kw_only=True):
    subscription: str
    seq: int
    epoch: str
    gap: bool


class UnsubscribeParams(Params, frozen=True):
    subscription: str


class EventsPollParams(Params, frozen=True):
    since: Seq
    epoch: str | None = None
    events: list[str] | None = None
    timeout_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 25_000
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class PolledEvents(Record, frozen=True, kw_only=True):
    events: tuple[dict[str, Any], ...]
    seq: int
    epoch: str
    gap: bool


# --- sending -------------------------------------------------------------------------


class SendMessageParams(Params, frozen=True):
    chat_id: ChatId
    text: Annotated[str, msgspec.Meta(min_length=1)]
    idempotency_key: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Sent(Record, frozen=True, kw_only=True):
    status: Literal["sent", "failed", "unknown"]
    guid: str | None = None


# --- models, index, forgetting -------------------------------------------------------


class ModelParams(Params, frozen=True):
    model: str


class ListedModel(Record, frozen=True, kw_only=True):
    model: str
    kind: str
    size_bytes: int
    licence: str | None
    state: str
    active: bool
    path: str | None = None
    memory_bytes: int | None = None


class ListModels(Record, frozen=True, kw_only=True):
    models: tuple[ListedModel, ...]


class PulledModel(Record, frozen=True, kw_only=True):
    model: str
    path: str
    size_bytes: int


class IndexControlParams(Params, frozen=True):
    action: Literal["start", "pause", "rebuild"]


class IndexState(Record, frozen=True, kw_only=True):
    state: str


class ForgetParams(Params, frozen=True):
    what: Literal["index", "history", "everything"]


class Forgotten(Record, frozen=True, kw_only=True):
    success: bool
    freed_bytes: int


@dataclass(frozen=True, slots=True)
class Method:
    """One entry of the catalogue; `summary` is one sentence."""

    name: str
    params: type[Params]
    result: Any
    summary: str
    streams: bool = False


_CATALOGUE: Final = (
    Method("ping", NoParams, Ping, "Health, versions and what is ready."),
    Method(
        "list_conversations",
        ListConversationsParams,
        ListConversations,
        "Conversations, newest first.",
    ),
    Method(
        "list_messages",
        ListMessagesParams,
        ListMessages,
        "A page of one conversation, oldest first.",
    ),
    Method(
        "generate_draft",
        GenerateDraftParams,
        Draft,
        "Write reply suggestions for a conversation.",
        streams=True,
    ),
    Method(
        "summarize",
        SummarizeParams,
        Summary,
        "Summarize a conversation.",
        streams=True,
    ),
    Method(
        "get_smart_replies",
        GetSmartRepliesParams,
        SmartReplies,
        "Short answers, without the language model.",
    ),
    Method(
        "semantic_search",
        SemanticSearchParams,
        SearchResults,
        "Search the message history by meaning and by words.",
    ),
    Method(
        "batch", BatchParams, BatchResults, "Run several calls side by side in one."
    ),
    Method(
        "resolve_contacts",
        ResolveContactsParams,
        dict[str, str | None],
        "Names of handles, null where no contact card has them.",
    ),
    Method(
        "get_routing_metrics",
        GetRoutingMetricsParams,
        RoutingMetrics,
        "Which path answered, and how long it took.",
    ),
    Method("prefetch_stats", NoParams, PrefetchStats, "What prefetch has made."),
    Method(
        "prefetch_invalidate",
        PrefetchInvalidateParams,
        Invalidated,
        "Drop prefetched drafts of one chat, or all.",
    ),
    Method(
        "prefetch_focus",
        PrefetchFocusParams,
        Prefetched,
        "A conversation was opened: have a draft ready.",
    ),
    Method(
        "prefetch_hover",
        PrefetchHoverParams,
        Prefetched,
        "A conversation is looked at in a list.",
    ),
    Method("subscribe", SubscribeParams, Subscribed, "Choose and resume pushes."),
    Method("unsubscribe", UnsubscribeParams, Success, "End a subscription."),
    Method(
        "events.poll",
        EventsPollParams,
        PolledEvents,
        "Wait for events, for carriers without pushes.",
    ),
    Method(
        "send_message", SendMessageParams, Sent, "Send a message the user decided on."
    ),
    Method(
        "record_feedback",
        RecordFeedbackParams,
        Success,
        "Say what became of a suggestion.",
    ),
    Method("list_models", NoParams, ListModels, "Models at hand."),
    Method("use_model", ModelParams, Success, "Choose the model."),
    Method("remove_model", ModelParams, Success, "Delete a downloaded model."),
    Method("pull_model", ModelParams, PulledModel, "Download a model."),
    Method("index_control", IndexControlParams, IndexState, "Steer the search index."),
    Method("forget", ForgetParams, Forgotten, "Delete what Jarvis has stored."),
    Method("get_status", NoParams, Status, "The state of every part."),
    Method("rpc.discover", NoParams, dict[str, Any], "The OpenRPC document."),
    Method("shutdown", NoParams, Success, "Drain and exit."),
)

METHODS: Final[Mapping[str, Method]] = {method.name: method for method in _CATALOGUE}
