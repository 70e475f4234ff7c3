"""Which path answered and how long it took."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jarvis.daemon.metrics import MOST_DURATIONS, Metrics, Routed
from jarvis.records import Route
from jarvis.stores.jarvisdb import JarvisDb, open_writer
from jarvis.stores.routing import KEPT_REQUESTS

SECRET = "walnut lantern ferry"


def routed(route: Route, total_ms: float = 10.0, text: str = SECRET) -> Routed:
    """An answer that took so long."""
    return Routed(
        route=route,
        asked_about=text,
        total_ms=total_ms,
        phases_ms={"read": 1.0, "write": total_ms - 1.0},
        model_loaded=True,
        similarity=0.5,
        compared=7,
    )


async def noted(writer: JarvisDb, *answers: Routed) -> Metrics:
    """Metrics that were told of these answers, and have stored them."""
    async with asyncio.TaskGroup() as tasks:
        metrics = Metrics(tasks)
        await metrics.begin(writer)
        for each in answers:
            metrics.note_routed(each)
    return metrics


async def test_every_answer_is_counted_by_its_path(writer: JarvisDb) -> None:
    """The newest first, with phases; the summary over all of them."""
    metrics = await noted(
        writer, routed("model", 100.0), routed("cached", 2.0), routed("gated", 3.0)
    )
    read = metrics.read(2)
    assert [each.routing_decision for each in read.recent_requests] == [
        "gated",
        "cached",
    ]
    assert [each.cache_hit for each in read.recent_requests] == [False, True]
    assert read.recent_requests[0].latency == {"read": 1.0, "write": 2.0}
    assert read.summary.decisions == {"model": 1, "cached": 1, "gated": 1}
    assert read.summary.total_requests == 3
    assert read.summary.avg_latency_ms == 35.0
    assert read.summary.p50_latency_ms == 3.0
    assert read.summary.p95_latency_ms == 100.0
    assert round(read.summary.cache_hit_rate, 1) == 33.3


async def test_what_was_asked_about_is_known_by_a_hash_alone(tmp_path: Path) -> None:
    """The same text, the same hash; in another jarvis.db another; the words nowhere."""
    hashes = []
    for name in ("one.db", "other.db"):
        writer = await open_writer(tmp_path / name)
        metrics = await noted(writer, routed("model"), routed("model"))
        first, second = metrics.read(2).recent_requests
        assert first.query_hash == second.query_hash
        hashes.append(first.query_hash)
        await writer.close()
    assert hashes[0] != hashes[1]
    for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir())):
        assert SECRET.encode() not in await asyncio.to_thread(path.read_bytes)


async def test_the_next_daemon_goes_on_counting(writer: JarvisDb) -> None:
    """Answers and calls; what was called before jarvis.db opened counts too."""
    before = await noted(writer, routed("model"))
    before.note_call("ping", "answered", 1.0)
    before.note_call("generate_draft", "cancelled", 5.0)
    await before.save()
    async with asyncio.TaskGroup() as tasks:
        after = Metrics(tasks)
        after.note_call("ping", "failed", 3.0)
        await after.begin(writer)
    read = after.read(10)
    assert read.summary.total_requests == 1
    ping = read.methods["ping"]
    assert (ping.n, ping.errors, ping.cancelled) == (2, 1, 0)
    assert (ping.p50_ms, ping.p95_ms) == (1.0, 3.0)
    assert read.methods["generate_draft"].cancelled == 1


async def test_what_is_kept_has_a_bound(writer: JarvisDb) -> None:
    """The newest answers, and the newest durations of each method."""
    metrics = await noted(
        writer, *(routed("model", float(at)) for at in range(KEPT_REQUESTS + 5))
    )
    for at in range(3 * MOST_DURATIONS):
        metrics.note_call("ping", "answered", float(at))
    await metrics.save()
    rows = await writer.connection.execute_fetchall("SELECT count(*) FROM routed")
    assert list(rows) == [(KEPT_REQUESTS,)]
    again = (await noted(writer)).read(500)
    assert again.summary.total_requests == KEPT_REQUESTS
    assert again.recent_requests[0].total_latency_ms == KEPT_REQUESTS + 4
    assert again.methods["ping"].n == 3 * MOST_DURATIONS
    assert again.methods["ping"].p50_ms >= 2 * MOST_DURATIONS


async def test_what_is_forgotten_is_not_counted(writer: JarvisDb) -> None:
    """After everything was deleted."""
    metrics = await noted(writer, routed("model"))
    await metrics.forget()
    assert metrics.read(10).summary.total_requests == 0
    assert metrics.read(10).methods == {}


async def test_texts_that_were_not_offered_are_counted_by_reason(
    writer: JarvisDb,
) -> None:
    """Over restarts, until everything is forgotten; no text is kept."""
    before = await noted(writer)
    async with asyncio.TaskGroup() as tasks:
        first = Metrics(tasks)
        await first.begin(writer)
        for reason in ("frame", "echo", "frame"):
            first.note_dropped(reason)
    assert before.read(10).dropped == {}
    assert first.read(10).dropped == {"echo": 1, "frame": 2}
    async with asyncio.TaskGroup() as tasks:
        again = Metrics(tasks)
        await again.begin(writer)
        again.note_dropped("cut")
    assert (await noted(writer)).read(10).dropped == {"cut": 1, "echo": 1, "frame": 2}
    await again.forget()
    assert again.read(10).dropped == {}
