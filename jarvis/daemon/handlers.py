"""One function a method of the catalogue: from checked params to the result.

A handler that never waits is a plain function and is answered where it is read. What is
not here is answered NotYetServed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any, Final

from jarvis import __version__
from jarvis.assistant.drafting import draft_reply
from jarvis.assistant.summarizing import summarize_chat
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.services import Services
from jarvis.daemon.status import read_status
from jarvis.daemon.subscriptions import Filter
from jarvis.errors import InvalidParams, InvalidRequest
from jarvis.protocol.events import EVENTS
from jarvis.protocol.methods import PROTOCOL_VERSION
from jarvis.protocol.methods.base import NoParams, Success
from jarvis.protocol.methods.daemon import Ping, Status
from jarvis.protocol.methods.mail import (
    ListConversations,
    ListConversationsParams,
    ListMessages,
    ListMessagesParams,
    ResolveContactsParams,
)
from jarvis.protocol.methods.pushes import (
    EventsPollParams,
    PolledEvents,
    Subscribed,
    SubscribeParams,
    UnsubscribeParams,
)
from jarvis.protocol.methods.sending import SendMessageParams, Sent
from jarvis.protocol.methods.upkeep import ForgetParams, Forgotten
from jarvis.protocol.methods.writing import GenerateDraftParams, SummarizeParams
from jarvis.protocol.openrpc import document
from jarvis.records import Draft, Summary
from jarvis.stores.forgetting import database_bytes, remove_damaged


def ping(services: Services, _: NoParams, _caller: Caller) -> Ping:
    """Who answers, and whether it can work."""
    return Ping(
        status=services.ping_status,
        timestamp=time.time(),
        version=__version__,
        protocol_version=PROTOCOL_VERSION,
        pid=services.pid,
        epoch=services.epoch,
        uptime_s=services.uptime_s,
        models_ready=services.supervisor.state.state == "ready",
        can_send=services.carrier is not None,
    )


async def list_conversations(
    services: Services, params: ListConversationsParams, _: Caller
) -> ListConversations:
    """A page of the maintained list."""
    page = await services.mail.conversations(
        limit=params.limit,
        before=params.before,
        query=params.query,
        folder=params.folder,
    )
    return ListConversations(
        conversations=tuple(page.conversations),
        total_count=page.total_count,
        next=page.next,
    )


async def list_messages(
    services: Services, params: ListMessagesParams, _: Caller
) -> ListMessages:
    """A page of one conversation."""
    anchors = [params.before, params.after, params.around]
    if sum(anchor is not None for anchor in anchors) > 1:
        reason = "Give one of before, after and around, not several."
        raise InvalidParams(reason, "before")
    page = await services.mail.page(
        services.mail.chat(params.chat_id),
        limit=params.limit,
        before=params.before,
        after=params.after,
        around=params.around,
    )
    return ListMessages(messages=page.messages, has_more=page.has_more)


async def resolve_contacts(
    services: Services, params: ResolveContactsParams, _: Caller
) -> dict[str, str | None]:
    """Names by handle, in any spelling."""
    asked = params.handles if params.identifiers is None else params.identifiers
    if asked is None:
        raise InvalidParams("Give the handles to look up.", "identifiers")
    return await services.mail.names_behind(asked)


async def generate_draft(
    services: Services, params: GenerateDraftParams, caller: Caller
) -> Draft:
    """Replies to the newest messages, streamed as they are written."""
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.context_messages)
    return await draft_reply(
        page.messages,
        services.supervisor,
        chat_id=chat.chat_id,
        others=services.mail.names_of(chat),
        num_suggestions=params.num_suggestions,
        instruction=params.instruction,
        caller=caller.client,
        on_token=caller.stream.token if caller.stream else None,
    )


async def summarize(
    services: Services, params: SummarizeParams, caller: Caller
) -> Summary:
    """What was said, streamed as it is written."""
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.num_messages)
    return await summarize_chat(
        page.messages,
        services.supervisor,
        chat_id=chat.chat_id,
        others=services.mail.names_of(chat),
        caller=caller.client,
        on_token=caller.stream.token if caller.stream else None,
    )


async def send_message(
    services: Services, params: SendMessageParams, _: Caller
) -> Sent:
    """Hand a message over once, and say what became of it."""
    sending = services.sending
    chat = services.mail.chat(params.chat_id)
    return await sending.send(chat, params.text, params.idempotency_key)


async def subscribe(
    services: Services, params: SubscribeParams, caller: Caller
) -> Subscribed:
    """Listen to more, or again from where a client stopped."""
    if caller.listener is None:
        reason = "Pushes need a connection of their own; use events.poll here."
        raise InvalidRequest(reason)
    wanted = _wanted(params.events)
    if params.chat_id is not None:
        chat = services.mail.chat(params.chat_id)
        wanted = Filter(wanted.names, chat.chat_id)
    missed = await services.replay.up_to_now(
        wanted, since=params.since, epoch=params.epoch
    )
    return Subscribed(
        subscription=caller.listener.subscribe(wanted, missed),
        seq=missed.seq,
        epoch=missed.epoch,
        gap=missed.gap,
    )


def unsubscribe(
    services: Services, params: UnsubscribeParams, caller: Caller
) -> Success:
    """End a subscription."""
    seq = services.replay.seq
    listener = caller.listener
    was_open = listener is not None and listener.unsubscribe(params.subscription, seq)
    return Success(success=was_open)


async def poll_events(
    services: Services, params: EventsPollParams, _: Caller
) -> PolledEvents:
    """The next stored events, waited for if there are none yet."""
    wanted = _wanted(params.events)
    loop = asyncio.get_running_loop()
    until_s = loop.time() + params.timeout_ms / 1000
    while True:
        found = await services.replay.page(
            wanted, since=params.since, epoch=params.epoch, limit=params.limit
        )
        is_over = services.is_draining or loop.time() >= until_s
        if found.events or found.gap or is_over:
            break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                await services.broadcast.news()
    return found


def _wanted(names: list[str] | None) -> Filter:
    """The events that a client named; new messages when it named none."""
    for number, name in enumerate(names or ()):
        if name not in EVENTS:
            known = ", ".join(EVENTS)
            reason = f"There is no such event; there are: {known}."
            raise InvalidParams(reason, f"events[{number}]")
    return Filter(frozenset(("new_message",) if names is None else names))


async def forget(services: Services, params: ForgetParams, _: Caller) -> Forgotten:
    """Delete what Jarvis holds; chat.db is Apple's and stays as it is."""
    inbox, path = services.inbox, services.settings.jarvis_db
    before = await asyncio.to_thread(database_bytes, path)
    damaged = 0
    if params.what != "index":  # there is none in this version
        await inbox.forget(params.what)
    if params.what == "everything":
        damaged = await asyncio.to_thread(remove_damaged, path)
    after = await asyncio.to_thread(database_bytes, path)
    return Forgotten(success=True, freed_bytes=max(before - after, 0) + damaged)


async def get_status(services: Services, _: NoParams, _caller: Caller) -> Status:
    """The state of every part."""
    return await read_status(services)


def discover(_services: Services, _: NoParams, _caller: Caller) -> dict[str, Any]:
    """The contract, and in `x-served` what this version answers of it."""
    return {**document(), "x-served": sorted({*HANDLERS, "batch"})}


def shutdown(services: Services, _: NoParams, _caller: Caller) -> Success:
    """Begin to drain; the answer goes out first."""
    services.stop()
    return Success(success=True)


HANDLERS: Final[Mapping[str, Handler[Services]]] = {
    "ping": ping,
    "list_conversations": list_conversations,
    "list_messages": list_messages,
    "resolve_contacts": resolve_contacts,
    "generate_draft": generate_draft,
    "summarize": summarize,
    "send_message": send_message,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "events.poll": poll_events,
    "forget": forget,
    "get_status": get_status,
    "rpc.discover": discover,
    "shutdown": shutdown,
}
