"""The pushes of one connection: which it gets, in what order, and what waits to go out.

A push never overtakes an answer that it has to follow: until a connection's first request
is answered all pushes wait, and what a subscription replays comes after its response.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Literal

import msgspec

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

FIRST_REQUEST_S: Final = 0.05
"""How long pushes wait for a new connection's first request: it may be a subscribe that
resumes, and then they come in order, after what was missed."""


class _Gate(msgspec.Struct, eq=False):
    """A place in the queue that holds back everything behind it until it opens.

    It opens when `request`, if there is one, is answered; then its `lines` go out.
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
        self.waiting: deque[Push | _Gate] = deque()
        """What has not gone out yet, in its order."""
        self._waiting_bytes = 0
        self._made_s = asyncio.get_running_loop().time()
        self._first_gate: _Gate | None = None
        self.has_first_request = False

    # Which

    def subscribe(self, wanted: Filter, missed: Missed, request: Request | None) -> str:
        """Listen to more; what was missed goes out once the request is answered.

        `request` None: nobody waits for an answer.

        Raises:
            Busy: the connection has as many subscriptions as it may have.
        """
        if self._subscriptions.has_default:
            self._end_default(missed.seq)
        replayed = self._subscriptions.unsent(missed.events)
        name = self._subscriptions.begin(wanted, missed.after)
        lines = tuple(push.line for push in replayed)
        self.waiting.append(_Gate(request, lines))
        self._waiting_bytes += sum(map(len, lines))
        return name

    def _end_default(self, seq: int) -> None:
        """Replace the default; the next subscription replays what still waits here."""
        taken_back = [entry for entry in self.waiting if isinstance(entry, Push)]
        self.waiting = deque(
            entry for entry in self.waiting if isinstance(entry, _Gate)
        )
        self._waiting_bytes -= sum(len(push.line) for push in taken_back)
        numbers = [push.seq for push in taken_back if push.seq is not None]
        last_sent = min(numbers, default=seq + 1) - 1
        self._subscriptions.end(DEFAULT_SUBSCRIPTION, last_sent)

    def unsubscribe(self, subscription: str, seq: int) -> bool:
        """End one that has sent everything up to `seq`; whether there was one."""
        return self._subscriptions.end(subscription, seq)

    def push(self, push: Push, seq: int) -> None:
        """Send it if the client listens to it; `seq` is the newest event before it.

        A client that leaves too much unread gets "lagging", and no more pushes.
        """
        if not self._subscriptions.wants(push):
            return
        unread = self._transport.get_write_buffer_size() + self._waiting_bytes
        if unread + len(push.line) > self._limits.unread_bytes:
            self.end("lagging", seq)
            return
        self._subscriptions.mark_sent(push)
        self._send(push)

    def end(self, reason: Literal["lagging", "shutdown"], seq: int) -> None:
        """End each subscription and say so, whatever is unread.

        The client was sent everything up to event `seq`, and resumes there.
        """
        for name in self._subscriptions.end_all(seq):
            farewell = SubscriptionClosed(subscription=name, reason=reason, seq=seq)
            self._send(Push.of("subscription.closed", farewell))

    # When

    def wait_for(self, first: Request) -> None:
        """Hold back everything until this first request is answered."""
        self.has_first_request = True
        self.waiting.appendleft(_Gate(first))
        if self._first_gate is not None:
            self._first_gate.is_locked = False

    def _send(self, push: Push) -> None:
        if not self.has_first_request and not self.waiting:
            self._wait_for_first_request()
        if self.waiting:
            self.waiting.append(push)
            self._waiting_bytes += len(push.line)
        else:
            self._transport.write(push.line)

    def _wait_for_first_request(self) -> None:
        """Hold back while a client that has only just connected may ask something."""
        loop, until_s = asyncio.get_running_loop(), self._made_s + FIRST_REQUEST_S
        if loop.time() < until_s:
            self._first_gate = _Gate(None, is_locked=True)
            self.waiting.append(self._first_gate)
            loop.call_at(until_s, self._unlock, self._first_gate)

    def _unlock(self, gate: _Gate) -> None:
        gate.is_locked = False
        self.flush()

    def flush(self) -> None:
        """Send what waits, up to the first gate that is still shut."""
        lines: list[bytes] = []
        while self.waiting and not self._is_shut(self.waiting[0]):
            entry = self.waiting.popleft()
            if isinstance(entry, Push):
                lines.append(entry.line)
            else:
                lines += entry.lines
        if lines:
            self._waiting_bytes -= sum(map(len, lines))
            if not self._transport.is_closing():
                self._transport.writelines(lines)

    def _is_shut(self, entry: Push | _Gate) -> bool:
        if isinstance(entry, Push):
            return False
        if entry.request is None:
            return entry.is_locked
        return not self._is_answered(entry.request)
