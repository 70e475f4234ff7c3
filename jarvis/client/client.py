"""Client: a connection to the daemon that comes back by itself; all a front end sees."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from jarvis.errors import ConnectionLost, JarvisError, NotRunning
from jarvis.protocol.events import CANCEL_REQUEST, EVENTS, STREAM_TOKEN
from jarvis.protocol.jsonrpc import Notification, Response
from jarvis.protocol.methods import METHODS, Ping
from jarvis.protocol.peer import Event, Peer

FIRST_RETRY_S: Final = 0.2
LAST_RETRY_S: Final = 10.0
ANSWER_LINE_BYTES: Final = 64 * 2**20
"""An answer may be far longer than a request: 500 messages, each as long as they come."""
MOST_NOTICES: Final = 20_000
"""Events nobody took; above it the connection is renewed, which reloads everything."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection stands; `ping` is what the daemon says of itself."""

    ping: Ping


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone; the next try comes in `retry_in_s`."""

    reason: str
    retry_in_s: float


@dataclass(frozen=True, slots=True)
class Push:
    """An event of the daemon; `params` is its Struct, a dict where this side is older."""

    method: str
    params: Any


Notice = Connected | Disconnected | Push


@dataclass(frozen=True, slots=True)
class StreamToken:
    """A piece of text of one suggestion, in order."""

    text: str
    index: int
    final: bool
    suggestion: int


class Client:
    """One connection. `run` keeps it alive; calls fail at once while it is down."""

    def __init__(
        self,
        socket_path: Path,
        *,
        start: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Make a client; it connects when `run` runs.

        Args:
            socket_path: where the daemon listens.
            start: called when nobody listens there, once for each loss; it starts a
                daemon or raises NotRunning.
        """
        self.socket_path = socket_path
        self._start = start
        self._wire: _Wire | None = None
        self._notices: asyncio.Queue[Notice] = asyncio.Queue(MOST_NOTICES)
        self._hurry = asyncio.Event()

    async def run(self) -> None:
        """Connect, read, and connect again with back-off; until cancelled."""
        retry_s = FIRST_RETRY_S
        may_start = self._start is not None
        while True:
            try:
                wire = await self._connect(may_start=may_start)
            except JarvisError as error:
                reason, may_start = str(error), False
            else:
                retry_s, may_start = FIRST_RETRY_S, self._start is not None
                reason = await self._read(wire)
            await self._wait_to_retry(reason, retry_s)
            retry_s = min(LAST_RETRY_S, retry_s * 2)

    async def _connect(self, *, may_start: bool) -> _Wire:
        try:
            return await self._open()
        except OSError as error:
            if not may_start or self._start is None:
                reason = (
                    f"No Jarvis answers at {self.socket_path}. Start it: jarvis serve."
                )
                raise NotRunning(reason) from error
        await self._start()
        try:
            return await self._open()
        except OSError as error:
            reason = f"Jarvis was started but cannot be reached at {self.socket_path}."
            raise NotRunning(reason) from error

    async def _open(self) -> _Wire:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_unix_connection(
            lambda: _Wire(self._take_notification), str(self.socket_path)
        )
        return wire

    async def _read(self, wire: _Wire) -> str:
        """Serve one connection until it ends; why it ended."""
        self._wire = wire
        try:
            ping = await wire.call("ping", {})
            await self._notices.put(Connected(ping))
            return await wire.ended
        except JarvisError as error:
            return str(error)
        finally:
            self._wire = None
            wire.close()

    async def _wait_to_retry(self, reason: str, retry_s: float) -> None:
        wait_s = retry_s * random.uniform(0.8, 1.2)
        await self._notices.put(Disconnected(reason, wait_s))
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()

    def retry_now(self) -> None:
        """Try to connect at once instead of waiting for the next turn."""
        self._hurry.set()

    def _take_notification(self, event: Notification) -> None:
        push = Push(event.method, _typed_event(event))
        try:
            self._notices.put_nowait(push)
        except asyncio.QueueFull:
            if self._wire is not None:
                self._wire.close()

    async def notices(self) -> AsyncIterator[Notice]:
        """What happens, in order: connected, disconnected, pushes. For one reader."""
        while True:
            yield await self._notices.get()

    async def call(
        self, method: str, /, *, timeout_s: float = 30.0, **params: object
    ) -> Any:
        """The result of a method as the catalogue's Struct.

        Cancelling this coroutine cancels the request.

        Raises:
            ConnectionLost: there is no connection, or it broke, or no answer came.
            JarvisError: what the daemon answered.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._connected().call(method, params)
        except TimeoutError:
            reason = f"Jarvis did not answer {method} within {timeout_s:g} s."
            raise ConnectionLost(reason) from None

    def stream(self, method: str, /, **params: object) -> Stream:
        """A streaming call, to be used as an async context manager."""
        return Stream(self._connected, method, params)

    def _connected(self) -> _Wire:
        if self._wire is None:
            raise ConnectionLost("Jarvis is not connected; it will be tried again.")
        return self._wire


class Stream:
    """The tokens of one call, and its `result` after the last.

    Leaving the block before the end cancels the request.
    """

    def __init__(
        self, wire: Callable[[], _Wire], method: str, params: dict[str, object]
    ) -> None:
        self._connected = wire
        self._method = method
        self._params = params
        self._tokens: asyncio.Queue[StreamToken | None] = asyncio.Queue()
        self._answer: asyncio.Future[Any] | None = None
        self.result: Any = None

    async def __aenter__(self) -> Self:
        self._wire = self._connected()
        self._id, self._answer = self._wire.send(self._method, self._params)
        self._wire.streams[self._id] = self._tokens.put_nowait
        self._answer.add_done_callback(lambda _: self._tokens.put_nowait(None))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.streams.pop(self._id, None)
        if self._answer is None:
            return
        if not self._answer.done():
            self._wire.cancel(self._id)
        elif not self._answer.cancelled():
            self._answer.exception()  # an error nobody waited for is no news

    async def __aiter__(self) -> AsyncIterator[StreamToken]:
        assert self._answer is not None, "use `async with` first"
        while (token := await self._tokens.get()) is not None:
            yield token
        self.result = await self._answer


class _Wire(asyncio.Protocol):
    """One connection's bytes: requests out, answers matched to them."""

    def __init__(self, on_notification: Callable[[Notification], None]) -> None:
        self._peer = Peer(max_line_bytes=ANSWER_LINE_BYTES)
        self._on_notification = on_notification
        self._pending: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self.streams: dict[int, Callable[[StreamToken], None]] = {}
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for event in self._peer.receive_data(data):
            self._take(event)

    def connection_lost(self, exc: Exception | None) -> None:
        reason = "The connection to Jarvis ended."
        if not self.ended.done():
            self.ended.set_result(reason)
        for _, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(ConnectionLost(reason))
        self._pending.clear()

    def close(self) -> None:
        self._transport.close()

    async def call(self, method: str, params: dict[str, object]) -> Any:
        request_id, answer = self.send(method, params)
        try:
            return await answer
        except asyncio.CancelledError:
            self.cancel(request_id)
            raise

    def send(
        self, method: str, params: dict[str, object]
    ) -> tuple[int, asyncio.Future[Any]]:
        if self._transport.is_closing():
            raise ConnectionLost("The connection to Jarvis ended.")
        request_id = self._peer.request(method, params)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = (method, answer)
        self._transport.write(self._peer.data_to_send())
        return request_id, answer

    def cancel(self, request_id: int) -> None:
        _, answer = self._pending.pop(request_id, ("", None))
        if answer is not None:
            answer.cancel()
        if not self._transport.is_closing():
            self._peer.notify(CANCEL_REQUEST, {"id": request_id})
            self._transport.write(self._peer.data_to_send())

    def _take(self, event: Event) -> None:
        if isinstance(event, Response):
            self._take_response(event)
        elif isinstance(event, Notification):
            if event.method == STREAM_TOKEN and isinstance(event.params, dict):
                self._take_token(event.params)
            elif event.method in EVENTS:
                self._on_notification(event)

    def _take_response(self, response: Response) -> None:
        if not isinstance(response.id, int):
            return
        method, answer = self._pending.pop(response.id, ("", None))
        self.streams.pop(response.id, None)
        if answer is None or answer.done():
            return
        if response.error is not None:
            answer.set_exception(response.error)
            return
        try:
            answer.set_result(_typed_result(method, response.result))
        except msgspec.ValidationError:
            reason = f"Jarvis answered {method} in a form this client does not know."
            answer.set_exception(JarvisError(f"{reason} Update the older of the two."))

    def _take_token(self, params: dict[str, Any]) -> None:
        take = self.streams.get(params.get("request_id", -1))
        if take is not None:
            take(
                StreamToken(
                    params["token"],
                    params["index"],
                    params["final"],
                    params["suggestion"],
                )
            )


def _typed_result(method: str, result: Any) -> Any:
    known = METHODS.get(method)
    return result if known is None else msgspec.convert(result, known.result)


def _typed_event(event: Notification) -> Any:
    try:
        return msgspec.convert(event.params, EVENTS[event.method])
    except msgspec.ValidationError:
        return event.params
