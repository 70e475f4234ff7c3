"""Conversations, messages, names, and sending."""

from __future__ import annotations

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.errors import InvalidParams
from jarvis.protocol.methods.mail import (
    ListConversations,
    ListConversationsParams,
    ListMessages,
    ListMessagesParams,
    ResolveContactsParams,
    ResolveConversationParams,
    ResolvedConversation,
    SendMessageParams,
    Sent,
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
    services: Services, params: ListMessagesParams, caller: Caller
) -> ListMessages:
    """A page of one conversation; who reads it may soon want to answer."""
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
    services.expect_drafts(caller.client)
    return ListMessages(messages=page.messages, has_more=page.has_more)


async def resolve_contacts(
    services: Services, params: ResolveContactsParams, _: Caller
) -> dict[str, str | None]:
    """Names by handle, in any spelling."""
    asked = params.handles if params.identifiers is None else params.identifiers
    if asked is None:
        raise InvalidParams("Give the handles to look up.", "identifiers")
    return await services.mail.names_behind(asked)


async def resolve_conversation(
    services: Services, params: ResolveConversationParams, _: Caller
) -> ResolvedConversation:
    """Which conversation is meant, and which may be."""
    return await services.mail.meant(params.name, to_send=params.to_send)


async def send_message(
    services: Services, params: SendMessageParams, _: Caller
) -> Sent:
    """Hand a message over once, and say what became of it."""
    sending = services.sending
    chat = services.mail.chat(params.chat_id)
    return await sending.send(chat, params.text, params.idempotency_key)
