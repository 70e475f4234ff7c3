"""A hand-written server on loopback that says what a test wants it to say."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from jarvis.inference.engine import EngineOutput, Progress, Prompt
from jarvis.inference.engines.openai.engine import OpenAiGenerator
from jarvis.inference.models.record import ModelRecord
from tests.inference.child import WAIT_S
from tests.inference.sample import nobody_minds, reply_prompt

Speech = Callable[[socket.socket], None]
"""Answers one request, which was read to its end."""


def model_at(
    address: str, name: str = "small", *, silence_s: float = 300.0
) -> ModelRecord:
    """A model of a server."""
    return ModelRecord(
        name=name,
        path=None,
        engine="openai",
        prompt_style="chat",
        licence=None,
        context_tokens=2048,
        size_bytes=0,
        address=address,
        silence_s=silence_s,
    )


def says(*parts: bytes) -> Speech:
    """Sends these bytes, each by itself, and hangs up."""

    def speak(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)

    return speak


def head(
    status: str = "200 OK", kind: str = "text/event-stream", more: str = ""
) -> bytes:
    """The head of an answer that ends with the connection."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode()


def models(*names: str) -> Speech:
    """Answers a question for its models."""
    listed = {"object": "list", "data": [{"id": name} for name in names]}
    return says(head(kind="application/json"), json.dumps(listed).encode())


def chunk(
    text: str | None = None, *, finish: str | None = None, **others: Any
) -> bytes:
    """One event of a text."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    said = {"choices": [choice | others.pop("choice", {})], **others}
    return f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


class ModelServer:
    """Where it listens, and what it was asked."""

    def __init__(
        self, door: socket.socket, speeches: tuple[Speech, ...], listed: Speech | None
    ) -> None:
        self.address = f"http://127.0.0.1:{door.getsockname()[1]}/v1"
        self.heads: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self._door = door
        self._speeches = speeches
        self._listed = listed

    def serve(self) -> None:
        """Answer as many requests as there are speeches, one after another.

        What it has is told as often as it is asked for where `listed` says it.
        """
        speeches = list(self._speeches)
        while speeches or self._listed:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            connection.settimeout(WAIT_S)
            with connection, suppress(OSError):
                self._read(connection)
                asks_for_a_text = self.heads[-1].startswith("POST")
                if self._listed is None or asks_for_a_text:
                    speeches.pop(0)(connection)
                else:
                    self._listed(connection)

    def _read(self, connection: socket.socket) -> None:
        said = b""
        while b"\r\n\r\n" not in said:
            said += connection.recv(2**16)
        top, _, body = said.partition(b"\r\n\r\n")
        self.heads.append(top.decode())
        length = next(
            (
                int(line.partition(":")[2])
                for line in self.heads[-1].splitlines()
                if line.lower().startswith("content-length")
            ),
            0,
        )
        while len(body) < length:
            body += connection.recv(2**16)
        self.bodies.append(json.loads(body) if body else {})


@contextmanager
def serving(*speeches: Speech, listed: Speech | None = None) -> Iterator[ModelServer]:
    """A server for one request a speech; it has ended when the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(WAIT_S)
        server = ModelServer(door, speeches, listed)
        thread = Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):  # where it may wait for a next question
                door.shutdown(socket.SHUT_RDWR)
            thread.join(WAIT_S)


PROMPT = reply_prompt("a very secret dinner", max_tokens=4, seed=5)
YES = says(head(), chunk("Yes"), chunk("!"), chunk(finish="stop"), DONE)


def write(
    *speeches: Speech,
    prompt: Prompt = PROMPT,
    progress: Progress = nobody_minds,
    silence_s: float = WAIT_S,
) -> list[EngineOutput]:
    """The steps of a text by a server that answers so, once it said what it has."""
    with serving(models("small"), *speeches) as server:
        engine = OpenAiGenerator(model_at(server.address, silence_s=silence_s))
        return list(engine.generate(prompt, progress))


def text_of(steps: list[EngineOutput]) -> str:
    """What they join to."""
    return "".join(step.text for step in steps)


def hold(connection: socket.socket) -> None:
    """Say nothing until the other end hangs up."""
    assert connection.recv(1) == b""
