"""A worker process as a test holds it: its socket, its log, its end."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from jarvis.errors import JarvisError
from jarvis.inference.models.record import SCRIPTED
from jarvis.inference.process import worker_environment
from jarvis.protocol.jsonrpc import Notification, Response
from jarvis.protocol.peer import Event, Peer

WAIT_S = 5.0


class Child:
    """The other end of a worker's socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.peer = Peer()
        self.heard: list[Event] = []

    def ask(self, method: str, params: object) -> int:
        """Send a request; gives its id."""
        request_id = self.peer.request(method, params)
        self.send()
        return request_id

    def take_back(self, request_id: int) -> None:
        """Tell the worker that nobody wants it any more."""
        self.peer.notify("$/cancelRequest", {"id": request_id})
        self.send()

    def send(self) -> None:
        """Send what the peer has to say."""
        self.connection.sendall(self.peer.data_to_send())

    def read(self) -> bool:
        """Hear a little more; false at the end."""
        data = self.connection.recv(2**16)
        self.heard += self.peer.receive_data(data)
        return bool(data)

    def answer(self, request_id: int) -> object:
        """Wait for the answer to a request.

        Raises:
            JarvisError: what the worker answered.
        """
        while not (found := self._answers(request_id)):
            assert self.read(), "the worker has hung up"
        if isinstance(found[0].error, JarvisError):
            raise found[0].error
        return found[0].result

    def _answers(self, request_id: int) -> list[Response]:
        return [
            event
            for event in self.heard
            if isinstance(event, Response) and event.id == request_id
        ]

    def tokens(self, request_id: int) -> list[str]:
        """The texts of the tokens heard so far for a request."""
        return [note["text"] for note in self.notes("token", request_id)]

    def notes(self, method: str, request_id: int) -> list[dict[str, Any]]:
        """What was heard so far of one kind for a request."""
        return [
            event.params
            for event in self.heard
            if isinstance(event, Notification)
            and event.method == method
            and isinstance(event.params, dict)
            and event.params["request_id"] == request_id
        ]


class ChildProcess(Child):
    """The same with the worker's process."""

    def __init__(
        self, connection: socket.socket, process: subprocess.Popen[bytes]
    ) -> None:
        super().__init__(connection)
        self.process = process


@contextmanager
def running_worker(log: Path, *kind: str) -> Iterator[ChildProcess]:
    """A real worker process of a kind, one that writes; it has no model yet."""
    ours, theirs = socket.socketpair()
    ours.settimeout(WAIT_S)
    command = [sys.executable, "-P", "-m", "jarvis.inference.worker"]
    command += [*(kind or ("generator",)), "--fd", str(theirs.fileno())]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=worker_environment({}),
        )
    theirs.close()
    try:
        with ours:
            yield ChildProcess(ours, process)
        process.wait(WAIT_S)
    finally:
        process.kill()
        process.wait(WAIT_S)


@contextmanager
def scripted_worker(log: Path, *, token_ms: float = 0.0) -> Iterator[ChildProcess]:
    """One that writes by script."""
    with running_worker(log) as worker:
        model = msgspec.structs.replace(SCRIPTED, token_ms=token_ms)
        worker.answer(worker.ask("load", model))
        yield worker
