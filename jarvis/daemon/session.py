"""One connected client on a Unix socket: its bytes, and what waits for it to read.

Promises kept here: hanging up cancels, half-closing does not; nobody else waits for a
client that does not read.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from jarvis.config import Limits
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Caller, Dispatcher
from jarvis.daemon.pushes import Pushes
from jarvis.daemon.requests import SHUTTING_DOWN, RequestTable
from jarvis.daemon.subscriptions import Push
from jarvis.daemon.unix import has_hung_up
from jarvis.protocol.jsonrpc import Notification, Request
from jarvis.protocol.peer import Peer

HANGUP_LOOK_S: Final = 0.02
"""How often a half-closed connection with work under way is looked at."""


class Session(asyncio.Protocol):
    """The daemon's end of one connection: lines of JSON over a transport.

    Honours `broadcast.Connection` and `requests.Output`.
    """

    def __init__(
        self,
        dispatcher: Dispatcher[Any],
        limits: Limits,
        tasks: asyncio.TaskGroup,
        broadcast: Broadcast,
    ) -> None:
        self._dispatcher = dispatcher
        self._limits = limits
        self._tasks = tasks
        self._broadcast = broadcast
        self._peer = Peer(max_line_bytes=limits.line_bytes)
        self._is_ending = False
        """Nothing more comes in: it closes once everything is answered."""
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stall: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: reported, and paused by what the client leaves unread."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=self._limits.unread_stream_bytes)
        self._pushes = Pushes(transport, self._limits, self._peer.is_answered)
        self._requests = RequestTable(
            self._peer,
            self._dispatcher,
            self._limits,
            self._tasks,
            output=self,
            caller=Caller(self, listener=self._pushes),
        )
        self._broadcast.opened(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, answer what can be answered at once."""
        for event in self._peer.receive_data(data):
            if isinstance(event, Request):
                if not self._pushes.has_first_request:
                    self._pushes.wait_for(event)
                self._requests.start(event)
            elif isinstance(event, Notification):
                self._requests.heed(event)
        self.flush()

    def eof_received(self) -> bool:
        """The client writes no more: what it asked for is still answered."""
        self.data_received(b"\n")
        self._is_ending = True
        self._look_for_hangup()
        return self._requests.is_busy

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: stop everything it asked for."""
        self._broadcast.closed(self)
        if self._stall is not None:
            self._stall.cancel()
        self._requests.abandon()

    def _look_for_hangup(self) -> None:
        """While half-closed: notice when the client does not read either."""
        if self._transport.is_closing() or not self._requests.is_busy:
            return
        if has_hung_up(self._transport.get_extra_info("socket")):
            self._transport.abort()
            return
        asyncio.get_running_loop().call_later(HANGUP_LOOK_S, self._look_for_hangup)

    # What goes out

    def flush(self) -> None:
        """Send what there is to say; then read on or not, or close, as is due."""
        data = self._peer.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if self._pushes.waiting:
            self._pushes.flush()
        if self._is_ending:
            if not self._requests.is_busy:
                self._transport.close()
        elif self._requests.is_full:
            self._transport.pause_reading()
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    @property
    def unread_bytes(self) -> int:
        """How much the client has still to read, beside what the system holds."""
        return self._transport.get_write_buffer_size()

    async def has_room(self) -> None:
        """Wait until the client has read most of what it was sent."""
        await self._has_room.wait()

    def pause_writing(self) -> None:
        """Too much is unread: results wait, and streams have so long to be read."""
        self._has_room.clear()
        loop = asyncio.get_running_loop()
        self._stall = loop.call_later(self._limits.unread_stream_s, self._stalled)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._has_room.set()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _stalled(self) -> None:
        waited_s = self._limits.unread_stream_s
        reason = f"The stream was not read for {waited_s:g} s, so it was ended."
        self._requests.stop(reason, streams_only=True)

    # As everybody's connections

    @property
    def is_busy(self) -> bool:
        """Whether requests are still to be answered."""
        return self._requests.is_busy

    def push(self, push: Push, after: int) -> None:
        """Send an event if the client listens to it; `after` is the newest before it."""
        self._pushes.push(push, after)

    def drain(self) -> None:
        """Take no new work; what runs may end."""
        self._requests.drain()

    def stop(self, seq: int) -> None:
        """Cancel what still runs and close once everything is written."""
        self._pushes.end("shutdown", seq)
        self._is_ending = True
        self._requests.stop(SHUTTING_DOWN)
        self.flush()

    def abort(self) -> None:
        """Hang up at once, whatever is unread."""
        self._transport.abort()
