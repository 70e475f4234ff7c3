"""A socket server with handlers made for a test, and a client that speaks raw lines."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from jarvis.config import Limits
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Dispatcher, Handler
from jarvis.daemon.session import Session
from jarvis.daemon.unix import UnixServer, listening

T = TypeVar("T")


@asynccontextmanager
async def in_thread(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """A context manager that touches files, entered and left off the event loop."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


class RawClient:
    """Writes bytes, reads lines; every wait is bounded."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader = reader
        self.writer = writer

    def send(self, *values: object) -> None:
        """Write JSON values, a line each; nothing is awaited."""
        self.writer.write(b"".join(json.dumps(v).encode() + b"\n" for v in values))

    def ask(self, request_id: object, method: str, **params: object) -> None:
        """Write one request."""
        self.send(
            {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        )

    def notify(self, method: str, **params: object) -> None:
        """Write one notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def line(self) -> Any:
        """The next line; None when the daemon has closed."""
        async with asyncio.timeout(30):
            data = await self.reader.readline()
        return json.loads(data) if data else None

    async def until_answer(self, request_id: object) -> list[Any]:
        """Lines up to and with the response to this request."""
        lines = []
        while True:
            line = await self.line()
            assert line is not None, "the daemon closed before it answered"
            lines.append(line)
            if "method" not in line and line.get("id") == request_id:
                return lines

    async def answer(self, request_id: object) -> Any:
        """The response to this request; what comes before is passed over."""
        return (await self.until_answer(request_id))[-1]


class Server:
    """A running server: connect to it, and see its sessions."""

    def __init__(self, path: Path, broadcast: Broadcast) -> None:
        self.path = path
        self.broadcast = broadcast

    @asynccontextmanager
    async def client(self) -> AsyncIterator[RawClient]:
        """One connection; it is closed at the end."""
        reader, writer = await asyncio.open_unix_connection(str(self.path), limit=2**26)
        try:
            yield RawClient(reader, writer)
        finally:
            writer.close()

    def raw_socket(self) -> socket.socket:
        """A connection without a loop behind it, which reads nothing by itself."""
        raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        raw.connect(str(self.path))
        return raw


@asynccontextmanager
async def serving(
    path: Path, dispatcher: Dispatcher[Any], broadcast: Broadcast, limits: Limits
) -> AsyncIterator[None]:
    """Answer at `path` until the block ends."""
    async with in_thread(listening(path)) as listener, asyncio.TaskGroup() as tasks:
        accepting = UnixServer(
            lambda: Session(dispatcher, limits, tasks, broadcast),
            lambda: len(broadcast.connections),
            limits.connections,
        )
        accept = tasks.create_task(accepting.accept_for_ever(listener.socket))
        try:
            yield
        finally:
            accept.cancel()
            for connection in broadcast.connections:
                connection.stop(0)


@asynccontextmanager
async def open_server(
    path: Path, handlers: Mapping[str, Handler[None]], limits: Limits | None = None
) -> AsyncIterator[Server]:
    """Serve these handlers at `path` until the block ends."""
    broadcast = Broadcast()
    dispatcher = Dispatcher(None, handlers)
    async with serving(path, dispatcher, broadcast, limits or Limits()):
        yield Server(path, broadcast)
