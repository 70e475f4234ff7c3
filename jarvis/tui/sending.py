"""Sending: one request for each press of enter, repeated only to learn its outcome.

A message keeps its idempotency key, so that a repeated request never sends twice. What
failed is not repeated: it waits for the reader.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from jarvis.errors import (
    Busy,
    CannotSend,
    ConnectionLost,
    InvalidParams,
    InvalidRequest,
    JarvisError,
    MethodNotFound,
    NotYetServed,
    ServerCancelled,
    UnknownChat,
)
from jarvis.protocol.methods.mail import Sent
from jarvis.records import ChatId
from jarvis.tui.client import ClientLike
from jarvis.tui.store.daemon_state import Online
from jarvis.tui.store.outbox import Outgoing, Progress
from jarvis.tui.store.store import Store

SEND_WITHIN_S: Final = 60.0
"""Seeing whether a message went out takes up to 25 s; and one may wait behind another."""
NOT_CONNECTED: Final = "Jarvis was not connected."

_CANNOT: Final = (CannotSend, MethodNotFound, NotYetServed)
_REFUSED: Final = (Busy, InvalidParams, InvalidRequest, UnknownChat)
"""Answers after which it is certain that nothing went out."""


class Sending:
    """Every message on its way; those of one conversation leave one after the other."""

    def __init__(self, client: ClientLike, store: Store) -> None:
        self._client = client
        self._store = store
        self._turns: defaultdict[ChatId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, outgoing: Outgoing) -> str | None:
        """Send it and note the answer; the daemon's sentence where it cannot send."""
        try:
            return await self._run(outgoing)
        finally:
            self._store.recognise_sent(outgoing.chat_id)

    async def _run(self, outgoing: Outgoing) -> str | None:
        async with self._turns[outgoing.chat_id]:
            if self._was_never_asked(outgoing):
                outgoing.take(Progress.FAILED, None, NOT_CONNECTED)
                return None
            try:
                sent: Sent = await self._client.call(
                    "send_message",
                    timeout_s=SEND_WITHIN_S,
                    chat_id=outgoing.chat_id,
                    text=outgoing.text,
                    idempotency_key=outgoing.key,
                )
            except (ConnectionLost, ServerCancelled):
                outgoing.lose()
            except _CANNOT as error:
                outgoing.take(Progress.FAILED, None, str(error))
                return str(error)
            except _REFUSED as error:
                outgoing.take(Progress.FAILED, None, str(error))
            except JarvisError as error:
                # A defect may have come before the sending or after it.
                outgoing.take(Progress.UNKNOWN, None, str(error))
            else:
                outgoing.take(sent.status, sent.guid, sent.reason)
        return None

    def _was_never_asked(self, outgoing: Outgoing) -> bool:
        """Whether the connection went while it waited for its turn."""
        is_online = isinstance(self._store.link, Online)
        return not is_online and outgoing.progress is Progress.SENDING
