"""The child process that owns a model: requests in, tokens out, over one socket.

The main thread loads and writes, one text at a time; a second one reads lines, so that a
text nobody wants any more ends at the next token. The process ends with the connection,
whatever happens to the daemon. Nothing of a prompt or a text is ever logged.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from types import FrameType
from typing import Any, Final, TypeVar, get_args

import msgspec

from jarvis.errors import (
    Cancelled,
    InvalidParams,
    JarvisError,
    MethodNotFound,
    ModelUnavailable,
)
from jarvis.inference.engine import Generated, Generator, Prompt
from jarvis.inference.models import ModelKind, ModelRecord
from jarvis.inference.output.writing import Writing
from jarvis.inference.wire import ProgressLine, TokenLine
from jarvis.protocol.jsonrpc import Notification, Request
from jarvis.protocol.peer import Peer
from jarvis.records import StreamPhase

_LAST_STEP_S: Final = 10.0
"""How long a step of the model may run on after the connection ended."""

_Params = TypeVar("_Params")

_log = logging.getLogger("jarvis.worker")


class Worker:
    """Answers the requests of one connection with one engine."""

    def __init__(self, connection: socket.socket, engine: Generator) -> None:
        self._connection = connection
        self._engine = engine
        self._peer = Peer()
        self._speaking = Lock()
        """Held by the thread that uses the peer or the connection's sending side."""
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._unwanted: set[object] = set()
        self._has_hung_up = Event()
        self._has_ended = Event()

    def run(self) -> None:
        """Serve until the other end hangs up."""
        Thread(target=self._read, name="reader", daemon=True).start()
        while (request := self._requests.get()) is not None:
            self._answer(request)
        self._has_ended.set()

    # The reader thread

    def _read(self) -> None:
        while data := self._receive():
            self._speak(partial(self._take, data))
        self._has_hung_up.set()
        self._requests.put(None)
        if not self._has_ended.wait(_LAST_STEP_S):
            os._exit(1)

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(2**16)
        except OSError:
            return b""

    def _take(self, data: bytes) -> None:
        for event in self._peer.receive_data(data):
            if isinstance(event, Notification) and event.method == "$/cancelRequest":
                self._take_back(event.params)
            elif isinstance(event, Request):
                self._requests.put(event)

    def _take_back(self, params: object) -> None:
        request_id = params.get("id") if isinstance(params, dict) else None
        if self._peer.open_request(request_id) is not None:
            self._unwanted.add(request_id)

    # The main thread

    def _answer(self, request: Request) -> None:
        try:
            result = self._call(request)
        except JarvisError as error:
            self._speak(partial(self._peer.error, request, error))
        else:
            self._speak(partial(self._peer.result, request, result))
        self._unwanted.discard(request.id)

    def _call(self, request: Request) -> object:
        try:
            match request.method:
                case "load":
                    self._engine.load(_params(request, ModelRecord))
                    return None
                case "generate":
                    return self._generate(request, _params(request, Prompt))
        except JarvisError:
            raise
        except Exception as error:
            # An exception's own text may quote a prompt, so only its place is logged.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s in %s\n%s", type(error).__name__, request.method, frames)
            raise ModelUnavailable(
                f"The model failed with {type(error).__name__}; ask again, and if it "
                "stays so choose another model."
            ) from error
        raise MethodNotFound(f"A worker has no method {request.method}.")

    def _generate(self, request: Request, prompt: Prompt) -> Generated:
        def progress(phase: StreamPhase, done: int, total: int | None) -> None:
            self._check_wanted(request)
            line = ProgressLine(
                request_id=request.id, phase=phase, done=done, total=total
            )
            self._notify("progress", line)

        made = 0
        writing = Writing(
            prompt.sampling,
            opening=self._engine.opening,
            spoken_of="\n".join(turn.content for turn in prompt.turns),
        )
        self._check_wanted(request)
        with closing(self._engine.generate(prompt, progress)) as steps:
            for step in steps:
                self._check_wanted(request)
                made += step.is_token
                if token := writing.add(step):
                    fields = msgspec.structs.asdict(token)
                    self._notify("token", TokenLine(request_id=request.id, **fields))
                elif step.is_token:
                    # A thought is no token to show, and yet the model is at it.
                    progress("writing", made, None)
                if writing.is_done:
                    break
        if self._engine.opening == "unknown" and writing.is_plain:
            self._engine.opening = "presumed"
        return writing.generated()

    def _check_wanted(self, request: Request) -> None:
        if self._has_hung_up.is_set() or request.id in self._unwanted:
            raise Cancelled("Nobody wants this text any more.")

    # Either thread

    def _notify(self, method: str, params: object) -> None:
        self._speak(partial(self._peer.notify, method, params))

    def _speak(self, say: Callable[[], None]) -> None:
        with self._speaking:
            say()
            try:
                self._connection.sendall(self._peer.data_to_send())
            except OSError:
                self._has_hung_up.set()


def _params(request: Request, expected: type[_Params]) -> _Params:
    try:
        return msgspec.convert(request.params, expected)
    except msgspec.ValidationError as error:
        raise InvalidParams(f"{request.method}: {error}") from error


def build_engine(name: str, token_ms: float, server_patience_s: float) -> Generator:
    """The engine of that name."""
    if name == "scripted":
        from jarvis.inference.engines.scripted import ScriptedGenerator

        return ScriptedGenerator(token_ms)
    if name == "openai":
        from jarvis.inference.engines.openai.engine import OpenAiGenerator

        return OpenAiGenerator(server_patience_s)
    from jarvis.inference.engines.mlx.engine import MlxGenerator

    return MlxGenerator()


def _leave(signal_number: int, frame: FrameType | None) -> None:
    """End between two steps of Python: the model's memory is then given back in order."""
    sys.exit(128 + signal_number)


def main(arguments: list[str] | None = None) -> None:
    """Serve the socket whose descriptor was inherited."""
    parser = argparse.ArgumentParser(prog="jarvis.inference.worker.worker")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--engine", choices=get_args(ModelKind), required=True)
    parser.add_argument("--token-ms", type=float, default=0.0)
    parser.add_argument("--server-patience-s", type=float, default=300.0)
    given: Any = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # Ctrl-C in a terminal reaches the whole group; when to end is the daemon's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with socket.socket(fileno=given.fd) as connection:
        engine = build_engine(given.engine, given.token_ms, given.server_patience_s)
        Worker(connection, engine).run()


if __name__ == "__main__":
    main()
