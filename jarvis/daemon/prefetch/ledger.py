"""What prefetch did and what came of it: counted as it happens, kept in memory."""

from __future__ import annotations

from collections import Counter
from typing import Literal, get_args

import msgspec

from jarvis.protocol.methods.prefetch import (
    PrefetchCache,
    PrefetchExecutor,
    PrefetchInvalidator,
    PrefetchResources,
    PrefetchSource,
    PrefetchStats,
)
from jarvis.records import PrefetchOrigin


class _Source(msgspec.Struct):
    """What came of the asks of one source."""

    asked: int = 0
    made: int = 0
    used: int = 0
    cost_ms: float = 0.0
    unused_cost_ms: float = 0.0

    def figures(self) -> PrefetchSource:
        return PrefetchSource(
            asked=self.asked,
            made=self.made,
            used=self.used,
            hit_rate=self.used / self.made if self.made else None,
            cost_ms=round(self.cost_ms, 3),
            unused_cost_ms=round(self.unused_cost_ms, 3),
        )


class Held(msgspec.Struct, frozen=True):
    """What the cache holds now of drafts that were made ready, and may."""

    entries: int
    maxsize: int
    bytes: int
    max_bytes: int


class Ledger:
    """Each ask that is scheduled ends in one of: executed, skipped, failed, cancelled."""

    def __init__(self) -> None:
        self.scheduled = self.executed = self.failed = self.cancelled = 0
        self.hits = self.misses = self.evictions = 0
        self.skipped: Counter[str] = Counter()
        self.invalidated: Counter[str] = Counter()
        self._invalidations = 0
        self._made_ms = 0.0
        self._sources = {origin: _Source() for origin in get_args(PrefetchOrigin)}

    def note_asked(self, origin: PrefetchOrigin) -> None:
        """A source asked, be it for what is on its way already."""
        self._sources[origin].asked += 1

    def skip(self, reason: str) -> None:
        """What was scheduled is not made."""
        self.skipped[reason] += 1

    def skip_at_once(self, reason: str) -> None:
        """What a source asked for is not made."""
        self.scheduled += 1
        self.skip(reason)

    def note_executed(self, origin: PrefetchOrigin, cost_ms: float) -> None:
        """A draft was made."""
        self.executed += 1
        self._made_ms += cost_ms
        self._sources[origin].made += 1
        self._sources[origin].cost_ms += cost_ms

    def note_wasted(self, origin: PrefetchOrigin, cost_ms: float) -> None:
        """Work came to nothing before there was a draft."""
        self._sources[origin].cost_ms += cost_ms
        self._sources[origin].unused_cost_ms += cost_ms

    def note_used(self, origin: PrefetchOrigin) -> None:
        """A draft was given to somebody for the first time."""
        self._sources[origin].used += 1

    def note_unused(self, origin: PrefetchOrigin, cost_ms: float) -> None:
        """A draft went that nobody had asked for."""
        self._sources[origin].unused_cost_ms += cost_ms

    def note_invalidated(self, reason: str, drafts: int) -> None:
        """So many drafts were dropped as outdated, those on their way included."""
        if drafts:
            self._invalidations += 1
            self.invalidated[reason] += drafts

    def stats(
        self,
        held: Held,
        *,
        state: Literal["off", "idle", "working"],
        queue_size: int,
        objection: str | None,
    ) -> PrefetchStats:
        """As the method gives it; `objection`: why nothing may be made now."""
        sources = self._sources.values()
        cost_ms = sum(each.cost_ms for each in sources)
        asks = self.hits + self.misses
        return PrefetchStats(
            running=state != "off",
            cache=PrefetchCache(
                entries=held.entries,
                maxsize=held.maxsize,
                bytes=held.bytes,
                max_bytes=held.max_bytes,
                hits=self.hits,
                misses=self.misses,
                evictions=self.evictions,
                hit_rate=self.hits / asks if asks else None,
            ),
            executor=PrefetchExecutor(
                state=state,
                scheduled=self.scheduled,
                executed=self.executed,
                skipped=self.skipped.total(),
                failed=self.failed,
                cancelled=self.cancelled,
                queue_size=queue_size,
                total_cost_ms=round(cost_ms, 3),
                unused_cost_ms=round(sum(e.unused_cost_ms for e in sources), 3),
                avg_latency_ms=self._made_ms / self.executed if self.executed else None,
                skipped_by_reason=dict(sorted(self.skipped.items())),
                resource_manager=PrefetchResources(
                    can_prefetch=objection is None, reason=objection
                ),
            ),
            invalidator=PrefetchInvalidator(
                total_invalidations=self._invalidations,
                drafts_invalidated=self.invalidated.total(),
                by_reason=dict(sorted(self.invalidated.items())),
            ),
            by_source={
                origin: source.figures() for origin, source in self._sources.items()
            },
        )
