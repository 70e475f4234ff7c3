"""Requests without a transport: a Peer gives them, and has the bytes of their answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from jarvis.config import Limits
from jarvis.daemon.dispatch import Caller, Dispatcher
from jarvis.daemon.requests import RequestTable
from jarvis.protocol.jsonrpc import Request
from jarvis.protocol.methods.base import NoParams
from jarvis.protocol.methods.mail import ListMessagesParams
from jarvis.protocol.peer import Peer


class Collector:
    """What an HTTP handler would be: it keeps each answer until it is fetched."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.peer = Peer()
        self.answers: dict[object, Any] = {}
        self.changed = asyncio.Event()
        self.hold = asyncio.Event()
        dispatcher = Dispatcher(self, {"ping": ping, "list_messages": list_messages})
        limits = Limits(running_requests=2, waiting_requests=2)
        self.requests = RequestTable(
            self.peer, dispatcher, limits, tasks, output=self, caller=Caller(self)
        )
        self.unread_bytes = 0

    def flush(self) -> None:
        """Keep what the Peer has to say."""
        for line in self.peer.data_to_send().splitlines():
            answer = json.loads(line)
            assert answer["id"] not in self.answers, "answered twice"
            self.answers[answer["id"]] = answer
        self.changed.set()

    async def has_room(self) -> None:
        """There always is."""

    def ask(self, request_id: int, method: str, **params: object) -> None:
        """A request arrives."""
        request = {"jsonrpc": "2.0", "id": request_id, "method": method}
        line = json.dumps({**request, "params": params}).encode() + b"\n"
        for event in self.peer.receive_data(line):
            assert isinstance(event, Request)
            self.requests.start(event)
        self.flush()

    async def answer(self, request_id: int) -> Any:
        """The response to a request."""
        async with asyncio.timeout(30):
            while request_id not in self.answers:
                self.changed.clear()
                await self.changed.wait()
        return self.answers[request_id]

    async def code(self, request_id: int) -> int:
        """The code of the error that answers a request."""
        code: int = (await self.answer(request_id))["error"]["code"]
        return code


def ping(_: Collector, _params: NoParams, _caller: Caller) -> str:
    """Never waits."""
    return "ok"


async def list_messages(
    collector: Collector, params: ListMessagesParams, _: Caller
) -> object:
    """Waits until the test lets it go."""
    await collector.hold.wait()
    return params.chat_id


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A table whose requests have ended when the block has."""
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        collector = Collector(tasks)
        yield collector
        collector.requests.abandon()


async def test_each_is_answered_once_and_what_never_waits_at_once() -> None:
    """The others run so many at a time, and in their order."""
    async with collecting() as collector:
        for number in range(4):
            collector.ask(number, "list_messages", chat_id=f"chat {number}")
        assert collector.requests.is_full
        collector.ask(9, "ping")
        assert collector.answers[9]["result"] == "ok"
        collector.hold.set()
        for number in range(4):
            assert (await collector.answer(number))["result"] == f"chat {number}"
        assert not collector.requests.is_busy


async def test_one_that_runs_and_one_that_waits_can_be_cancelled() -> None:
    """By whoever asked; both are answered, and the next in line runs."""
    async with collecting() as collector:
        for number in range(4):
            collector.ask(number, "list_messages", chat_id="c")
        assert collector.requests.cancel({"id": 1})
        assert collector.requests.cancel([2])
        assert not collector.requests.cancel({"id": 7})
        assert await collector.code(1) == await collector.code(2) == -32800
        collector.hold.set()
        assert (await collector.answer(3))["result"] == "c"


async def test_draining_lets_what_runs_end_and_takes_no_more() -> None:
    """Stopping answers the rest; a ping is answered as long as somebody asks."""
    async with collecting() as collector:
        collector.ask(1, "list_messages", chat_id="c")
        collector.requests.drain()
        collector.ask(2, "list_messages", chat_id="c")
        assert await collector.code(2) == -32802
        assert collector.requests.is_busy
        collector.requests.stop("Jarvis is shutting down; ask again in a moment.")
        assert await collector.code(1) == -32802
        collector.ask(3, "ping")
        assert collector.answers[3]["result"] == "ok"
