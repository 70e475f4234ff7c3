"""A daemon that says what the test says: a real socket, and lines in the test's hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.daemon.server import RawClient


class Connection(RawClient):
    """The daemon's end of one connection."""

    async def asked(self, method: str) -> dict[str, Any]:
        """The next request, which must be of this method."""
        line = await self.line()
        assert line is not None, f"the client hung up before it asked {method}"
        assert line["method"] == method
        found: dict[str, Any] = line
        return found

    def answer_with(self, request: dict[str, Any], result: object) -> None:
        """The response to it."""
        self.send({"jsonrpc": "2.0", "id": request["id"], "result": result})

    def refuse(self, request: dict[str, Any], kind: str, message: str) -> None:
        """The error in its place, with a code that no version knows."""
        error = {"code": -32099, "message": message, "data": {"kind": kind}}
        self.send({"jsonrpc": "2.0", "id": request["id"], "error": error})

    async def subscribed(self, seq: int, epoch: str = "e", *, gap: bool = False) -> Any:
        """Take a subscription that stands at `seq`; what was asked for."""
        request = await self.asked("subscribe")
        self.answer_with(
            request, {"subscription": "s1", "seq": seq, "epoch": epoch, "gap": gap}
        )
        return request["params"]

    def be_at(
        self, request: dict[str, Any], phase: str, done: int, total: int | None
    ) -> None:
        """Progress of a stream."""
        self.notify(
            "stream.progress",
            request_id=request["id"],
            phase=phase,
            done=done,
            total=total,
            of_a_newer_daemon=[1],
        )

    def push(self, *numbers: int, epoch: str = "e") -> None:
        """Messages with these numbers."""
        for number in numbers:
            self.notify(
                "new_message",
                **{
                    "message_id": number,
                    "guid": f"G{number}",
                    "chat_id": "c",
                    "sender": None,
                    "sender_name": None,
                    "text": "hello",
                    "line": "hello",
                    "date": "2026-01-01T00:00:00.000Z",
                    "is_from_me": True,
                    "late": False,
                    "seq": number,
                    "epoch": epoch,
                    "of_a_newer_daemon": {"odd": [1]},
                },
            )

    def lagging(self, seq: int) -> None:
        """No more events come on this connection."""
        closed = {"subscription": "s1", "reason": "lagging", "seq": seq}
        self.notify("subscription.closed", **closed)

    async def ended(self) -> bool:
        """True once the client has hung up, whatever it said before."""
        with contextlib.suppress(ConnectionResetError):
            while await self.line() is not None:
                pass
        return True

    def hang_up(self) -> None:
        """As a daemon that was killed."""
        self.writer.transport.abort()


class FakeDaemon:
    """Listens; each connection waits for the test to take it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: asyncio.Queue[Connection] = asyncio.Queue()
        self._all: list[Connection] = []

    def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """A client has come."""
        self._all.append(Connection(reader, writer))
        self._made.put_nowait(self._all[-1])

    async def connection(self) -> Connection:
        """The next client's."""
        async with asyncio.timeout(30):
            return await self._made.get()

    def hang_up(self) -> None:
        """On everybody."""
        for connection in self._all:
            connection.hang_up()


@asynccontextmanager
async def fake_daemon(path: Path) -> AsyncIterator[FakeDaemon]:
    """Listen at `path` for the length of the block."""
    daemon = FakeDaemon(path)
    server = await asyncio.start_unix_server(daemon.accept, path)
    try:
        yield daemon
    finally:
        server.close()
        daemon.hang_up()
