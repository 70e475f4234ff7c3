"""get_routing_metrics says what happened: a ledger is kept beside it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


async def _ask(
    daemon: DaemonProcess, ledger: Counter[str], method: str, **params: object
) -> Any:
    ledger[method] += 1
    result = await daemon.ask(method, **params)
    if "route" in result:
        ledger[f"route {result['route']}"] += 1
    elif method == "summarize":
        ledger["route model"] += 1
    return result


async def _check(daemon: DaemonProcess, ledger: Counter[str]) -> None:
    metrics = await daemon.ask("get_routing_metrics", limit=500)
    decisions = metrics["summary"]["decisions"]
    told = {name.removeprefix("route "): n for name, n in ledger.items() if " " in name}
    assert decisions == told
    assert metrics["summary"]["total_requests"] == sum(told.values())
    assert len(metrics["recent_requests"]) == sum(told.values())
    assert {
        method: metrics["methods"][method]["n"]
        for method in ledger
        if " " not in method
    } == {method: n for method, n in ledger.items() if " " not in method}
    for each in metrics["recent_requests"]:
        assert sum(each["latency"].values()) <= each["total_latency_ms"] + 1
        assert each["cache_hit"] == (each["routing_decision"] == "cached")


async def test_a_ledger_kept_beside_it_says_the_same(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """Every path, errors and all; and the next daemon goes on from there."""
    ledger: Counter[str] = Counter()
    chat = app.chat_guid
    await asyncio.to_thread(app.write, "are you coming along?", date=now)
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags) as daemon:
        first = await _ask(daemon, ledger, "generate_draft", chat_id=chat, stream=False)
        assert first["route"] == "model"
        again = await _ask(
            daemon,
            ledger,
            "generate_draft",
            chat_id=chat,
            only_if_expected=True,
            stream=False,
        )
        assert again["route"] == "cached"
        await _ask(
            daemon,
            ledger,
            "generate_draft",
            chat_id=chat,
            skip_cache=True,
            num_suggestions=3,
            stream=False,
        )
        await _ask(daemon, ledger, "summarize", chat_id=chat, stream=False)
        await _ask(daemon, ledger, "get_smart_replies", chat_id=chat)
        await _ask(daemon, ledger, "ping")
        error = await _ask(daemon, ledger, "generate_draft", chat_id="nobody")
        assert error["data"]["kind"] == "UnknownChat"
        await _check(daemon, ledger)
        methods = (await daemon.ask("get_routing_metrics"))["methods"]
        assert methods["generate_draft"]["errors"] == 1
        recorded = await daemon.ask(
            "record_feedback",
            chat_id=chat,
            action="sent",
            suggestion_text=first["suggestions"][0]["text"],
            metadata={"from": "the app"},
        )
        assert recorded == {"success": True}
    async with living(short_path, *flags) as daemon:
        await _ask(daemon, ledger, "ping")
        await _check(daemon, ledger)
        await daemon.ask("forget", what="everything")
        metrics = await daemon.ask("get_routing_metrics")
        assert metrics["summary"]["total_requests"] == 0
