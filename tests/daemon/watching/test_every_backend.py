"""From a commit to a told message through every backend of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from jarvis.daemon.watcher import PollResult, Trigger, Watcher
from jarvis.daemon.watching import backends_for
from jarvis.stores.jarvisdb import open_writer
from tests.daemon.inbox.followed import Followed, do
from tests.daemon.inbox.messages_app import MessagesApp

NAMES = tuple(each.name for each in backends_for(Path("chat.db")))
PATIENCE_S = 30.0


class Told:
    """What a watched inbox told, and when it has."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed
        self._polled = asyncio.Event()
        self._rests = False

    async def poll(self, trigger: Trigger) -> PollResult:
        """The inbox's poll."""
        result = await self._followed.inbox.poll(trigger)
        is_last = trigger in (Trigger.QUIET, Trigger.SAFETY, Trigger.DUE)
        self._rests = is_last and result.again_in_s is None
        self._polled.set()
        return result

    async def rests(self) -> None:
        """Until nothing leads to another poll but a backend, or time."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._rests:
                self._polled.clear()
                await self._polled.wait()

    async def has(self, *texts: str) -> bool:
        """Whether these and no others are told; waits for it."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.texts) < len(texts):
                self._polled.clear()
                await self._polled.wait()
        return self.texts == list(texts)

    @property
    def texts(self) -> list[str]:
        """Of all new messages, in their order."""
        return [params["text"] for params in self._followed.published]


@asynccontextmanager
async def watched(app: MessagesApp, name: str) -> AsyncIterator[tuple[Told, Watcher]]:
    """An inbox behind a watcher that has only this backend."""
    backends = [each for each in backends_for(app.path) if each.name == name]
    async with AsyncExitStack() as closing:
        writer = await open_writer(app.path.with_name("jarvis.db"))
        closing.push_async_callback(writer.close)
        followed = Followed(app.path, writer)
        closing.push_async_callback(followed.inbox.close)
        told = Told(followed)
        watcher = Watcher(told.poll, backends)
        tasks = await closing.enter_async_context(asyncio.TaskGroup())
        running = tasks.create_task(watcher.run())
        await told.rests()
        yield told, watcher
        running.cancel()


@pytest.mark.parametrize("name", NAMES)
async def test_a_new_message_is_told(app: MessagesApp, name: str) -> None:
    """One after the other, in their order, and none twice."""
    async with watched(app, name) as (told, watcher):
        texts: list[str] = []
        for number in range(3):
            texts.append(f"number {number}")
            await told.rests()
            await do(app.write, texts[-1])
            assert await told.has(*texts)
        assert watcher.state().problem is None
        assert watcher.state().backend == name


@pytest.mark.parametrize("name", NAMES)
async def test_a_message_is_told_whatever_became_of_the_log(
    app: MessagesApp, name: str
) -> None:
    """Cut to nothing by a checkpoint; gone, and made anew when Messages starts again."""

    def checkpoint() -> None:
        app.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def start_again() -> None:
        app.close()
        app.open(app.path)

    async with watched(app, name) as (told, _):
        await do(checkpoint)
        await told.rests()
        await do(app.write, "after a checkpoint")
        assert await told.has("after a checkpoint")
        await do(start_again)
        await told.rests()
        await do(app.write, "after a start")
        assert await told.has("after a checkpoint", "after a start")
