"""The second half of the composition root: the databases, and what is built upon them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Final

import aiosqlite

from jarvis.clock import awake_and_asleep_s
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.handlers import WRITING
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.mail import Mail
from jarvis.daemon.prefetch import Prefetcher
from jarvis.daemon.replay import Replay
from jarvis.daemon.reply_history import NEWEST_MESSAGES, CurrentReplyHistory
from jarvis.daemon.services import Services, Stores
from jarvis.daemon.subscriptions import Push
from jarvis.daemon.watcher import Watcher
from jarvis.daemon.watching import backends_for, self_test_in
from jarvis.errors import ModelUnavailable, StoreUnavailable
from jarvis.later import later
from jarvis.machine import Machine
from jarvis.records import ChatId, PlainMessage
from jarvis.stores.chatdb import newest_said
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer

if TYPE_CHECKING:
    from jarvis.daemon import drafts, indexing, search
    from jarvis.daemon.drafts import Drafts
    from jarvis.daemon.indexing import Indexer
    from jarvis.daemon.sending.sending import Sending
else:
    drafts, indexing = later("jarvis.daemon.drafts"), later("jarvis.daemon.indexing")
    search = later("jarvis.daemon.search")

LONG_QUEUE: Final = 2
"""From so many texts in line on, none is added that nobody waits for."""
LOAD_AHEAD_S: Final = 1.0
"""Delay between the first list and what nobody asked for yet: clients want pages first."""

log = logging.getLogger("jarvis.daemon")


async def follow_mail(services: Services, begin: Callable[[], None]) -> None:
    """Open the databases, give `services` its stores, and follow chat.db until cancelled.

    `begin` is called once the conversation list can be read, or it is known why not.
    """
    settings = services.settings
    async with contextlib.AsyncExitStack() as closing:
        try:
            writer = await open_writer(settings.jarvis_db)
            closing.push_async_callback(writer.close)
            reader = await open_reader(settings.jarvis_db)
            closing.push_async_callback(reader.close)
        except StoreUnavailable as error:
            log.warning("jarvis.db cannot be used")
            services.problem = str(error)
            begin()
            return
        inbox = Inbox(settings.chat_db, settings.contacts_db, writer)
        closing.push_async_callback(inbox.close)
        mail = Mail(inbox, reader)
        closing.push_async_callback(mail.close)
        closing.push_async_callback(_close_search, services)
        await services.metrics.begin(writer)
        closing.push_async_callback(services.metrics.save)
        tasks = await closing.enter_async_context(asyncio.TaskGroup())
        feedback = Feedback(writer, tasks)
        await feedback.begin()
        stores = services.stores = build_stores(
            services, inbox, mail, reader, feedback, tasks, writer
        )
        tasks.create_task(_begin_service(services, stores, begin))
        await stores.watcher.run()


def build_stores(
    services: Services,
    inbox: Inbox,
    mail: Mail,
    reader: aiosqlite.Connection,
    feedback: Feedback,
    tasks: asyncio.TaskGroup,
    writer: JarvisDb,
) -> Stores:
    """What stands on the databases, and what follows the inbox's commits."""
    broadcast = services.broadcast
    replies = CurrentReplyHistory(mail)
    services.warm_up.read_history = replies.history
    prefetcher = _prefetcher(services, inbox, mail, tasks)
    services.models.on_used = prefetcher.another_model
    inbox.follow(replies.follow, prefetcher.follow, broadcast.follow)
    backends = backends_for(services.settings.chat_db)
    self_test = self_test_in(services.settings.home)
    return Stores(
        inbox=inbox,
        mail=mail,
        new_drafts=lambda: drafts.Drafts(
            mail,
            replies,
            feedback,
            services.metrics,
            services.supervisor,
            services.styles,
            tasks,
            connections=lambda: broadcast.connections,
            limits=services.settings.limits,
            usage=prefetcher,
        ),
        new_search=lambda: search.Search(
            services.settings.jarvis_db,
            Mail(inbox, reader),
            services.embedding,
            progress=lambda: services.index_state,
        ),
        prefetcher=prefetcher,
        feedback=feedback,
        replay=Replay(inbox, reader, services.settings.limits),
        sending=_sending(services, inbox, mail, reader, tasks),
        watcher=Watcher(inbox.poll, backends, self_test=self_test),
        notice=writer.notice,
        new_indexer=lambda: _new_indexer(services, inbox, writer, tasks),
    )


def _prefetcher(
    services: Services, inbox: Inbox, mail: Mail, tasks: asyncio.TaskGroup
) -> Prefetcher:
    """Who has drafts made ready, while somebody is there to be told."""
    broadcast = services.broadcast
    return Prefetcher(
        is_on=services.settings.prefetch.enabled,
        load=lambda: _load_drafts(services),
        loaded=lambda: services.stores.drafts if services.stores else None,
        objection=lambda: _objection(services),
        chat_of=lambda rowids: _chat_of(mail, rowids),
        read_past=lambda: _newest_said(mail),
        is_anybody_there=lambda: bool(broadcast.connections),
        publish=lambda ready: broadcast.publish(
            Push.of("prefetch_complete", ready, chat_id=ready.chat_id), after=inbox.seq
        ),
        tasks=tasks,
        limits=services.settings.limits,
        clock=awake_and_asleep_s,
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


async def _new_indexer(
    services: Services, inbox: Inbox, writer: JarvisDb, tasks: asyncio.TaskGroup
) -> Indexer:
    """Who makes the search index, at work on a connection of its own.

    What happened until now it finds out by itself.
    """
    broadcast = services.broadcast
    await asyncio.to_thread(import_module, "jarvis.daemon.indexing")
    reader = await open_reader(services.settings.jarvis_db)
    indexer = indexing.Indexer(
        inbox,
        writer,
        reader,
        services.embedding,
        Machine(),
        is_drafting=lambda: services.supervisor.is_busy,
        publish=lambda state: broadcast.publish(
            Push.of("index_progress", state), after=services.newest_seq
        ),
    )
    inbox.follow(indexer.follow)
    tasks.create_task(_work(indexer, reader))
    return indexer


async def _work(indexer: Indexer, reader: aiosqlite.Connection) -> None:
    try:
        await indexer.run()
    finally:
        await reader.close()


async def _close_search(services: Services) -> None:
    if services.stores is not None and services.stores.search is not None:
        await services.stores.search.close()


async def _begin_service(
    services: Services, stores: Stores, begin: Callable[[], None]
) -> None:
    """Say that we are ready, settle what an earlier daemon left open, load the rest."""
    await stores.inbox.has_polled.wait()
    begin()
    await stores.inbox.is_listed.wait()
    if stores.sending is not None:
        await stores.sending.settle_earlier(stores.mail.find)
    await asyncio.sleep(LOAD_AHEAD_S)
    with contextlib.suppress(ModelUnavailable):  # whoever asks for a draft is told
        await _load_drafts(services)
    with contextlib.suppress(StoreUnavailable):  # whoever asks how far it is, is told
        await stores.begin_indexing()


async def _load_drafts(services: Services) -> Drafts:
    await WRITING.load()
    return services.drafts


async def _objection(services: Services) -> str | None:
    """Why nothing should be written now that nobody waits for."""
    if (waiting := services.supervisor.waiting) >= LONG_QUEUE:
        return f"{waiting} texts wait for the model"
    return await services.warm_up.objection()


async def _newest_said(mail: Mail) -> list[PlainMessage]:
    return await newest_said(
        await mail.chat_db(), mail.directory, limit=NEWEST_MESSAGES
    )


def _chat_of(mail: Mail, chat_rowids: Iterable[int]) -> ChatId | None:
    chat = mail.directory.of_rowids(chat_rowids) if mail.is_ready else None
    return chat.chat_id if chat else None
