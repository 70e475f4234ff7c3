"""`jarvis prefetch`, asked of a daemon that answers what the test says."""

from __future__ import annotations

import json
from pathlib import Path

from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.prefetch.ledger import Held, Ledger
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.prefetch import (
    Invalidated,
    PrefetchInvalidateParams,
    PrefetchStats,
)
from tests.cli.commands import run_against


async def prefetch_stats(_: None, _params: NoParams, _caller: Caller) -> PrefetchStats:
    """Of two drafts one was used; the machine is hot."""
    ledger = Ledger()
    for cost_ms in (1000.0, 2000.0):
        ledger.note_asked("focus")
        ledger.note_executed("focus", cost_ms)
    ledger.note_used("focus")
    ledger.note_unused("focus", 2000.0)
    ledger.skip_at_once("no reply is expected")
    ledger.note_invalidated("new message", 1)
    ledger.hits, ledger.misses = 1, 3
    return ledger.stats(
        Held(1, 64, 1500, 2_000_000),
        state="idle",
        queue_size=0,
        objection="the machine is hot",
    )


async def prefetch_invalidate(
    _: None, params: PrefetchInvalidateParams, _caller: Caller
) -> Invalidated:
    """All of them were dropped."""
    assert params.chat_id is None
    return Invalidated(success=True, invalidated=3)


HANDLERS: dict[str, Handler[None]] = {
    "prefetch_stats": prefetch_stats,
    "prefetch_invalidate": prefetch_invalidate,
}


async def shown(home: Path, *words: str) -> str:
    """What the command prints."""
    done = await run_against(HANDLERS, home, "prefetch", *words)
    assert done.code == 0
    return done.out


async def test_it_says_what_prefetch_was_good_for(short_path: Path) -> None:
    """In sentences, and a row a source; why nothing is made now."""
    told = await shown(short_path, "stats")
    assert "Asks: 1 were answered by one, 3 were not." in told
    assert "Nothing is made now: the machine is hot." in told
    assert "Not made: no reply is expected 1." in told
    assert "Outdated: new message 1." in told
    rows = [line.split() for line in told.splitlines()]
    assert ["opened", "2", "2", "1", "50%", "3.0", "2.0"] in rows


async def test_scripts_get_the_stats_as_they_came(short_path: Path) -> None:
    """All of them."""
    told = json.loads(await shown(short_path, "stats", "--json"))
    assert told["by_source"]["focus"]["hit_rate"] == 0.5
    assert told["executor"]["resource_manager"]["reason"] == "the machine is hot"


async def test_it_lets_go_of_what_is_ready(short_path: Path) -> None:
    """And says how much that was."""
    assert await shown(short_path, "clear") == "3 drafts were dropped.\n"
