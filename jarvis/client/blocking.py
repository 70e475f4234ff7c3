"""A blocking client for short commands: a socket and json, nothing slower to import."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jarvis.errors import ConnectionLost, JarvisError, NotRunning


class RemoteError(JarvisError):
    """The daemon's answer was an error; `kind` is the name of its class."""

    def __init__(self, message: str, kind: str, *, retryable: bool) -> None:
        """Keep the sentence, the kind and whether asking again may help."""
        super().__init__(message)
        self.kind = kind
        self.is_retryable = retryable


class BlockingClient:
    """One connection, one call at a time; answers are plain JSON values."""

    def __init__(self, socket_path: Path, *, timeout_s: float = 30.0) -> None:
        """Connect.

        Raises:
            NotRunning: nobody listens at `socket_path`.
        """
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(socket_path))
        except OSError as error:
            self._socket.close()
            reason = f"No Jarvis answers at {socket_path}. Start it: jarvis serve."
            raise NotRunning(reason) from error
        self._lines = self._socket.makefile("rb")
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def call(self, method: str, /, **params: object) -> Any:
        """The result of one call; pushes and tokens on the way are passed over.

        Raises:
            RemoteError: the daemon answered with an error.
            ConnectionLost: the daemon went away, or did not answer in time.
        """
        for _ in (stream := self.stream(method, **params)):
            pass
        return stream.result

    def stream(self, method: str, /, **params: object) -> BlockingStream:
        """Start a call and iterate over its tokens: (text, suggestion) pairs."""
        self._last_id += 1
        request = {
            "jsonrpc": "2.0",
            "id": self._last_id,
            "method": method,
            "params": params,
        }
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise ConnectionLost("The connection to Jarvis is gone.") from error
        return BlockingStream(self, self._last_id)

    def read(self) -> dict[str, Any]:
        """The next line of the daemon.

        Raises:
            ConnectionLost: there is none.
        """
        try:
            line = self._lines.readline()
        except TimeoutError as error:
            raise ConnectionLost("Jarvis did not answer in time.") from error
        except OSError as error:
            raise ConnectionLost("The connection to Jarvis broke.") from error
        if not line:
            raise ConnectionLost("Jarvis ended the connection before it answered.")
        message: dict[str, Any] = json.loads(line)
        return message


class BlockingStream:
    """The tokens of one call as they come, and its result after the last."""

    def __init__(self, client: BlockingClient, request_id: int) -> None:
        self._client = client
        self._id = request_id
        self.result: Any = None

    def __iter__(self) -> Iterator[tuple[str, int]]:
        while True:
            message = self._client.read()
            params = message.get("params") or {}
            if message.get("method") == "stream.token":
                if params["request_id"] == self._id and params["token"]:
                    yield params["token"], params["suggestion"]
            elif message.get("id") == self._id and "method" not in message:
                self.result = _result(message)
                return


def _result(message: dict[str, Any]) -> Any:
    error = message.get("error")
    if error is None:
        return message.get("result")
    data = error.get("data") or {}
    kind = str(data.get("kind", "JarvisError"))
    retryable = bool(data.get("retryable"))
    raise RemoteError(str(error.get("message")), kind, retryable=retryable)
