"""The catalogue: every method of the contract, its params, its result, in one place.

Handlers, client, docs/protocol.md and the contract files all come from here; the rooms
beside hold the Structs. Only additions are allowed once released.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from jarvis.protocol.methods.base import NoParams, Params, Success
from jarvis.protocol.methods.batch import BatchParams, BatchResults
from jarvis.protocol.methods.learning import GetVoiceParams, KnownVoice, Trend
from jarvis.protocol.methods.mail import (
    ListConversations,
    ListConversationsParams,
    ListMessages,
    ListMessagesParams,
    ResolveContactsParams,
    ResolveConversationParams,
    ResolvedConversation,
    SendMessageParams,
    Sent,
)
from jarvis.protocol.methods.models import (
    ListModels,
    ModelParams,
    PulledModel,
    PullModelParams,
)
from jarvis.protocol.methods.prefetch import (
    Invalidated,
    Prefetched,
    PrefetchFocusParams,
    PrefetchHoverParams,
    PrefetchInvalidateParams,
    PrefetchStats,
)
from jarvis.protocol.methods.pushes import (
    EventsPollParams,
    PolledEvents,
    Subscribed,
    SubscribeParams,
    UnsubscribeParams,
)
from jarvis.protocol.methods.routing import GetRoutingMetricsParams, RoutingMetrics
from jarvis.protocol.methods.search import (
    IndexControlParams,
    IndexState,
    SearchResults,
    SemanticSearchParams,
)
from jarvis.protocol.methods.status import (
    ForgetParams,
    Forgotten,
    HelloParams,
    Ping,
    Status,
)
from jarvis.protocol.methods.writing import (
    GenerateDraftParams,
    GetSmartRepliesParams,
    RecordFeedbackParams,
    SmartReplies,
    SummarizeParams,
)
from jarvis.records import Draft, Summary

PROTOCOL_VERSION: Final = 1
"""Rises when the catalogue gains something a client may want to ask for."""


class Method(msgspec.Struct, frozen=True, eq=False):
    """One entry of the catalogue; `summary` is one sentence."""

    name: str
    params: type[Params]
    result: Any
    summary: str
    streams: bool = False


_CATALOGUE: Final = (
    Method("ping", NoParams, Ping, "Health, versions and what is ready."),
    Method("hello", HelloParams, Success, "Say what this client is going to do."),
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
        "resolve_conversation",
        ResolveConversationParams,
        ResolvedConversation,
        "Which conversation a person means by a name.",
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
    Method(
        "get_voice",
        GetVoiceParams,
        KnownVoice,
        "What is known of the way the user writes in a conversation.",
    ),
    Method("get_trend", NoParams, Trend, "How often suggestions are used, by week."),
    Method("list_models", NoParams, ListModels, "Models at hand."),
    Method("use_model", ModelParams, Success, "Choose the model."),
    Method("remove_model", ModelParams, Success, "Delete a downloaded model."),
    Method("pull_model", PullModelParams, PulledModel, "Download a model."),
    Method("index_control", IndexControlParams, IndexState, "Steer the search index."),
    Method("forget", ForgetParams, Forgotten, "Delete what Jarvis has stored."),
    Method("get_status", NoParams, Status, "The state of every part."),
    Method("rpc.discover", NoParams, dict[str, Any], "The OpenRPC document."),
    Method("shutdown", NoParams, Success, "Drain and exit."),
)

METHODS: Final[Mapping[str, Method]] = {method.name: method for method in _CATALOGUE}
