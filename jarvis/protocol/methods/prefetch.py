"""Drafts made ready before they are asked for."""

from __future__ import annotations

from jarvis.protocol.methods.base import ChatIdParam, Few, Params
from jarvis.records import Draft, Record


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
    chat_id: ChatIdParam | None = None


class Invalidated(Record, frozen=True, kw_only=True):
    success: bool
    invalidated: int


class PrefetchFocusParams(Params, frozen=True):
    chat_id: ChatIdParam
    num_suggestions: Few = 1


class PrefetchHoverParams(Params, frozen=True):
    chat_id: ChatIdParam


class Prefetched(Record, frozen=True, kw_only=True):
    success: bool
    prefetched: bool
    draft: Draft | None = None
