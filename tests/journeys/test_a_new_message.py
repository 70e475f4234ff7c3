"""A new message: from the commit in chat.db to every client, also over a kill."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import RawClient
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


async def next_push(client: RawClient) -> dict[str, object]:
    """The params of the next new_message."""
    while True:
        line = await client.line()
        if line.get("method") == "new_message":
            params: dict[str, object] = line["params"]
            return params


async def test_a_commit_is_pushed_to_everybody_and_the_list_shows_it(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Nobody had to subscribe or to poll; whoever asks after the push sees it."""
    async with daemon.raw() as one, daemon.raw() as two:
        for client in (one, two):
            client.ask(1, "ping")
            await client.answer(1)
        await asyncio.to_thread(app.write, "are you there?", date=now)
        pushed = await next_push(one)
        assert await next_push(two) == pushed
        assert pushed["text"] == "are you there?"
        assert pushed["late"] is False
        one.ask(2, "list_conversations", limit=1)
        newest = (await one.answer(2))["result"]["conversations"][0]
        assert newest["last_message_text"] == "are you there?"
        one.ask(3, "list_messages", chat_id=pushed["chat_id"], limit=1)
        (message,) = (await one.answer(3))["result"]["messages"]
        assert message["id"] == pushed["message_id"]


async def test_many_messages_arrive_in_order(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """One number after the other."""
    async with daemon.raw() as client:
        client.ask(1, "ping")
        await client.answer(1)
        texts = [f"number {number}" for number in range(700)]
        await asyncio.to_thread(app.write, *texts, date=now)
        pushed = [await next_push(client) for _ in texts]
    assert [each["text"] for each in pushed] == texts
    assert [each["seq"] for each in pushed] == list(range(1, 701))


async def test_killing_the_daemon_loses_no_message(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """What came while it was dead is pushed by the next one, with the next number."""
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags) as first, first.raw() as client:
        client.ask(1, "ping")
        epoch = (await client.answer(1))["result"]["epoch"]
        await asyncio.to_thread(app.write, "seen", date=now)
        assert (await next_push(client))["seq"] == 1
        first.process.kill()
        await first.ended()
    await asyncio.to_thread(app.write, "while it was dead", date=now)
    async with living(short_path, *flags) as second:
        status = await second.ask("get_status")
        assert status["stores"]["seq"] == 2
        assert status["stores"]["epoch"] == epoch
        listed = await second.ask("list_conversations", limit=1)
        assert listed["conversations"][0]["last_message_text"] == "while it was dead"
