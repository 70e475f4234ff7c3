"""The two ways a case reaches the protocol: in memory, and over a daemon's socket."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from jarvis.daemon.dispatch import Caller, Dispatcher
from jarvis.errors import JarvisError, UnknownChat
from jarvis.protocol.jsonrpc import Request
from jarvis.protocol.peer import Event, Peer

PATIENCE_S = 30.0


class Carrier(Protocol):
    """Brings bytes to a server and its lines back."""

    def exchange(self, parts: Sequence[bytes], *, answers: int) -> list[bytes]:
        """Write the parts one after the other, end the input, give all lines.

        Until so many lines came the input is held open.
        """


def _ping(_services: None, _params: object, _caller: Caller) -> object:
    return {"status": "ok"}


def _list_messages(_services: None, _params: object, _caller: Caller) -> object:
    raise UnknownChat("There is no such chat.")


def _not_called(_services: None, _params: object, _caller: Caller) -> object:
    raise AssertionError("a case without a daemon does not ask for this")


class InMemory:
    """A Peer and the dispatcher, with no socket and no loop: it answers in the call."""

    def __init__(self) -> None:
        names = ("get_status", "generate_draft", "events.poll")
        self._dispatcher = Dispatcher(
            None,
            {
                "ping": _ping,
                "list_messages": _list_messages,
                **dict.fromkeys(names, _not_called),
            },
        )

    def exchange(self, parts: Sequence[bytes], *, answers: int) -> list[bytes]:
        """All lines, and not one more or less than there are."""
        peer = Peer()
        for part in parts:
            self._serve(peer, peer.receive_data(part))
        self._serve(peer, peer.receive_data(b"\n"))
        return peer.data_to_send().splitlines()

    def _serve(self, peer: Peer, events: list[Event]) -> None:
        for event in events:
            if not isinstance(event, Request):
                continue
            try:
                peer.result(event, self._result(event))
            except JarvisError as error:
                peer.error(event, error)

    def _result(self, request: Request) -> Any:
        call = self._dispatcher.prepare(request.method, request.params)
        return self._dispatcher.run_plain(call, Caller(self))


class OverSocket:
    """A connection to a daemon for each exchange."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exchange(self, parts: Sequence[bytes], *, answers: int) -> list[bytes]:
        """The lines until the daemon closes; stream and push notifications left out."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(str(self._path))
            for part in parts:
                connection.sendall(part)
            with connection.makefile("rb") as reader:
                lines = [reader.readline() for _ in range(answers)]
                connection.shutdown(socket.SHUT_WR)
                lines += reader.readlines()
        return lines
