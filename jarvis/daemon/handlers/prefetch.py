"""Drafts made ready before they are asked for: what asks for them, what became of them."""

from __future__ import annotations

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.prefetch import (
    Invalidated,
    Prefetched,
    PrefetchFocusParams,
    PrefetchHoverParams,
    PrefetchInvalidateParams,
    PrefetchStats,
)


async def prefetch_focus(
    services: Services, params: PrefetchFocusParams, caller: Caller
) -> Prefetched:
    """A conversation was opened; its draft if it is ready by now."""
    chat = services.mail.chat(params.chat_id)
    draft = await services.assistance.prefetcher.focus(
        chat, params.num_suggestions, caller.client
    )
    return Prefetched(success=True, prefetched=draft is not None, draft=draft)


async def prefetch_hover(
    services: Services, params: PrefetchHoverParams, caller: Caller
) -> Prefetched:
    """A pointer rests on a conversation; nothing is read for it here."""
    chat = services.mail.chat(params.chat_id)
    is_ready = services.assistance.prefetcher.hover(chat, caller.client)
    return Prefetched(success=True, prefetched=is_ready)


async def prefetch_invalidate(
    services: Services, params: PrefetchInvalidateParams, _: Caller
) -> Invalidated:
    """Drop the drafts of one conversation, or all."""
    chat_ids = None
    if params.chat_id is not None:
        chat_ids = [services.mail.chat(params.chat_id).chat_id]
    dropped = services.assistance.prefetcher.invalidate("asked for", chat_ids)
    return Invalidated(success=True, invalidated=dropped)


async def prefetch_stats(
    services: Services, _: NoParams, _caller: Caller
) -> PrefetchStats:
    """What was made, and what came of it."""
    return await services.assistance.prefetcher.stats()
