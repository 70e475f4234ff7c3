"""The pushes of one connection: which it gets, in what order, and what waits to go out.

They never overtake an answer that they have to follow: until a connection's first request
is answered they wait, and what a subscription replays comes after its response.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from jarvis.config import Limits
from jarvis.daemon.subscriptions import (
    DEFAULT_SUBSCRIPTION,
    Filter,
    Missed,
    Push,
    Subscriptions,
)
from jarvis.protocol.events import SubscriptionClosed
from jarvis.protocol.jsonrpc import Request

FIRST_WORD_S: Final = 0.05
"""How long pushes wait for a new connection's first request: it may be a subscribe that
resumes, and then they come in their order, after what was missed."""


@dataclass(eq=False, slots=True)
class _Gate:
    """A place in the queue: what stands behind it waits until it opens.

    It opens when `request`, if any, is answered; then `lines` go out first.
    """

    request: Request | None
    lines: tuple[bytes, ...] = ()
    is_locked: bool = False


class Pushes:
    """Writes to `transport`; `is_answered` says whether a response went out before."""

    def __init__(
        self,
        transport: asyncio.Transport,
        limits: Limits,
        is_answered: Callable[[Request], bool],
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._is_answered = is_answered
        self._subscriptions = Subscriptions(limits.subscriptions)
        self._waiting: deque[Push | _Gate] = deque()
        self._waiting_bytes = 0
        self._made_s = asyncio.get_running_loop().time()
        self._first_word: _Gate | None = None
        self.is_first_known = False

    # Which

    def subscribe(self, wanted: Filter, missed: Missed, request: Request | None) -> str:
        """Listen to more; what was missed goes out once the request is answered.

        `request` None: nobody waits for an answer.

        Raises:
            Busy: the connection has as many subscriptions as it may have.
        """
        if self._subscriptions.has_default:
            self._end_default(missed.seq)
        news = self._subscriptions.not_told(missed.events)
        name = self._subscriptions.begin(wanted, missed.after)
        lines = tuple(push.line for push in news)
        self._waiting.append(_Gate(request, lines))
        self._waiting_bytes += sum(map(len, lines))
        return name

    def _end_default(self, seq: int) -> None:
        """Replace it; of what still waits to go out, the next subscription tells."""
        taken_back = [each for each in self._waiting if isinstance(each, Push)]
        self._waiting = deque(each for each in self._waiting if isinstance(each, _Gate))
        self._waiting_bytes -= sum(len(push.line) for push in taken_back)
        numbers = [push.seq for push in taken_back if push.seq is not None]
        told = min(numbers, default=seq + 1) - 1
        self._subscriptions.end(DEFAULT_SUBSCRIPTION, told)

    def unsubscribe(self, subscription: str, seq: int) -> bool:
        """End a subscription that has told everything up to `seq`."""
        return self._subscriptions.end(subscription, seq)

    def push(self, push: Push, seq: int) -> None:
        """Send it if the client listens to it; `seq` is the newest event before it.

        A client that leaves too much unread is told that it lags, and hears no more.
        """
        if not self._subscriptions.wants(push):
            return
        unread = self._transport.get_write_buffer_size() + self._waiting_bytes
        if unread + len(push.line) > self._limits.unread_bytes:
            self.end("lagging", seq)
            return
        self._subscriptions.tell(push)
        self._send(push)

    def end(self, reason: Literal["lagging", "shutdown"], seq: int) -> None:
        """Say of each subscription that it is over, whatever is unread.

        `seq` is where the client resumes: it was sent everything up to that number.
        """
        for name in self._subscriptions.end_all(seq):
            farewell = SubscriptionClosed(subscription=name, reason=reason, seq=seq)
            self._send(Push.of("subscription.closed", farewell))

    # When

    def wait_for(self, first: Request) -> None:
        """Nothing more goes out before this first request is answered."""
        self.is_first_known = True
        self._waiting.appendleft(_Gate(first))
        if self._first_word is not None:
            self._first_word.is_locked = False

    def _send(self, push: Push) -> None:
        if not self.is_first_known and not self._waiting:
            self._wait_for_first_word()
        if self._waiting:
            self._waiting.append(push)
            self._waiting_bytes += len(push.line)
        else:
            self._transport.write(push.line)

    def _wait_for_first_word(self) -> None:
        """Hold back while a client that has only just connected may speak."""
        loop, until_s = asyncio.get_running_loop(), self._made_s + FIRST_WORD_S
        if loop.time() < until_s:
            self._first_word = _Gate(None, is_locked=True)
            self._waiting.append(self._first_word)
            loop.call_at(until_s, self._unlock, self._first_word)

    def _unlock(self, gate: _Gate) -> None:
        gate.is_locked = False
        self.flush()

    def flush(self) -> None:
        """Send what waited, up to the first gate that is still shut."""
        lines: list[bytes] = []
        while self._waiting and not self._is_shut(self._waiting[0]):
            next_one = self._waiting.popleft()
            if isinstance(next_one, Push):
                lines.append(next_one.line)
            else:
                lines += next_one.lines
        if lines:
            self._waiting_bytes -= sum(map(len, lines))
            if not self._transport.is_closing():
                self._transport.writelines(lines)

    def _is_shut(self, place: Push | _Gate) -> bool:
        if isinstance(place, Push):
            return False
        if place.request is None:
            return place.is_locked
        return not self._is_answered(place.request)
