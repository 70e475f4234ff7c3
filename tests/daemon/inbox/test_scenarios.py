"""Every scenario of the live writer: what must be told is told, and no other mail."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.inbox import build_inbox
from fixtures.scenarios import SCENARIOS, Event, run_scenario
from jarvis.daemon.watcher import Trigger
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.followed import Followed
from tests.daemon.inbox.messages_app import NOW


def key(name: str, params: dict[str, Any]) -> tuple[object, ...]:
    """What two events must agree in."""
    return name, params["chat_id"], params.get("guid"), params.get("change")


def due(events: list[Event]) -> list[tuple[object, ...]]:
    """The same of those that are expected."""
    return [(each.event, each.chat_id, each.guid, each.change) for each in events]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_what_must_be_pushed_is_pushed(
    name: str, tmp_path: Path, writer: JarvisDb
) -> None:
    """In its order; the clock runs as the scenario waits, and looks are made as it runs."""
    directory = tmp_path / "Messages"
    messages = 0 if name == "empty_database_first_message" else 300
    chats = None if messages else 12
    await asyncio.to_thread(
        build_inbox,
        directory,
        messages=messages,
        chats=chats,
        seed=5,
        end=NOW - timedelta(days=1),
    )
    followed = Followed(directory / "chat.db", writer)
    await followed.poll()
    await followed.settled()
    loop = asyncio.get_running_loop()

    async def pass_time(seconds: float) -> None:
        await followed.poll(Trigger.EVENT)
        await followed.poll(Trigger.QUIET)
        followed.now += timedelta(seconds=seconds)
        await followed.poll(Trigger.DUE)

    def wait(seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(pass_time(seconds), loop).result(20)

    expected = await asyncio.to_thread(
        run_scenario, name, directory, wait=wait, now=lambda: followed.now
    )
    await pass_time(1)
    told = [key("new_message", params) for params in followed.published]
    changes = [key(name, params) for name, params in followed.changes]
    wanted = due(expected)
    assert told == [each for each in wanted if each[0] == "new_message"]
    missing = Counter(each for each in wanted if each[0] != "new_message")
    missing.subtract(Counter(changes))
    assert not +missing
    assert followed.seqs == list(range(1, len(followed.seqs) + 1))
    assert followed.inbox.problem is None
    await followed.inbox.close()
