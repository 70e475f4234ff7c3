"""One HTTP request whose answer is read as it comes, and let go of at any moment.

By hand over http.client: a client library hides the socket, and a read that waits could
not be let go of between two bytes.

Redirects and proxies are not followed: the address that was agreed on gets the prompt,
and nobody else.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from jarvis.inference.models.servers import API_PATH, SOCKET
from jarvis.inference.signs import Signs
from jarvis.records import StreamPhase

Waiting = Callable[[], None]
"""Called while there is nothing to read; what it raises ends the request."""

_SLICE_S: Final = 0.05
"""How soon a request to a silent server can be given up."""
_CONNECT_S: Final = 5.0

NOT_YET: Final[Mapping[int, StreamPhase]] = {
    429: "queued",
    502: "loading",
    503: "loading",
    504: "loading",
}
"""What a server is doing, by status: serving others, or starting. The last three also
come from a router whose model server is not up yet."""

_PAUSE_S: Final = 1.0
_SHORTEST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 30.0


@dataclass
class Patience:
    """How long a server may be silent; who reads its answer may change that meanwhile."""

    silence_s: float


@contextmanager
def requested(
    server: str,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    waiting: Waiting,
    patience: Patience,
) -> Iterator[HTTPResponse]:
    """The answer to a request. Leaving the block closes the connection.

    Args:
        server: the address of its API, as checked_address gives it.
        method: GET or POST.
        path: what is asked for below that address.
        body: JSON, or nothing.
        waiting: called some twenty times a second while the server is silent.
        patience: how long it may be.

    Raises:
        OSError: nobody answers there, or not in time (TimeoutError); reading
            the answer raises it, too.
        http.client.HTTPException: what answers does not speak HTTP.
    """
    connection, base = _connection(server)
    connection.connect()
    plain: socket.socket = connection.sock
    with plain:
        plain.settimeout(_SLICE_S)
        connection.sock = _Patient(plain, waiting, patience)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request(method, f"{base}{path}", body, headers)
        with connection.getresponse() as response:
            yield response


def _connection(server: str) -> tuple[HTTPConnection, str]:
    """What connects to the server, and the path at which its API begins."""
    if server.startswith(SOCKET):
        return _SocketConnection(server.removeprefix(SOCKET)), API_PATH
    parts = urlsplit(server)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    host = parts.hostname or ""
    return connect(host, parts.port, timeout=_CONNECT_S), parts.path


class _SocketConnection(HTTPConnection):
    """HTTP over the socket file at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_CONNECT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_CONNECT_S)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.sock.close()
            raise


class _Patient:
    """A socket as http.client uses it, that waits in slices."""

    def __init__(
        self, connection: socket.socket, waiting: Waiting, patience: Patience
    ) -> None:
        self._connection = connection
        self._waiting = waiting
        self._patience = patience

    def sendall(self, data: bytes) -> None:
        """Send all of it, to a server that may be slow to take it."""
        sent = 0
        while sent < len(data):
            rest = data[sent:]
            sent += self.patiently(partial(self._connection.send, rest))

    def makefile(self, mode: str) -> io.BufferedReader:
        """What comes in."""
        return io.BufferedReader(_Incoming(self, self._connection))

    def close(self) -> None:
        """Nothing: http.client does so before the answer is read to its end."""

    def patiently(self, act: Callable[[], int]) -> int:
        """Repeat the call until the socket is ready, or its patience has ended."""
        end_s = time.monotonic() + self._patience.silence_s
        while True:
            try:
                return act()
            except TimeoutError:
                self._waiting()
                if time.monotonic() > end_s:
                    raise


class _Incoming(io.RawIOBase):
    def __init__(self, patient: _Patient, connection: socket.socket) -> None:
        super().__init__()
        self._patient = patient
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as called
        return self._patient.patiently(partial(self._connection.recv_into, buffer))


def pause_s(response: HTTPResponse) -> float:
    """How long to wait before a server is asked again, as its Retry-After says.

    That is a number of seconds or a date (RFC 9110, 10.2.3).
    """
    said = response.headers.get("Retry-After", "").strip()
    wait_s = _PAUSE_S
    if said.isdecimal():
        wait_s = float(said)
    elif said:
        try:
            wait_s = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return _PAUSE_S
    return min(max(wait_s, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)


def pause(wait_s: float, signs: Signs) -> None:
    """Wait, repeating the last progress, which raises when the text is cancelled."""
    end_s = time.monotonic() + wait_s
    while time.monotonic() < end_s:
        time.sleep(_SHORTEST_PAUSE_S)
        signs.again()
