"""The search index as a client sees it: how far it is, and who steers it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox

ORDER = ["waiting", "keywords", "vectors", "ready"]


async def progress(daemon: DaemonProcess, until: str) -> list[dict[str, Any]]:
    """How it stood when asked, and what was pushed from then on until it was so far."""
    async with daemon.raw() as client:
        client.ask(1, "subscribe", events=["index_progress"])
        await client.answer(1)
        client.ask(2, "get_status")
        states = [(await client.answer(2))["result"]["index"]]
        while states[-1]["state"] != until:
            line = await client.line()
            if line.get("method") == "index_progress":
                states.append(line["params"])
    return states


async def test_a_client_sees_the_index_grow(daemon: DaemonProcess) -> None:
    """First words, then meaning; nothing goes back, and status says the same at the end."""
    states = await progress(daemon, "ready")
    stages = [state["state"] for state in states]
    assert stages == sorted(stages, key=ORDER.index)
    indexed = [state["indexed"] for state in states]
    assert indexed == sorted(indexed)
    assert states[-1]["indexed"] == states[-1]["total"] > 100
    assert states[-1]["embedded"] == states[-1]["to_embed"] > 0
    assert (await daemon.ask("get_status"))["index"] == states[-1]


async def test_what_makes_vectors_ends_when_it_is_done(daemon: DaemonProcess) -> None:
    """No process stays, and the daemon never loads what computes them."""
    await progress(daemon, "ready")
    process = psutil.Process(daemon.process.pid)
    async with asyncio.timeout(60):
        while await asyncio.to_thread(process.children):
            continue
    maps = await asyncio.to_thread(process.memory_maps)
    assert not [each.path for each in maps if "numpy" in each.path]


async def test_a_pause_outlives_the_daemon(app: MessagesApp, short_path: Path) -> None:
    """Until somebody says start."""
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags) as daemon:
        assert (await daemon.ask("index_control", action="pause"))["state"] == "paused"
    async with living(short_path, *flags) as daemon:
        states = await progress(daemon, "paused")
        assert states[-1]["reason"] == "You paused it; `jarvis index start` goes on."
        await daemon.ask("index_control", action="start")
        await progress(daemon, "ready")
