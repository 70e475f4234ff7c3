"""An inbox with the clock in the test's hand, and everything it told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from jarvis.daemon.inbox import Committed, Inbox
from jarvis.daemon.watcher import Trigger
from jarvis.records import ChatId, Conversation
from jarvis.stores import conversations
from jarvis.stores.events import StoredEvent
from jarvis.stores.jarvisdb import JarvisDb
from tests.daemon.inbox.messages_app import NOW

Do = Callable[..., Any]


class Followed:
    """`told` are the params of new messages, `changes` the other events, by name."""

    def __init__(self, path: Path, writer: JarvisDb) -> None:
        self.now = NOW
        self.published: list[dict[str, Any]] = []
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.seqs: list[int] = []
        self.writer = writer
        self.inbox = Inbox(
            path,
            path.parent / "AddressBook",
            writer,
            now=lambda: self.now,
        )
        self.inbox.follow(self._follow)

    def _follow(self, committed: Committed) -> None:
        for event in committed.events:
            self._note(event)

    def _note(self, event: StoredEvent) -> None:
        params = msgspec.json.decode(event.params)
        assert params["seq"] == event.seq
        self.seqs.append(event.seq)
        if event.name == "new_message":
            self.published.append(params)
        else:
            self.changes.append((event.name, params))

    async def poll(self, trigger: Trigger = Trigger.EVENT) -> list[str]:
        """Poll once; the texts of new messages told by it."""
        before = len(self.published)
        self.last = await self.inbox.poll(trigger)
        return [params["text"] for params in self.published[before:]]

    async def changed(self, trigger: Trigger = Trigger.QUIET) -> list[str]:
        """Poll once; the kinds of the other changes told by it, in their order."""
        before = len(self.changes)
        self.last = await self.inbox.poll(trigger)
        return [params["change"] for _, params in self.changes[before:]]

    async def settled(self) -> None:
        """Poll until nothing more is to be done, counting included; the clock goes on."""
        for _ in range(1000):
            await self.poll(Trigger.QUIET)
            if self.last.again_in_s is None and not self.last.has_changed:
                return
            self.now += timedelta(seconds=self.last.again_in_s or 0)
        raise AssertionError("there is no end to it")

    async def listed(self, chat_guid: ChatId) -> Conversation:
        """The conversation of a chat, as the list has it."""
        assert self.inbox.directory is not None
        chat = self.inbox.directory.find(chat_guid)
        assert chat is not None
        page = await conversations.page(self.writer.connection, limit=500, folder="all")
        (found,) = [c for c in page.conversations if c.chat_id == chat.chat_id]
        return found


async def do(act: Do, *arguments: Any, **named: Any) -> Any:
    """Let Messages do something, off the loop."""
    return await asyncio.to_thread(act, *arguments, **named)
