"""A daemon killed again and again while Messages writes: clients end up right."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import RawClient
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.thorough import IS_THOROUGH

EVENTS = ["new_message", "message_updated", "conversation_changed"]
SEEDS = range(20) if IS_THOROUGH else range(3)


@dataclass
class Screen:
    """What a client knows that was told everything, one event after the other."""

    last: int = 0
    epoch: str | None = None
    texts: dict[str, str | None] = field(default_factory=dict)
    reactions: dict[str, list[Any]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    async def resume(self, client: RawClient) -> None:
        """The first word on a connection."""
        client.ask("sub", "subscribe", events=EVENTS, since=self.last, epoch=self.epoch)
        answer = (await client.answer("sub"))["result"]
        assert answer["gap"] is False
        assert self.epoch in (None, answer["epoch"])
        self.epoch = answer["epoch"]

    async def follow(self, client: RawClient) -> None:
        """Take in all that comes, until the connection ends."""
        while (line := await client.line()) is not None:
            if line.get("method") in EVENTS:
                self.take(line["method"], line["params"])

    def take(self, name: str, params: dict[str, Any]) -> None:
        """One event: the next, and about something that was told."""
        assert params["seq"] == self.last + 1
        self.last = params["seq"]
        if name == "new_message":
            assert params["guid"] not in self.texts, "told twice"
            self.texts[params["guid"]] = params["text"]
        elif name == "message_updated" and params["change"] == "deleted":
            self.deleted.add(params["guid"])
        elif name == "message_updated":
            self.deleted.discard(params["guid"])
            self.texts[params["guid"]] = params["text"]
            self.reactions[params["guid"]] = params["reactions"]


async def writing(app: MessagesApp, seed: int, acts: int) -> asyncio.subprocess.Process:
    """Messages, in a process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.journeys.writing", str(app.path)),
        *(app.chat_guid, str(seed), str(acts)),
        cwd=Path(__file__).parents[2],
    )


async def messages_since(
    daemon: DaemonProcess, chat_id: str, now: datetime
) -> list[Any]:
    """What stands in the chat by now, that was written since."""
    page = await daemon.ask("list_messages", chat_id=chat_id, limit=500)
    return [
        each for each in page["messages"] if each["date"] >= f"{now:%Y-%m-%dT%H:%M:%S}"
    ]


@pytest.mark.parametrize("seed", SEEDS)
async def test_kills_at_any_moment_leave_a_client_that_resumes_right(
    app: MessagesApp, short_path: Path, now: datetime, seed: int
) -> None:
    """New, edited, unsent, reacted to, deleted: as if nothing had happened in between."""
    chance = random.Random(seed)
    flags = on_inbox(app.path.parent)
    screen = Screen()
    async with living(short_path, *flags) as daemon, daemon.raw() as client:
        await screen.resume(client)
    messages = await writing(app, seed, acts=250)
    while messages.returncode is None:
        async with living(short_path, *flags) as daemon, daemon.raw() as client:
            await screen.resume(client)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(chance.uniform(0.02, 0.6)):
                    await screen.follow(client)
            daemon.process.kill()
            await daemon.ended()
    assert messages.returncode == 0
    async with living(short_path, *flags) as daemon, daemon.raw() as client:
        await screen.resume(client)
        following = asyncio.create_task(screen.follow(client))
        until = asyncio.get_running_loop().time() + 20
        while True:
            there = await messages_since(daemon, app.chat_guid, now)
            shown = {each["guid"]: each["text"] for each in there}
            known = {
                guid: text
                for guid, text in screen.texts.items()
                if guid not in screen.deleted
            }
            if shown == known or asyncio.get_running_loop().time() > until:
                break
        assert shown.keys() - known.keys() == set(), "never told"
        assert known.keys() - shown.keys() == set(), "never told to be gone"
        assert [guid for guid in shown if shown[guid] != known[guid]] == []
        for message in there:
            told = screen.reactions.get(message["guid"], [])
            assert told == message["reactions"]
        following.cancel()
        await asyncio.wait([following])
