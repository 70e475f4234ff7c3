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

from jarvis.protocol.codes import WireError
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


def _said(description: str, **bounds: Any) -> msgspec.Meta:
    """What a param means, in a sentence, and between which bounds it lies."""
    return msgspec.Meta(description=description, **bounds)


Limit = Annotated[int, _said("How many at most.", ge=1, le=500)]
Few = Annotated[int, _said("How many at most.", ge=1, le=5)]
ChatId = Annotated[
    str,
    _said("The guid of any chat of the conversation.", min_length=1, max_length=1024),
]
MessageId = Annotated[int, _said("The id of a message of this conversation.")]
Seq = Annotated[int, _said("The number of the last event that was seen.", ge=0)]
Epoch = Annotated[str, _said("The history that number is of; this one, if left out.")]
EventNames = Annotated[list[str], _said("Which events; new_message, if left out.")]
Streamed = Annotated[bool, _said("Whether tokens come as they are written.")]
Handles = Annotated[list[str], _said("Numbers and addresses.", max_length=500)]


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
    before: Annotated[str | None, _said("`next` of the page before.")] = None
    query: Annotated[str | None, _said("Words of a title, a name or a number.")] = None
    folder: Annotated[
        Folder | Literal["all"], _said("Where the conversations are kept.")
    ] = "inbox"


class ListConversations(Record, frozen=True, kw_only=True):
    """Newest first; `next` is the cursor of the following page, null at the end."""

    conversations: tuple[Conversation, ...]
    total_count: int
    next: str | None = None


class ListMessagesParams(Params, frozen=True):
    chat_id: ChatId
    limit: Limit = 50
    before: MessageId | None = None
    after: MessageId | None = None
    around: MessageId | None = None


class ListMessages(Record, frozen=True, kw_only=True):
    """Oldest first. `has_more`: whether there are more in the direction asked for."""

    messages: tuple[Message, ...]
    has_more: bool


class ResolveContactsParams(Params, frozen=True):
    identifiers: Handles | None = None
    handles: Handles | None = None


# --- what the model writes -----------------------------------------------------------


class GenerateDraftParams(Params, frozen=True):
    chat_id: ChatId
    instruction: (
        Annotated[str, _said("What the reply is to say or be like.", max_length=4000)]
        | None
    ) = None
    num_suggestions: Few = 1
    context_messages: Annotated[
        int, _said("How many of the newest messages are read.", ge=1, le=100)
    ] = 20
    skip_cache: Annotated[bool, _said("Write anew also what is ready.")] = False
    only_if_expected: Annotated[
        bool, _said("Answer without suggestions when no reply is expected.")
    ] = False
    stream: Streamed = True


class SummarizeParams(Params, frozen=True):
    chat_id: ChatId
    num_messages: Limit = 50
    stream: Streamed = True


class GetSmartRepliesParams(Params, frozen=True):
    last_message: Annotated[
        str | None, _said("What is to be answered; or name the conversation.")
    ] = None
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
    limit: Annotated[int, _said("How many at most.", ge=1, le=100)] = 20
    threshold: (
        Annotated[float, _said("The least similarity; the model's own.", ge=0, le=1)]
        | None
    ) = None
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
    requests: Annotated[list[BatchCall], _said("The calls.", max_length=50)]


class BatchResult(Record, frozen=True, kw_only=True):
    """What became of one call: it has `result` or `error`, never both."""

    id: str | int | float | None
    result: Any = msgspec.UNSET
    error: WireError | msgspec.UnsetType = msgspec.UNSET


class BatchResults(Record, frozen=True, kw_only=True):
    """In the order of the requests."""

    results: tuple[BatchResult, ...]


# --- prefetch and routing ------------------------------------------------------------


class GetRoutingMetricsParams(Params, frozen=True):
    limit: Limit = 100


class RoutedRequest(Record, frozen=True, kw_only=True):
    """One answer: which path gave it and how long each phase took, in milliseconds.

    `timestamp`: seconds since 1970. `query_hash` stands for the text, which is not kept.
    `similarity_score` is 0 where nothing was compared.
    """

    timestamp: float
    query_hash: str
    routing_decision: Literal["cached", "past_reply", "model", "gated"]
    similarity_score: float
    cache_hit: bool
    model_loaded: bool
    embedding_computations: int
    vec_candidates: int
    latency: dict[str, float]
    total_latency_ms: float
    generation_time_ms: float
    tokens_per_second: float


class RoutingSummary(Record, frozen=True, kw_only=True):
    """Over all requests kept; `cache_hit_rate` is a percentage, 0..100."""

    total_requests: int
    avg_latency_ms: float
    p50_latency_ms: float
    p95_latency_ms: float
    cache_hit_rate: float
    decisions: dict[str, int]


class MethodFigures(Record, frozen=True, kw_only=True):
    """How one method was used, and how long it took, in milliseconds."""

    n: int
    p50_ms: float
    p95_ms: float
    errors: int
    cancelled: int


class RoutingMetrics(Record, frozen=True, kw_only=True):
    """The newest requests first; `methods` by name."""

    recent_requests: tuple[RoutedRequest, ...]
    summary: RoutingSummary
    methods: dict[str, MethodFigures]


class PrefetchCache(Record, frozen=True, kw_only=True):
    """Drafts made ready; `hit_rate` is in 0..1."""

    entries: int
    maxsize: int
    bytes: int
    hits: int
    misses: int
    evictions: int
    hit_rate: float


class PrefetchResources(Record, frozen=True, kw_only=True):
    """Whether this machine has room for prefetch; `battery` is in 0..1, or null."""

    can_prefetch: bool
    battery: float | None
    memory_available_mb: float
    reason: str | None = None


class PrefetchExecutor(Record, frozen=True, kw_only=True):
    """What became of the drafts that were to be made ready."""

    state: str
    scheduled: int
    executed: int
    cached: int
    skipped: int
    failed: int
    cancelled: int
    cache_hits: int
    total_cost_ms: float
    avg_latency_ms: float
    queue_size: int
    active_tasks: int
    workers: int
    resource_manager: PrefetchResources


class PrefetchInvalidator(Record, frozen=True, kw_only=True):
    """What was dropped, and why."""

    total_invalidations: int
    keys_invalidated: int
    by_reason: dict[str, int]


class PrefetchSource(Record, frozen=True, kw_only=True):
    """How often this source asked for a draft, got one, and had it used."""

    asked: int
    made: int
    used: int


class PrefetchStats(Record, frozen=True, kw_only=True):
    """`by_source`: focus, hover, new_message."""

    running: bool
    cache: PrefetchCache
    executor: PrefetchExecutor
    invalidator: PrefetchInvalidator
    by_source: dict[str, PrefetchSource]


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
    events: EventNames | None = None
    chat_id: ChatId | None = None
    since: Seq | None = None
    epoch: Epoch | None = None


class Subscribed(Record, frozen=True, kw_only=True):
    """Events up to `seq` of `epoch` are replayed now, where asked; later ones come live.

    `gap`: more was missed than can be replayed, so load everything anew.
    """

    subscription: str
    seq: int
    epoch: str
    gap: bool


class UnsubscribeParams(Params, frozen=True):
    subscription: str


class EventsPollParams(Params, frozen=True):
    since: Seq
    epoch: Epoch | None = None
    events: EventNames | None = None
    timeout_ms: Annotated[
        int, _said("How long to wait for a first event.", ge=0, le=60_000)
    ] = 25_000
    limit: Annotated[int, _said("How many at most.", ge=1, le=1000)] = 100


class PolledEvent(Record, frozen=True, kw_only=True):
    """A stored push: the name and params of the notification it would have been."""

    method: str
    params: Any


class PolledEvents(Record, frozen=True, kw_only=True):
    """Oldest first; `seq` is the `since` of the next poll.

    `gap`: more was missed than is kept, so load everything anew.
    """

    events: tuple[PolledEvent, ...]
    seq: int
    epoch: str
    gap: bool


# --- sending -------------------------------------------------------------------------


class SendMessageParams(Params, frozen=True):
    chat_id: ChatId
    text: Annotated[str, _said("What is sent.", min_length=1)]
    idempotency_key: Annotated[
        str,
        _said("The same for each try of one sending.", min_length=1, max_length=200),
    ]


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
