"""Wire: one connection to the daemon, from bytes to typed answers and pushes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from jarvis.client.progress import StreamProgress
from jarvis.errors import ConnectionLost, JarvisError
from jarvis.protocol import events
from jarvis.protocol.events import EVENTS, STREAM_PROGRESS, STREAM_TOKEN
from jarvis.protocol.jsonrpc import Notification, Response
from jarvis.protocol.methods import METHODS
from jarvis.protocol.peer import Event, Peer, Pending

ANSWER_LINE_BYTES: Final = 64 * 2**20
"""An answer may be far longer than a request: 500 messages, each as long as they come."""
CONNECT_WITHIN_S: Final = 10.0
"""A running daemon accepts at once; the queue of one that is stopped may be full."""


@dataclass(frozen=True, slots=True)
class Push:
    """An event of the daemon; `params` is its Struct, a dict where this side is older."""

    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class StreamToken:
    """A piece of text of one suggestion, in order."""

    text: str
    index: int
    final: bool
    suggestion: int


async def open_wire(socket_path: Path, on_push: Callable[[Push], None]) -> Wire:
    """Connect; `on_push` is called with each event of the catalogue.

    Raises:
        OSError: nobody listens at `socket_path`, or nobody accepted in time.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_WITHIN_S):
        _, wire = await loop.create_unix_connection(
            lambda: Wire(on_push), str(socket_path)
        )
    return wire


class Wire(asyncio.Protocol):
    """One connection, made by `open_wire`; `ended` is done, with why, when it is lost."""

    def __init__(self, on_push: Callable[[Push], None]) -> None:
        self._peer = Peer(max_line_bytes=ANSWER_LINE_BYTES)
        self._on_push = on_push
        self._refusal: str | None = None
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for event in self._peer.receive_data(data):
            if not self._peer.resolve(event):
                self._take(event)

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._read_refusal()
        reason = self._refusal or "The connection to Jarvis ended."
        if not self.ended.done():
            self.ended.set_result(reason)
        self._peer.fail_pending(ConnectionLost(reason))

    def _read_refusal(self) -> None:
        """Read why the other end closed, where writing to it failed before reading did."""
        connection = self._transport.get_extra_info("socket").dup()
        with connection, contextlib.suppress(OSError):
            self.data_received(connection.recv(2**16))

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._peer.pending)

    def close(self) -> None:
        """Hang up, which cancels all requests of this connection."""
        self._transport.close()

    def pause_reading(self) -> None:
        """Leave what comes unread; the daemon says "lagging" when it becomes too much."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    async def call(
        self, method: str, params: dict[str, object], *, timeout_s: float
    ) -> Any:
        """The typed result; giving up, in whatever way, cancels the request.

        Raises:
            ConnectionLost: the connection is gone, or no answer came in time.
            JarvisError: what the daemon answered.
        """
        request_id, answer = self.send(method, params)
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            self.cancel(request_id)
            reason = f"Jarvis did not answer {method} within {timeout_s:g} s."
            raise ConnectionLost(reason) from None
        except asyncio.CancelledError:
            self.cancel(request_id)
            raise

    def send(
        self,
        method: str,
        params: dict[str, object],
        on_sign: Callable[[StreamToken | StreamProgress], None] = lambda sign: None,
    ) -> tuple[int, asyncio.Future[Any]]:
        """Write a request; its id, and a future of its typed answer.

        `on_sign` is called with the tokens and the progress that come before the answer.

        Raises:
            ConnectionLost: the connection is gone.
        """
        if self._transport.is_closing():
            raise ConnectionLost("The connection to Jarvis ended.")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        pending = Pending(
            on_answer=lambda result: self._settle(answer, method, result),
            on_note=lambda note: _pass_on(note, on_sign),
        )
        request_id = self._peer.request(method, params, pending)
        self._transport.write(self._peer.data_to_send())
        return request_id, answer

    def cancel(self, request_id: int) -> None:
        """Take a request back, if it is still unanswered."""
        if self._peer.cancel(request_id):
            self._peer.forget(request_id)
            if not self._transport.is_closing():
                self._transport.write(self._peer.data_to_send())

    def _settle(self, answer: asyncio.Future[Any], method: str, result: object) -> None:
        """Complete a future with a result, or with the error that took its place."""
        self._refusal = None
        if answer.done():
            return
        if isinstance(result, JarvisError):
            answer.set_exception(result)
            return
        try:
            entry = METHODS.get(method)
            answer.set_result(
                msgspec.convert(result, entry.result) if entry else result
            )
        except msgspec.ValidationError:
            reason = f"Jarvis answered {method} in a form this client does not know."
            answer.set_exception(JarvisError(f"{reason} Update the older of the two."))

    def _take(self, event: Event) -> None:
        if isinstance(event, Notification) and event.method in EVENTS:
            self._on_push(Push(event.method, _typed_event(event)))
        elif isinstance(event, Response) and event.id is None and event.error:
            # An error of no request is about the connection, and so about all of them.
            self._peer.fail_pending(event.error)
            self._refusal = str(event.error)


def _pass_on(
    note: Notification, on_sign: Callable[[StreamToken | StreamProgress], None]
) -> None:
    """Pass on tokens and progress; after `stream.error` the error response tells all."""
    with contextlib.suppress(msgspec.ValidationError):  # the result is what counts
        if note.method == STREAM_PROGRESS:
            at = msgspec.convert(note.params, _Progress)
            on_sign(StreamProgress(at.phase, at.done, at.total))
        elif note.method == STREAM_TOKEN:
            token = msgspec.convert(note.params, events.StreamToken)
            text = StreamToken(token.token, token.index, token.final, token.suggestion)
            on_sign(text)


class _Progress(msgspec.Struct):
    """Like events.StreamProgress, but with any phase: a newer daemon may have others."""

    phase: str
    done: int
    total: int | None = None


def _typed_event(event: Notification) -> Any:
    try:
        return msgspec.convert(event.params, EVENTS[event.method])
    except msgspec.ValidationError:
        return event.params
