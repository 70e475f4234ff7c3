"""events() on a real daemon that is killed while mail is written."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jarvis.client import Client, Push
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import living, on_inbox


class Reader:
    """Follows events() from the beginning; any gap fails the test."""

    def __init__(self, client: Client) -> None:
        self.seen: list[str] = []
        self._client = client
        self._news = asyncio.Condition()

    async def read(self, number: int) -> None:
        """So many."""
        async with aclosing(self._client.events(since=0)) as events:
            while len(self.seen) < number:
                event = await anext(events)
                assert isinstance(event, Push), "nothing may be lost"
                self.seen.append(event.params.text)
                async with self._news:
                    self._news.notify_all()

    async def has_seen(self, number: int) -> None:
        """Wait until it has."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.seen) >= number)


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_events_tells_is_what_was_committed(
    app: MessagesApp, short_path: Path, seed: int
) -> None:
    """kill -9 twice, at any moment: all of it, once, in order, and nobody had to act."""
    chance = random.Random(seed)
    flags = on_inbox(app.path.parent)
    texts = [f"number {number}" for number in range(150)]
    client = Client(short_path / "jarvis.sock")
    reader = Reader(client)
    async with asyncio.timeout(50), asyncio.TaskGroup() as tasks:
        async with living(short_path, *flags) as daemon:
            assert (await daemon.ask("subscribe"))["seq"] == 0
            tasks.create_task(reader.read(len(texts)))
            tasks.create_task(
                asyncio.to_thread(app.write_each, texts, datetime.now(UTC))
            )
            await reader.has_seen(chance.randint(1, 40))
            daemon.process.kill()
        async with living(short_path, *flags) as daemon:
            client.retry_now()
            soon = len(reader.seen) + chance.randint(1, 20)
            await reader.has_seen(min(soon, len(texts)))
            daemon.process.kill()
        async with living(short_path, *flags):
            client.retry_now()
            await reader.has_seen(len(texts))
    assert reader.seen == texts
