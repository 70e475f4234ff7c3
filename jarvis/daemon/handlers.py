"""One function a method of the catalogue: from checked params to the result.

A handler that never waits is a plain function and is answered where it is read. What is
not here is answered NotYetServed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from jarvis import __version__
from jarvis.assistant.drafting import draft_reply
from jarvis.assistant.summarizing import summarize_chat
from jarvis.daemon.dispatch import Caller, Handler
from jarvis.daemon.services import Services
from jarvis.daemon.status import read_status
from jarvis.errors import InvalidParams
from jarvis.protocol.methods import (
    PROTOCOL_VERSION,
    GenerateDraftParams,
    ListConversations,
    ListConversationsParams,
    ListMessages,
    ListMessagesParams,
    NoParams,
    Ping,
    Status,
    Success,
    SummarizeParams,
)
from jarvis.records import Draft, Summary


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
        can_send=False,
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


async def get_status(services: Services, _: NoParams, _caller: Caller) -> Status:
    """The state of every part."""
    return await read_status(services)


def shutdown(services: Services, _: NoParams, _caller: Caller) -> Success:
    """Begin to drain; the answer goes out first."""
    services.stop()
    return Success(success=True)


HANDLERS: Final[Mapping[str, Handler[Services]]] = {
    "ping": ping,
    "list_conversations": list_conversations,
    "list_messages": list_messages,
    "generate_draft": generate_draft,
    "summarize": summarize,
    "get_status": get_status,
    "shutdown": shutdown,
}
