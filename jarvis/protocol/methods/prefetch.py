"""Drafts made ready before they are asked for."""

from __future__ import annotations

from typing import Literal

from jarvis.protocol.methods.base import ChatIdParam, Few, Params
from jarvis.records import Draft, PrefetchOrigin, Record


class PrefetchCache(Record, frozen=True, kw_only=True):
    """The drafts that are ready, and how asks in person fared with them.

    `entries` drafts of at most `maxsize` take `bytes` of at most `max_bytes`. `hits` asks
    were answered by one, `misses` were not. `evictions`: dropped for room or for their age.
    `hit_rate` is in 0..1, null before the first ask.
    """

    entries: int
    maxsize: int
    bytes: int
    max_bytes: int
    hits: int
    misses: int
    evictions: int
    hit_rate: float | None


class PrefetchResources(Record, frozen=True, kw_only=True):
    """Whether drafts may be made ready now; `reason` says why not."""

    can_prefetch: bool
    reason: str | None = None


class PrefetchExecutor(Record, frozen=True, kw_only=True):
    """What became of the drafts that were to be made ready.

    Of those `scheduled`, `queue_size` wait and one may be on its way; the others were
    `executed`, `skipped` (why, in `skipped_by_reason`), `failed`, or `cancelled` because
    what they answered changed. Costs are milliseconds from the begin of a draft to its end;
    `unused_cost_ms` is that of drafts that were dropped before anybody asked for them, and
    of work that came to nothing.
    """

    state: Literal["off", "idle", "working"]
    scheduled: int
    executed: int
    skipped: int
    failed: int
    cancelled: int
    queue_size: int
    total_cost_ms: float
    unused_cost_ms: float
    avg_latency_ms: float | None
    skipped_by_reason: dict[str, int]
    resource_manager: PrefetchResources


class PrefetchInvalidator(Record, frozen=True, kw_only=True):
    """How often something was dropped as outdated, how many drafts, and why."""

    total_invalidations: int
    drafts_invalidated: int
    by_reason: dict[str, int]


class PrefetchSource(Record, frozen=True, kw_only=True):
    """How often this source asked, how many drafts it got, and how many were used.

    `hit_rate` is used of made, in 0..1; null before the first is made.
    """

    asked: int
    made: int
    used: int
    hit_rate: float | None
    cost_ms: float
    unused_cost_ms: float


class PrefetchStats(Record, frozen=True, kw_only=True):
    """Since the daemon started; `by_source` holds focus, hover and new_message.

    `running` is false when prefetch is switched off.
    """

    running: bool
    cache: PrefetchCache
    executor: PrefetchExecutor
    invalidator: PrefetchInvalidator
    by_source: dict[PrefetchOrigin, PrefetchSource]


class PrefetchInvalidateParams(Params, frozen=True):
    chat_id: ChatIdParam | None = None


class Invalidated(Record, frozen=True, kw_only=True):
    """How many drafts were dropped, those on their way included."""

    success: bool
    invalidated: int


class PrefetchFocusParams(Params, frozen=True):
    chat_id: ChatIdParam
    num_suggestions: Few = 1


class PrefetchHoverParams(Params, frozen=True):
    chat_id: ChatIdParam


class Prefetched(Record, frozen=True, kw_only=True):
    """Whether a draft is ready at this moment, and for an opened conversation which.

    Where none is, one is made where a reply is expected and the machine has room;
    `prefetch_complete` tells of it.
    """

    success: bool
    prefetched: bool
    draft: Draft | None = None
