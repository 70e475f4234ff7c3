"""Choosing, resuming and polling events."""

from __future__ import annotations

import asyncio
import contextlib

from jarvis.daemon.dispatch import Caller
from jarvis.daemon.services import Services
from jarvis.daemon.subscriptions import Filter
from jarvis.errors import InvalidParams, InvalidRequest
from jarvis.protocol.events import EVENTS
from jarvis.protocol.methods.base import Success
from jarvis.protocol.methods.pushes import (
    EventsPollParams,
    PolledEvents,
    Subscribed,
    SubscribeParams,
    UnsubscribeParams,
)


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
        subscription=caller.listener.subscribe(wanted, missed, caller.request),
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
        news = services.broadcast.news
        page = await services.replay.page(
            wanted, since=params.since, epoch=params.epoch, limit=params.limit
        )
        is_over = services.is_draining or loop.time() >= until_s
        if page.events or page.gap or is_over:
            break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                await news.wait()
    return page


def _wanted(names: list[str] | None) -> Filter:
    """The events that a client named; new messages when it named none."""
    for number, name in enumerate(names or ()):
        if name not in EVENTS:
            reason = f"There is no such event; there are: {', '.join(EVENTS)}."
            raise InvalidParams(reason, f"events[{number}]")
    return Filter(frozenset(("new_message",) if names is None else names))
