"""Subscription: the events of one filter, over as many connections as it takes.

Each subscription has a connection of its own, for three reasons. A connection gets an
event once, so a second subscription on it would miss what the first was sent. Only the
daemon knows which guids are one chat, so the client cannot share events out. And a slow
reader holds up nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from jarvis.client.backoff import Backoff
from jarvis.client.wire import Push, Wire
from jarvis.errors import ConnectionLost, JarvisError
from jarvis.protocol.events import SubscriptionClosed
from jarvis.protocol.methods.pushes import Subscribed
from jarvis.records import ChatId

ANSWER_WITHIN_S: Final = 30.0
MOST_UNREAD: Final = 1_000
"""Events kept for a slow reader; above it they stay in the socket, then in the daemon."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were lost: load everything anew. What follows comes after `seq` of `epoch`."""

    seq: int
    epoch: str


class Subscription:
    """Which events are wanted, and the place up to which they came."""

    def __init__(
        self,
        names: Sequence[str] | None,
        chat_id: ChatId | None,
        since: int | None,
        epoch: str | None,
    ) -> None:
        self._names = names
        self._chat_id = chat_id
        self._seq = since
        self._epoch = epoch

    async def follow(
        self,
        connect: Callable[[Callable[[Push], None]], Awaitable[Wire]],
        retry: Backoff,
    ) -> AsyncGenerator[Push | Gap, None]:
        """Every event, in order; after an error that may pass it tries again.

        Raises:
            JarvisError: the daemon refuses the subscription.
        """
        while True:
            unread = _Unread()
            try:
                wire = await connect(unread.put)
                unread.come_from(wire)
                try:
                    answer = await wire.call(
                        "subscribe", self._params(), timeout_s=ANSWER_WITHIN_S
                    )
                    unread.check_order()
                    retry.succeeded()
                    if self._begin(answer):
                        yield Gap(answer.seq, answer.epoch)
                    async for push in unread:
                        for event in self._take(push):
                            yield event
                finally:
                    wire.close()
            except JarvisError as error:
                if not error.retryable:
                    raise
                await retry.wait(retry.next_wait_s())

    def _params(self) -> dict[str, object]:
        """The params of the next `subscribe`; the daemon fills in what is left out."""
        wanted = {
            "events": None if self._names is None else list(self._names),
            "chat_id": self._chat_id,
            "since": self._seq,
            "epoch": self._epoch,
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def _begin(self, answer: Subscribed) -> bool:
        """Begin where the daemon's answer says; whether events were lost."""
        is_lost = answer.gap or self._epoch not in (None, answer.epoch)
        if is_lost or self._seq is None:
            self._seq = answer.seq
        self._epoch = answer.epoch
        return is_lost

    def _take(self, push: Push) -> Iterator[Push | Gap]:
        """Give the event to the reader, after a Gap where the epoch changed."""
        if isinstance(push.params, SubscriptionClosed):
            self._seq = push.params.seq
            return
        seq, epoch = _place(push.params)
        if seq is not None and epoch is not None:
            if epoch != self._epoch:
                yield Gap(seq - 1, epoch)
            self._seq, self._epoch = seq, epoch
        yield push


class _Unread:
    """The pushes of one wire that the reader has not taken yet, then the wire's end."""

    def __init__(self) -> None:
        self._wire: Wire | None = None
        self._pushes: asyncio.Queue[Push | None] = asyncio.Queue()
        self._is_early = False
        self._is_lagging = False

    def come_from(self, wire: Wire) -> None:
        """Take the pushes of this wire, and pause it when there are too many."""
        self._wire = wire
        wire.ended.add_done_callback(lambda _: self._pushes.put_nowait(None))

    def put(self, push: Push) -> None:
        """Keep a push; when too many are kept, stop reading."""
        if self._wire is None or self._wire.is_waiting:
            self._is_early = True
            return
        self._pushes.put_nowait(push)
        if self._pushes.qsize() >= MOST_UNREAD:
            self._wire.pause_reading()

    def check_order(self) -> None:
        """Check that no push came before the subscription began.

        Raises:
            ConnectionLost: this process was so slow to ask that the daemon began with
                its default pushes. It does not send them twice, so ask on a new wire.
        """
        if self._is_early:
            raise ConnectionLost("Jarvis told news before it was asked to.")

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Push:
        """The next push; after one that says that the reader lags there is no other.

        Raises:
            ConnectionLost: the wire has ended.
        """
        assert self._wire is not None, "come_from first"
        if self._is_lagging:
            raise StopAsyncIteration
        if self._pushes.empty():
            self._wire.resume_reading()
        push = await self._pushes.get()
        if push is None:
            raise ConnectionLost(self._wire.ended.result())
        closed = push.params
        self._is_lagging = (
            isinstance(closed, SubscriptionClosed) and closed.reason == "lagging"
        )
        return push


def _place(params: Any) -> tuple[int | None, str | None]:
    """The number and the epoch of a stored event; None for one that is not stored."""
    if isinstance(params, dict):
        return params.get("seq"), params.get("epoch")
    return getattr(params, "seq", None), getattr(params, "epoch", None)
