"""Which path answered and how long it took: counted as it happens, kept over restarts."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from jarvis.daemon.dispatch import Ending
from jarvis.errors import StoreUnavailable
from jarvis.later import later
from jarvis.protocol.methods.routing import (
    MethodFigures,
    RoutedRequest,
    RoutingMetrics,
    RoutingSummary,
)
from jarvis.records import Route
from jarvis.stores import routing
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.outcomes import hash_key, text_hash

if TYPE_CHECKING:
    from jarvis.assistant.generation import timing
else:
    timing = later("jarvis.assistant.generation.timing")

MOST_DURATIONS: Final = 128
"""Of so many newest calls of a method the percentiles are taken."""

log = logging.getLogger("jarvis.metrics")


class Routed(msgspec.Struct, frozen=True, kw_only=True):
    """One answer as the one who gave it knows it; `phases_ms` by name, in their order.

    `asked_about` is the text that was to be answered or summed up: only its hash is kept.
    `compared`: with how many past messages; `similarity`: of the nearest, 0 for none.
    """

    route: Route
    prefetched: bool = False
    asked_about: str
    total_ms: float
    phases_ms: Mapping[str, float]
    model_loaded: bool
    similarity: float = 0.0
    compared: int = 0
    generation_ms: float = 0.0
    tokens_per_second: float = 0.0


class _Use(msgspec.Struct):
    """How one method was used; the newest durations, in milliseconds."""

    answered: int = 0
    failed: int = 0
    cancelled: int = 0
    durations_ms: list[float] = []

    def add(self, ending: Ending, took_ms: float) -> None:
        if ending == "answered":
            self.answered += 1
        else:
            setattr(self, ending, getattr(self, ending) + 1)
        # To the microsecond; round() takes as long as a ping takes to be decoded.
        self.durations_ms.append(int(took_ms * 1000) / 1000)
        if len(self.durations_ms) > 2 * MOST_DURATIONS:
            del self.durations_ms[:-MOST_DURATIONS]

    def figures(self) -> MethodFigures:
        durations = sorted(self.durations_ms[-MOST_DURATIONS:])
        return MethodFigures(
            n=self.answered + self.failed + self.cancelled,
            p50_ms=timing.percentile(durations, 0.5) or 0.0,
            p95_ms=timing.percentile(durations, 0.95) or 0.0,
            errors=self.failed,
            cancelled=self.cancelled,
        )


class Metrics:
    """Counts; what it was told before jarvis.db opened is stored with what comes next."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._requests: deque[RoutedRequest] = deque(maxlen=routing.KEPT_REQUESTS)
        self._uses: dict[str, _Use] = {}
        self._unsaved: set[str] = set()
        self._dropped: Counter[str] = Counter()
        self._writer: JarvisDb | None = None
        self._key = b""

    async def begin(self, writer: JarvisDb) -> None:
        """Go on from what jarvis.db knows."""
        self._key = await hash_key(writer.connection)
        for text in await routing.requests(writer.connection):
            self._requests.append(msgspec.json.decode(text, type=RoutedRequest))
        for method, text in (await routing.read_use(writer.connection)).items():
            use = msgspec.json.decode(text, type=_Use)
            began = self._uses.get(method, _Use())
            self._uses[method] = _Use(
                answered=use.answered + began.answered,
                failed=use.failed + began.failed,
                cancelled=use.cancelled + began.cancelled,
                durations_ms=[*use.durations_ms, *began.durations_ms],
            )
        self._dropped.update(await routing.read_dropped(writer.connection))
        self._writer = writer

    def note_call(self, method: str, ending: Ending, took_ms: float) -> None:
        """A call of a method is over."""
        use = self._uses.get(method)
        if use is None:
            use = self._uses[method] = _Use()
        use.add(ending, took_ms)
        self._unsaved.add(method)

    def note_routed(self, routed: Routed) -> None:
        """An answer was given; stored soon, with how the methods were used so far."""
        request = RoutedRequest(
            timestamp=time.time(),
            query_hash=text_hash(self._key, routed.asked_about).hex(),
            routing_decision=routed.route,
            prefetched=routed.prefetched,
            similarity_score=round(routed.similarity, 4),
            cache_hit=routed.route == "cached",
            model_loaded=routed.model_loaded,
            embedding_computations=0,
            vec_candidates=routed.compared,
            latency={name: round(ms, 3) for name, ms in routed.phases_ms.items()},
            total_latency_ms=round(routed.total_ms, 3),
            generation_time_ms=round(routed.generation_ms, 3),
            tokens_per_second=round(routed.tokens_per_second, 2),
        )
        self._requests.append(request)
        self._tasks.create_task(self._store(request))

    def note_dropped(self, reason: str) -> None:
        """A text of the model was not offered; stored soon."""
        self._dropped[reason] += 1
        self._tasks.create_task(self._store(None))

    async def save(self) -> None:
        """Store how the methods were used, before jarvis.db is closed."""
        await self._store(None)
        self._writer = None

    def read(self, limit: int) -> RoutingMetrics:
        """The newest requests first; the summary is over all that are kept."""
        newest = list(self._requests)[-limit:][::-1]
        return RoutingMetrics(
            recent_requests=tuple(newest),
            summary=self._summary(),
            methods={name: use.figures() for name, use in sorted(self._uses.items())},
            dropped=dict(sorted(self._dropped.items())),
        )

    async def forget(self) -> None:
        """Nothing was counted; jarvis.db, which was emptied, has a new key for hashes."""
        self._requests.clear()
        self._uses.clear()
        self._unsaved.clear()
        self._dropped.clear()
        if self._writer is not None:
            self._key = await hash_key(self._writer.connection)

    def _summary(self) -> RoutingSummary:
        totals = sorted(each.total_latency_ms for each in self._requests)
        decisions: dict[str, int] = {}
        for each in self._requests:
            decision = each.routing_decision
            decisions[decision] = decisions.get(decision, 0) + 1
        count = len(totals)
        hits = decisions.get("cached", 0)
        return RoutingSummary(
            total_requests=count,
            avg_latency_ms=sum(totals) / count if count else 0.0,
            p50_latency_ms=timing.percentile(totals, 0.5) or 0.0,
            p95_latency_ms=timing.percentile(totals, 0.95) or 0.0,
            cache_hit_rate=100 * hits / count if count else 0.0,
            decisions=decisions,
            prefetched=sum(each.prefetched for each in self._requests),
        )

    async def _store(self, request: RoutedRequest | None) -> None:
        if self._writer is None:
            return
        uses = {name: msgspec.json.encode(self._uses[name]) for name in self._unsaved}
        self._unsaved.clear()
        try:
            async with self._writer.transaction() as db:
                if request is not None:
                    await routing.append(db, msgspec.json.encode(request))
                await routing.write_use(db, uses)
                await routing.write_dropped(db, self._dropped)
        except StoreUnavailable:
            # A full disk must not cost the answer that was counted.
            self._unsaved.update(uses)
            log.warning("metrics could not be stored")
