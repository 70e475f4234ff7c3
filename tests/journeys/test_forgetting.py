"""forget: what Jarvis holds is gone from the disk; chat.db is as it was."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess

SECRET = "walnut lantern ferry"


async def holds(home: Path, words: str) -> bool:
    """Whether any file of the home has these words in it."""

    def look() -> bool:
        files = [path for path in home.rglob("*") if path.is_file()]
        return any(words.encode() in path.read_bytes() for path in files)

    return await asyncio.to_thread(look)


async def written(daemon: DaemonProcess, app: MessagesApp, now: datetime) -> None:
    """Two messages, which Jarvis has told and listed, and counted with all others."""
    await asyncio.to_thread(app.write, SECRET, "something newer", date=now)
    events = await daemon.ask("events.poll", since=0, timeout_ms=10_000)
    while len(events["events"]) < 2:
        events = await daemon.ask("events.poll", since=0, timeout_ms=10_000)
    async with asyncio.timeout(30):
        while (await daemon.ask("get_status"))["stores"]["uncounted_rows"]:
            continue  # each question takes a while


async def test_history_is_deleted_to_the_last_byte(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Texts of events are gone from every file; the list stays, nothing is told again."""
    await written(daemon, app, now)
    assert await holds(daemon.home, SECRET)
    before = await daemon.ask("list_conversations")
    assert (await daemon.ask("forget", what="history"))["success"] is True
    assert not await holds(daemon.home, SECRET)
    assert await daemon.ask("list_conversations") == before
    epoch = (await daemon.ask("ping"))["epoch"]
    again = await daemon.ask("events.poll", since=0, epoch=epoch, timeout_ms=0)
    assert (again["events"], again["gap"]) == ([], True)


async def test_everything_is_deleted_and_the_list_made_anew(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Another history begins; new mail is told in it."""
    await written(daemon, app, now)
    before = await daemon.ask("list_conversations", folder="all")
    epoch = (await daemon.ask("ping"))["epoch"]
    done = await daemon.ask("forget", what="everything")
    assert done["freed_bytes"] >= 0
    assert not await holds(daemon.home, SECRET)
    assert (await daemon.ask("ping"))["epoch"] != epoch
    async with asyncio.timeout(30):
        while await daemon.ask("list_conversations", folder="all") != before:
            continue  # the counts are made anew, within 10 s
    start = await daemon.ask("subscribe")
    await asyncio.to_thread(app.write, "after that", date=now)
    news = await daemon.ask("events.poll", since=start["seq"], timeout_ms=10_000)
    assert [each["params"]["text"] for each in news["events"]] == ["after that"]


async def ready(daemon: DaemonProcess) -> None:
    """Wait until all there is can be found by its words and by its meaning."""
    async with asyncio.timeout(60):
        while (await daemon.ask("get_status"))["index"]["state"] != "ready":
            continue


async def test_the_index_is_deleted_to_the_last_byte_and_stays_away(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Its words, texts and vectors are gone from every file, until somebody starts it."""
    await written(daemon, app, now)
    await ready(daemon)
    await daemon.ask("forget", what="history")  # it was pushed, too
    assert await holds(daemon.home, "lantern")
    done = await daemon.ask("forget", what="index")
    assert done["freed_bytes"] > 0
    assert not await holds(daemon.home, "lantern")
    state = (await daemon.ask("get_status"))["index"]
    assert (state["state"], state["indexed"], state["embedded"]) == ("paused", 0, 0)
    await asyncio.to_thread(app.write, "and after that", date=now)
    await daemon.ask("events.poll", since=0, timeout_ms=10_000)
    assert (await daemon.ask("get_status"))["index"]["indexed"] == 0
    await daemon.ask("index_control", action="start")
    await ready(daemon)
    assert (await daemon.ask("get_status"))["index"]["indexed"] > 100
