"""The third part of the composition root: what works with a model, loaded after the start.

A ping and a list need none of it. It is built when somebody first asks for some of it,
or is about to, and a moment after the first list when nobody does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import aiosqlite

from jarvis.assistant.generation.styles import PromptStyles
from jarvis.clock import awake_and_asleep_s
from jarvis.daemon.assistance import Assistance, Readers
from jarvis.daemon.embedders import SAMPLED, Embedders, first_embedder
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.handlers import load_drafts
from jarvis.daemon.mail import Mail
from jarvis.daemon.models import Models, first_selection
from jarvis.daemon.prefetch import Prefetcher
from jarvis.daemon.reply_history import NEWEST_MESSAGES, CurrentReplyHistory
from jarvis.daemon.services import STARTING, Services, Stores
from jarvis.daemon.subscriptions import Push
from jarvis.daemon.warm_up import WarmUp
from jarvis.errors import ModelUnavailable, StoreUnavailable
from jarvis.inference.pool.embedding import EmbedderKinds, EmbedderPool, embedding
from jarvis.inference.pool.model_process import WorkerKind
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import ModelState
from jarvis.later import later
from jarvis.machine import Machine
from jarvis.protocol.events import ModelProgress
from jarvis.records import ChatId, PlainMessage
from jarvis.stores.chatdb.said import newest_said
from jarvis.stores.jarvisdb import open_reader

if TYPE_CHECKING:
    from jarvis.daemon import drafts, indexing, search
    from jarvis.daemon.indexing import Indexer
    from jarvis.daemon.search import Search
else:
    drafts, indexing = later("jarvis.daemon.drafts"), later("jarvis.daemon.indexing")
    search = later("jarvis.daemon.search")

LONG_QUEUE: Final = 2
"""From so many texts in line on, none is added that nobody waits for."""


class ModelKinds(NamedTuple):
    """The workers that write, those that make vectors, and how models are spoken to."""

    generator: WorkerKind
    embedder: EmbedderKinds
    styles: PromptStyles


@asynccontextmanager
async def assisting(
    services: Services, kinds: ModelKinds, tasks: asyncio.TaskGroup
) -> AsyncIterator[Assistance]:
    """All of it for as long as the block runs; its processes have ended when it is left."""
    settings = services.settings
    selection, notice = await asyncio.to_thread(first_selection, settings)
    searching, lost = await asyncio.to_thread(first_embedder, settings)
    async with contextlib.AsyncExitStack() as parts:
        supervisor = await parts.enter_async_context(
            supervised(
                selection,
                kinds.generator,
                log_path=settings.home / "worker.log",
                on_state=partial(_publish_state, services),
                keep_alive_s=settings.keep_alive_s,
            )
        )
        pool = await parts.enter_async_context(
            embedding(
                searching,
                kinds.embedder,
                log_path=settings.home / "embedder.log",
                on_state=partial(_look_after, services),
            )
        )
        assistance = Assistance(
            styles=kinds.styles,
            supervisor=supervisor,
            models=Models(
                supervisor,
                Embedders(pool, settings, partial(_sample, services)),
                settings,
                publish=partial(_publish_progress, services),
                notice=" ".join(filter(None, (notice, lost))) or None,
            ),
            warm_up=WarmUp(supervisor, Machine(), tasks),
            problem=services.problem,
        )
        await services.is_opened.wait()
        if services.stores is not None:
            assistance.readers = build_readers(
                services, services.stores, assistance, pool
            )
            await assistance.readers.feedback.begin()
        if services.is_draining:
            assistance.begin_to_drain()
        looking_up = tasks.create_task(_look_up_model(supervisor))
        parts.callback(looking_up.cancel)
        parts.push_async_callback(_close_search, assistance)
        yield assistance


async def _close_search(assistance: Assistance) -> None:
    if assistance.readers is not None and assistance.readers.search is not None:
        await assistance.readers.search.close()


async def _look_up_model(supervisor: Supervisor) -> None:
    """Let status name the model, or say what is wrong with it, before anybody asks."""
    with contextlib.suppress(ModelUnavailable):
        await supervisor.model()


async def _sample(services: Services) -> Sequence[PlainMessage]:
    """A sample of the mail, by which its languages are told."""
    return await _newest_said(services.mail, SAMPLED)


# What is told of models


def _look_after(services: Services, state: ModelState) -> None:
    """A model that fails may do so because the program was replaced."""
    if state.state == "failed":
        services.look_at_program()


def _publish_state(services: Services, state: ModelState) -> None:
    _look_after(services, state)
    if state.model is not None:
        progress = ModelProgress(
            model=state.model, state=state.state, reason=state.reason
        )
        _publish_progress(services, progress)


def _publish_progress(services: Services, progress: ModelProgress) -> None:
    push = Push.of("model_progress", progress)
    services.broadcast.publish(push, after=services.newest_seq)


# Who reads messages


def build_readers(
    services: Services, stores: Stores, assistance: Assistance, pool: EmbedderPool
) -> Readers:
    """What stands on the databases, and follows the inbox's commits from now on."""
    mail, supervisor = stores.mail, assistance.supervisor
    feedback = Feedback(stores.writer, stores.tasks)
    replies = CurrentReplyHistory(mail)
    prefetcher = _prefetcher(services, stores, assistance)
    assistance.warm_up.read_history = replies.history
    assistance.models.on_used = prefetcher.another_model
    stores.late_followers.come(replies.follow, prefetcher.follow)
    broadcast = services.broadcast
    return Readers(
        feedback=feedback,
        prefetcher=prefetcher,
        new_drafts=lambda: drafts.Drafts(
            mail,
            replies,
            feedback,
            services.metrics,
            supervisor,
            assistance.styles,
            stores.tasks,
            connections=lambda: broadcast.connections,
            limits=services.settings.limits,
            usage=prefetcher,
        ),
        new_search=lambda: _new_search(services, stores, pool),
        new_indexer=lambda: _new_indexer(services, stores, supervisor, pool),
    )


def _prefetcher(
    services: Services, stores: Stores, assistance: Assistance
) -> Prefetcher:
    """Who has drafts made ready, while somebody is there to be told."""
    broadcast, mail = services.broadcast, stores.mail
    return Prefetcher(
        is_on=services.settings.prefetch.enabled,
        load=lambda: load_drafts(services),
        loaded=lambda: assistance.readers.drafts if assistance.readers else None,
        objection=lambda: _objection(assistance),
        chat_of=lambda rowids: _chat_of(mail, rowids),
        read_past=lambda: _newest_said(mail, NEWEST_MESSAGES),
        is_anybody_there=lambda: bool(broadcast.connections),
        publish=lambda ready: broadcast.publish(
            Push.of("prefetch_complete", ready, chat_id=ready.chat_id),
            after=stores.inbox.seq,
        ),
        tasks=stores.tasks,
        limits=services.settings.limits,
        clock=awake_and_asleep_s,
    )


def _new_search(services: Services, stores: Stores, pool: EmbedderPool) -> Search:
    """Who searches, as soon as messages can be read."""
    if not stores.mail.is_ready:
        raise StoreUnavailable(services.store_problem or STARTING)
    return search.Search(
        services.settings.jarvis_db,
        Mail(stores.inbox, stores.reader),
        pool,
        progress=lambda: services.index_state,
    )


async def _new_indexer(
    services: Services, stores: Stores, supervisor: Supervisor, pool: EmbedderPool
) -> Indexer:
    """Who makes the search index, at work on a connection of its own.

    What happened until now it finds out by itself.
    """
    broadcast = services.broadcast
    await asyncio.to_thread(import_module, "jarvis.daemon.indexing")
    reader = await open_reader(services.settings.jarvis_db)
    indexer = indexing.Indexer(
        stores.inbox,
        stores.writer,
        reader,
        pool,
        Machine(),
        is_drafting=lambda: supervisor.is_busy,
        publish=lambda state: broadcast.publish(
            Push.of("index_progress", state), after=services.newest_seq
        ),
    )
    stores.inbox.follow(indexer.follow)
    stores.tasks.create_task(_work(indexer, reader))
    return indexer


async def _work(indexer: Indexer, reader: aiosqlite.Connection) -> None:
    try:
        await indexer.run()
    finally:
        await reader.close()


async def _objection(assistance: Assistance) -> str | None:
    """Why nothing should be written now that nobody waits for."""
    if (waiting := assistance.supervisor.waiting) >= LONG_QUEUE:
        return f"{waiting} texts wait for the model"
    return await assistance.warm_up.objection()


async def _newest_said(mail: Mail, limit: int) -> list[PlainMessage]:
    return await newest_said(await mail.chat_db(), mail.directory, limit=limit)


def _chat_of(mail: Mail, chat_rowids: Iterable[int]) -> ChatId | None:
    chat = mail.directory.of_rowids(chat_rowids) if mail.is_ready else None
    return chat.chat_id if chat else None
