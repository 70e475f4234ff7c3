"""The pushing half of a daemon in this process: a real chat.db, a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jarvis.assistant.generation.styles import BUILT_IN
from jarvis.config import Limits, load_settings
from jarvis.daemon.assisting import ModelKinds, assisting
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Dispatcher
from jarvis.daemon.following import build_stores
from jarvis.daemon.handlers import HANDLERS
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.late import Part, Room
from jarvis.daemon.mail import Mail
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.services import Services
from jarvis.daemon.watcher import Trigger
from jarvis.inference.kinds import EMBEDDER, GENERATOR
from jarvis.stores.jarvisdb import open_reader, open_writer
from tests.daemon.inbox.messages_app import NOW, MessagesApp
from tests.daemon.server import RawClient, Server, serving


class Pushing(Server):
    """Mail written here is told only when the test says so."""

    def __init__(
        self, path: Path, broadcast: Broadcast, app: MessagesApp, inbox: Inbox
    ) -> None:
        super().__init__(path, broadcast)
        self.app = app
        self.inbox = inbox

    async def commit(self, *texts: str, date: datetime = NOW) -> None:
        """Messages writes these in one commit."""
        await asyncio.to_thread(self.app.write, *texts, date=date)

    async def connected(self) -> None:
        """Wait until the daemon knows of a connection."""
        async with asyncio.timeout(30):
            while not self.broadcast.connections:  # noqa: ASYNC110  # a turn of the loop
                await asyncio.sleep(0)

    async def poll(self) -> None:
        """Find and tell what was committed."""
        await self.inbox.poll(Trigger.EVENT)

    async def tell(self, *texts: str) -> None:
        """Commit these and tell them."""
        await self.commit(*texts)
        await self.poll()


async def pushed(client: RawClient, number: int) -> list[dict[str, Any]]:
    """The params of the next so many new_message pushes; other lines are passed over."""
    found: list[dict[str, Any]] = []
    while len(found) < number:
        line = await client.line()
        assert line is not None, "the daemon closed before it pushed"
        if line.get("method") == "new_message":
            found.append(line["params"])
    return found


@asynccontextmanager
async def pushing(
    socket: Path, app: MessagesApp, limits: Limits | None = None
) -> AsyncIterator[Pushing]:
    """Serve at `socket` what this Messages writes, with jarvis.db beside its chat.db."""
    flags = {"home": app.path.parent, "chat_db": app.path, "engine": "scripted"}
    settings = await asyncio.to_thread(load_settings, flags, {})
    settings = settings._replace(limits=limits or Limits())
    broadcast = Broadcast()

    async with AsyncExitStack() as closing:
        writer = await open_writer(settings.jarvis_db)
        closing.push_async_callback(writer.close)
        reader = await open_reader(settings.jarvis_db)
        closing.push_async_callback(reader.close)
        contacts = app.path.with_name("AddressBook")
        inbox = Inbox(app.path, contacts, writer, now=lambda: NOW)
        closing.push_async_callback(inbox.close)
        mail = Mail(inbox, reader)
        closing.push_async_callback(mail.close)
        tasks = await closing.enter_async_context(asyncio.TaskGroup())
        kinds = ModelKinds(GENERATOR, EMBEDDER, BUILT_IN)
        services = Services(
            settings,
            Part(Room(lambda: partial(assisting, services, kinds, tasks)), tasks),
            Metrics(tasks),
            broadcast,
            stop=lambda: None,
        )
        closing.callback(services.late.close)
        services.stores = build_stores(services, inbox, mail, reader, writer, tasks)
        services.is_opened.set()
        await inbox.poll(Trigger.EVENT)
        dispatcher = Dispatcher(services, HANDLERS)
        async with serving(socket, dispatcher, broadcast, settings.limits):
            yield Pushing(socket, broadcast, app, inbox)
