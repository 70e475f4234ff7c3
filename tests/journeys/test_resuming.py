"""Resuming: a client that comes and goes, and a daemon that is killed, miss nothing."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import RawClient
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


class Reader:
    """A client that remembers the last number it saw, and resumes after it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.last = 0
        self.epoch: str | None = None

    async def resume(self, client: RawClient) -> None:
        """The first word on a connection."""
        client.ask("sub", "subscribe", since=self.last, epoch=self.epoch)
        answer = (await client.answer("sub"))["result"]
        assert answer["gap"] is False
        self.epoch = answer["epoch"]

    async def take(self, client: RawClient, number: int) -> None:
        """The next so many events."""
        for _ in range(number):
            line = await client.line()
            assert line["method"] == "new_message"
            # Numbers in between are events that were not asked for.
            assert line["params"]["seq"] > self.last
            self.last = line["params"]["seq"]
            self.seen.append(line["params"]["text"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killing_the_daemon_while_mail_comes_loses_and_doubles_nothing(
    app: MessagesApp, short_path: Path, now: datetime, seed: int
) -> None:
    """kill -9 at any moment: what a client saw in all is what was written, in order."""
    chance = random.Random(seed)
    flags = on_inbox(app.path.parent)
    texts = [f"number {number}" for number in range(120)]
    reader = Reader()
    async with living(short_path, *flags) as first, first.raw() as client:
        await reader.resume(client)
        writing = asyncio.create_task(asyncio.to_thread(app.write_each, texts, now))
        await reader.take(client, chance.randint(1, 40))
        first.process.kill()
        await first.ended()
    async with living(short_path, *flags) as second:
        async with second.raw() as client:
            await reader.resume(client)
            await reader.take(client, chance.randint(0, 20))
        async with second.raw() as client:
            await reader.resume(client)
            await reader.take(client, len(texts) - len(reader.seen))
        await writing
    assert reader.seen == texts


async def test_a_client_that_polls_sees_the_same_events(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """By the same numbers, for carriers that cannot push."""
    await asyncio.to_thread(app.write, "one", "two", date=now)
    found: list[str] = []
    seq = 0
    while len(found) < 2:
        page = await daemon.ask("events.poll", since=seq, timeout_ms=5000)
        found += [event["params"]["text"] for event in page["events"]]
        seq = page["seq"]
    assert found == ["one", "two"]
    assert seq >= 2
