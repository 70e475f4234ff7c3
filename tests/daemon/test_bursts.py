"""Many requests in one read: in how few steps and writes they are answered."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import jarvis
from jarvis.config import Limits
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Caller, Dispatcher
from jarvis.daemon.session import Session
from jarvis.protocol.methods.base import NoParams

PACKAGE = str(Path(jarvis.__file__).parent)
PINGS = 64
MOST_STEPS = 13
"""Of our own functions a ping passes through, its handler apart: the line is decoded and
checked, the method found and run, the answer encoded, each once."""


class WireOfATest(asyncio.Transport):
    """Keeps what is written, a piece a write; everything is read at once."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def is_reading(self) -> bool:
        return True


def ping(_services: None, _params: NoParams, _caller: Caller) -> str:
    """Never waits."""
    return "ok"


@pytest.fixture
def wire() -> WireOfATest:
    """What the session writes to."""
    return WireOfATest()


@pytest.fixture
async def session(wire: WireOfATest) -> AsyncIterator[Session]:
    """One that is connected and has answered its first request."""
    async with asyncio.TaskGroup() as tasks:
        dispatcher = Dispatcher(None, {"ping": ping})
        session = Session(dispatcher, Limits(), tasks, Broadcast())
        session.connection_made(wire)
        session.data_received(pings(1))
        wire.writes.clear()
        yield session
        session.connection_lost(None)


def pings(count: int) -> bytes:
    """So many requests, a line each."""
    request = {"jsonrpc": "2.0", "method": "ping", "params": {}}
    lines = [json.dumps({**request, "id": number}) for number in range(count)]
    return "".join(f"{line}\n" for line in lines).encode()


async def test_what_came_in_one_read_is_answered_in_one_write(
    session: Session, wire: WireOfATest
) -> None:
    """In the order of the questions; a line that came in two reads is answered later."""
    data = pings(PINGS)
    session.data_received(data[:-5])
    session.data_received(data[-5:])
    first, last = wire.writes
    ids = [json.loads(line)["id"] for line in first.splitlines()]
    assert ids == list(range(PINGS - 1))
    assert json.loads(last)["id"] == PINGS - 1


async def test_a_ping_takes_few_steps(session: Session, wire: WireOfATest) -> None:
    """Counted in calls of Jarvis' own functions, over a burst."""
    steps: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            steps[frame.f_code.co_qualname] += 1

    sys.setprofile(count)
    try:
        session.data_received(pings(PINGS))
    finally:
        sys.setprofile(None)
    assert len(wire.writes) == 1
    assert steps.total() <= PINGS * MOST_STEPS, steps.most_common()
