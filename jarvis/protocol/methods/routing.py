"""Which path answered, and how long it took."""

from __future__ import annotations

import msgspec

from jarvis.protocol.methods.base import Limit, Params
from jarvis.records import Record, Route


class GetRoutingMetricsParams(Params, frozen=True):
    limit: Limit = 100


class RoutedRequest(Record, frozen=True, kw_only=True):
    """One answer: which path gave it and how long each phase took, in milliseconds.

    `timestamp`: seconds since 1970. `query_hash` stands for the text, which is not kept.
    `similarity_score` is 0 where nothing was compared. `prefetched`: the draft, or the
    beginning of it, was made ready before anybody asked.
    """

    timestamp: float
    query_hash: str
    routing_decision: Route
    similarity_score: float
    cache_hit: bool
    model_loaded: bool
    embedding_computations: int
    vec_candidates: int
    latency: dict[str, float]
    total_latency_ms: float
    generation_time_ms: float
    tokens_per_second: float
    prefetched: bool = False


class RoutingSummary(Record, frozen=True, kw_only=True):
    """Over all requests kept; `cache_hit_rate` is a percentage, 0..100.

    `prefetched`: how many were answered by what was made ready before.
    """

    total_requests: int
    avg_latency_ms: float
    p50_latency_ms: float
    p95_latency_ms: float
    cache_hit_rate: float
    decisions: dict[str, int]
    prefetched: int = 0


class MethodFigures(Record, frozen=True, kw_only=True):
    """How one method was used, and how long it took, in milliseconds."""

    n: int
    p50_ms: float
    p95_ms: float
    errors: int
    cancelled: int


class RoutingMetrics(Record, frozen=True, kw_only=True):
    """The newest requests first; `methods` by name.

    `dropped`: how many texts of the model were not offered as suggestions, by reason.
    """

    recent_requests: tuple[RoutedRequest, ...]
    summary: RoutingSummary
    methods: dict[str, MethodFigures]
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
