"""A real daemon process in a home of its own, for tests that walk through everything."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jarvis.client import Client, Connected
from tests.daemon.server import RawClient


class DaemonProcess:
    """One daemon process: where it lives, how to reach it, how to end it."""

    def __init__(
        self, home: Path, process: subprocess.Popen[bytes], ready: dict[str, Any]
    ) -> None:
        self.home = home
        self.process = process
        self.ready = ready

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.home / "jarvis.sock"

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[RawClient]:
        """A connection of lines."""
        reader, writer = await asyncio.open_unix_connection(
            str(self.socket), limit=2**26
        )
        try:
            yield RawClient(reader, writer)
        finally:
            writer.close()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A connected client of the kind the terminal client uses."""
        client = Client(self.socket)
        running = asyncio.create_task(client.run())
        try:
            async with asyncio.timeout(30):
                # Mail may be pushed before the first answer.
                while not isinstance(await anext(client.notices()), Connected):
                    continue
            yield client
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def ask(self, method: str, **params: object) -> Any:
        """The result of one call on a connection of its own; errors as they came."""
        async with self.raw() as client:
            client.ask(1, method, **params)
            answer = await client.answer(1)
        return answer.get("result", answer.get("error"))

    async def worker_pid(self) -> int:
        """The process that owns the model."""
        status = await self.ask("get_status")
        pid: int = status["model"]["pid"]
        return pid

    async def ended(self) -> int:
        """The exit code, once it has ended by itself."""
        async with asyncio.timeout(30):
            return await asyncio.to_thread(self.process.wait)


def start(home: Path, *flags: str, **environment: str) -> DaemonProcess:
    """Start `jarvis serve` and wait for its readiness line; blocking."""
    told, tells = os.pipe()
    command = [
        *(sys.executable, "-m", "jarvis", "serve", "--home", str(home)),
        *("--ready-fd", str(tells), *flags),
    ]
    process = subprocess.Popen(
        command,
        pass_fds=(tells,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    os.close(tells)
    with os.fdopen(told, "rb") as pipe:
        line = pipe.readline()
    return DaemonProcess(home, process, json.loads(line) if line else {})


@asynccontextmanager
async def living(
    home: Path, *flags: str, **environment: str
) -> AsyncIterator[DaemonProcess]:
    """A daemon for the length of the block; it is ended and reaped after."""
    async with asyncio.timeout(30):
        daemon = await asyncio.to_thread(start, home, *flags, **environment)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.terminate()
        await daemon.ended()
        assert daemon.process.stderr is not None
        daemon.process.stderr.close()


def on_inbox(path: Path, engine: str = "scripted") -> list[str]:
    """Flags for a generated inbox."""
    return [
        *("--chat-db", str(path / "chat.db")),
        *("--contacts-db", str(path / "AddressBook"), "--engine", engine),
    ]
