"""A backend that does what a test says, into the chat.db of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from jarvis.daemon.sending.backend import SendTarget
from tests.daemon.inbox.messages_app import NOW, MessagesApp


@dataclass
class FakeBackend:
    """Submits to `act`, which stands for Messages; `submitted` is what it was given.

    While `held`, nothing is submitted; `reached` tells that something waits there.
    """

    app: MessagesApp
    act: Callable[[MessagesApp, str], object]
    name: Literal["messages", "demo"] = "messages"
    submitted: list[tuple[SendTarget, str]] = field(default_factory=list)
    held: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, target: SendTarget, text: str) -> None:
        """Let Messages do it."""
        self.submitted.append((target, text))
        self.reached.set()
        if self.held is not None:
            await self.held.wait()
        await asyncio.to_thread(self.act, self.app, text)


def written(
    app: MessagesApp, text: str, *, is_sent: int = 1, **columns: int | str
) -> int:
    """Messages sends it: it stands in the chat, and has gone out."""
    (rowid,) = app.write(text, date=NOW, from_me=True, is_sent=is_sent, **columns)
    return rowid
