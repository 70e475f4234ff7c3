"""A worker's side of its socket: requests in, notes and answers out, whatever its kind.

The main thread does what is asked, one request at a time; a second one reads lines, so
that what nobody wants any more ends at its next step. The process ends with the
connection, whatever happens to the daemon. Nothing of what is asked is ever logged.
"""

from __future__ import annotations

import logging
import os
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, Final, Protocol

import msgspec

from jarvis.errors import (
    Cancelled,
    InvalidParams,
    JarvisError,
    MethodNotFound,
    ModelUnavailable,
)
from jarvis.protocol.jsonrpc import CANCEL_REQUEST, Notification, Request, RequestId
from jarvis.protocol.peer import Peer

_LAST_STEP_S: Final = 10.0
"""How long a step of the model may run on after the connection ended."""

_log = logging.getLogger("jarvis.worker")


@dataclass(frozen=True)
class Call:
    """A request being served, as the verb that serves it sees it."""

    id: RequestId
    notify: Callable[[str, object], None]
    """Sends a note about it: a method, and params that hold its id."""
    check_wanted: Callable[[], None]
    """Raises Cancelled once nobody wants the answer any more."""


@dataclass(frozen=True)
class Verb:
    """A method of a kind: the record it takes, and the function that serves it."""

    params: type[Any]
    act: Callable[[Call, Any], object]


class Kind(Protocol):
    """What a worker is there for; it is made and used on one thread only."""

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """By name. One of them is `load`, which takes a ModelRecord and comes first."""


class Worker:
    """Answers the requests of one connection with the verbs of one kind."""

    def __init__(self, connection: socket.socket, kind: Kind) -> None:
        self._connection = connection
        self._verbs = kind.verbs
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
            if isinstance(event, Notification) and event.method == CANCEL_REQUEST:
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
            result = self._act(request)
        except JarvisError as error:
            self._speak(partial(self._peer.error, request, error))
        else:
            self._speak(partial(self._peer.result, request, result))
        self._unwanted.discard(request.id)

    def _act(self, request: Request) -> object:
        verb = self._verbs.get(request.method)
        if verb is None:
            raise MethodNotFound(f"A worker has no method {request.method}.")
        call = Call(request.id, self._notify, partial(self._check_wanted, request))
        try:
            return verb.act(call, _params(request, verb.params))
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


def _params(request: Request, expected: type[Any]) -> Any:
    try:
        return msgspec.convert(request.params, expected)
    except msgspec.ValidationError as error:
        raise InvalidParams(f"{request.method}: {error}") from error
