"""The second part of the composition root: the databases, and who follows chat.db."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final

import aiosqlite

from jarvis.daemon.handlers import load_drafts
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.inbox.late_followers import LateFollowers
from jarvis.daemon.mail import Mail
from jarvis.daemon.replay import Replay
from jarvis.daemon.services import Services, Stores
from jarvis.daemon.watcher import Watcher
from jarvis.daemon.watching import backends_for, self_test_in
from jarvis.errors import ModelUnavailable, StoreUnavailable
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer

if TYPE_CHECKING:
    from jarvis.daemon.sending.sending import Sending

LOAD_AHEAD_S: Final = 1.0
"""Delay between the first list and what nobody asked for yet: clients want pages first."""

_PAGES: Final = "jarvis.stores.chatdb.messages"
"""What the first page needs, and no start: loaded as soon as that is over, while the
program is surely the one that began."""

log = logging.getLogger("jarvis.daemon")


async def follow_mail(services: Services, begin: Callable[[], None]) -> None:
    """Open the databases, give `services` its stores, and follow chat.db until cancelled.

    `begin` is called once the conversation list can be read, or it is known why not.
    """
    async with contextlib.AsyncExitStack() as closing:
        closing.callback(services.is_opened.set)
        try:
            stores = await _opened(services, closing)
        except StoreUnavailable as error:
            log.warning("jarvis.db cannot be used")
            services.problem = str(error)
            begin()
            return
        services.stores = stores
        services.is_opened.set()
        stores.tasks.create_task(_begin_service(services, stores, begin))
        await stores.watcher.run()


async def _opened(services: Services, closing: contextlib.AsyncExitStack) -> Stores:
    """The databases, open until `closing` ends."""
    settings = services.settings
    writer = await open_writer(settings.jarvis_db)
    closing.push_async_callback(writer.close)
    reader = await open_reader(settings.jarvis_db)
    closing.push_async_callback(reader.close)
    inbox = Inbox(settings.chat_db, settings.contacts_db, writer)
    closing.push_async_callback(inbox.close)
    mail = Mail(inbox, reader)
    closing.push_async_callback(mail.close)
    await services.metrics.begin(writer)
    closing.push_async_callback(services.metrics.save)
    tasks = await closing.enter_async_context(asyncio.TaskGroup())
    return build_stores(services, inbox, mail, reader, writer, tasks)


def build_stores(
    services: Services,
    inbox: Inbox,
    mail: Mail,
    reader: aiosqlite.Connection,
    writer: JarvisDb,
    tasks: asyncio.TaskGroup,
) -> Stores:
    """What stands on the databases, and what follows the inbox's commits."""
    broadcast = services.broadcast
    late = LateFollowers(is_heard=lambda: bool(broadcast.connections))
    inbox.follow(late.follow, broadcast.follow)
    return Stores(
        inbox=inbox,
        mail=mail,
        reader=reader,
        writer=writer,
        tasks=tasks,
        late_followers=late,
        replay=Replay(inbox, reader, services.settings.limits),
        sending=_sending(services, inbox, mail, reader, tasks),
        watcher=Watcher(
            inbox.poll,
            backends_for(services.settings.chat_db),
            self_test=self_test_in(services.settings.home),
        ),
    )


def _sending(
    services: Services,
    inbox: Inbox,
    mail: Mail,
    reader: aiosqlite.Connection,
    tasks: asyncio.TaskGroup,
) -> Sending | None:
    """What sends messages, where this machine can."""
    if services.send_backend is None:
        return None
    from jarvis.daemon.sending.sending import Sending

    return Sending(
        services.send_backend,
        send_log=inbox,
        reader=reader,
        chat_db=mail.chat_db,
        directory=lambda: mail.directory,
        news=lambda: services.broadcast.news,
        tasks=tasks,
    )


async def _begin_service(
    services: Services, stores: Stores, begin: Callable[[], None]
) -> None:
    """Say that we are ready, settle what an earlier daemon left open, load the rest."""
    await stores.inbox.has_polled.wait()
    begin()
    await asyncio.to_thread(import_module, _PAGES)
    await stores.inbox.is_listed.wait()
    if stores.sending is not None:
        await stores.sending.settle_earlier(stores.mail.find)
    await asyncio.sleep(LOAD_AHEAD_S)
    with contextlib.suppress(ModelUnavailable):  # whoever asks for a draft is told
        await load_drafts(services)
    # Whoever asks how far it is, is told.
    with contextlib.suppress(ModelUnavailable, StoreUnavailable):
        await (await services.assisted()).indexer()
