"""A blocking client for short commands: a socket and json, nothing slower to import."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from jarvis.client.progress import StreamProgress
from jarvis.errors import ConnectionLost, JarvisError, NotRunning

if TYPE_CHECKING:
    from jarvis.records import ChatId

ANSWER_LINE_BYTES: Final = 64 * 2**20
"""The longest line read: 500 messages may be long, but not without end."""
READ_BYTES: Final = 2**16

OnProgress = Callable[[StreamProgress], None]


class RemoteError(JarvisError):
    """The daemon's answer was an error; `kind` is the name of its class."""

    def __init__(
        self, message: str, kind: str, *, retryable: bool, field: str | None = None
    ) -> None:
        """`retryable`: whether asking again may help. `field`: which param is wrong."""
        super().__init__(message)
        self.kind = kind
        self.retryable = retryable
        self.field = field


class BlockingClient:
    """One connection, one call at a time; answers are plain JSON values.

    Hanging up, which Ctrl-C in a `with` block does, cancels what runs.
    """

    def __init__(self, socket_path: Path, *, timeout_s: float = 30.0) -> None:
        """Connect.

        Args:
            socket_path: where the daemon listens.
            timeout_s: bounds each call, and each wait for a sign of life of a stream, a
                token or progress; may be changed between calls.

        Raises:
            NotRunning: nobody listens at `socket_path`.
        """
        self.timeout_s = timeout_s
        self._received = bytearray()
        self._last_id = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(socket_path))
        except OSError as error:
            self._socket.close()
            reason = f"No Jarvis answers at {socket_path}. Start it: jarvis serve."
            raise NotRunning(reason) from error

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
        """Hang up, which cancels what runs."""
        self._socket.close()

    def call(
        self, method: str, /, *, chat_id: ChatId | None = None, **params: object
    ) -> Any:
        """The result of one call; pushes and tokens on the way are passed over.

        Raises:
            RemoteError: the daemon answered with an error.
            ConnectionLost: the daemon went away, or did not answer in time.
        """
        end_s = self._end_s()
        if chat_id is not None:
            params["chat_id"] = chat_id
        request_id = self._ask(method, params)
        with self._answering(request_id):
            while not _is_answer(message := self._read_until(end_s), request_id):
                pass
        return _result(message)

    def stream(
        self,
        method: str,
        /,
        *,
        on_progress: OnProgress | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> BlockingStream:
        """Start a call and iterate over its tokens: (text, suggestion) pairs.

        Args:
            method: generate_draft or summarize.
            on_progress: told what the call is at while a token is waited for.
            chat_id: a param like the others.
            params: those of the method.
        """
        if chat_id is not None:
            params["chat_id"] = chat_id
        request_id = self._ask(method, params)
        return BlockingStream(self._tokens(request_id, on_progress))

    def _tokens(
        self, request_id: int, on_progress: OnProgress | None
    ) -> Generator[tuple[str, int], None, Any]:
        with self._answering(request_id):
            end_s = self._end_s()
            while not _is_answer(message := self._read_until(end_s), request_id):
                if not _is_sign(message, request_id):
                    continue
                params = message["params"]
                if message["method"] == "stream.token":
                    if params["token"]:
                        yield params["token"], params["suggestion"]
                elif on_progress is not None:
                    at = (params["phase"], params["done"], params["total"])
                    on_progress(StreamProgress(*at))
                end_s = self._end_s()
        return _result(message)

    def events(
        self,
        names: Sequence[str] | None = None,
        chat_id: ChatId | None = None,
        since: int | None = None,
        epoch: str | None = None,
        *,
        timeout_s: float | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Events as they happen: {"method", "params"}; ends with the connection.

        The subscription stands when this returns. Where events were lost the first is
        {"method": "gap", "params": {"seq", "epoch"}}, and what follows comes after it; a
        "subscription.closed" is the last. To resume, give the last `seq` as `since`, with
        its `epoch`, on a new connection: each tells an event once.

        Args:
            names: which events of the catalogue; None is `new_message`.
            chat_id: of this conversation only.
            since: begin after the event of this `seq`; None begins now.
            epoch: which history `since` counts in, where it is known.
            timeout_s: the longest silence; None waits for as long as it takes.

        Raises:
            RemoteError: the daemon refuses the subscription.
            ConnectionLost: the connection broke, or nothing came for `timeout_s`.
        """
        wanted: dict[str, Any] = {
            "events": None if names is None else list(names),
            "chat_id": chat_id,
            "since": since,
            "epoch": epoch,
        }
        params = {name: value for name, value in wanted.items() if value is not None}
        answer = self.call("subscribe", **params)
        return self._events(answer, timeout_s)

    def _events(
        self, answer: dict[str, Any], timeout_s: float | None
    ) -> Iterator[dict[str, Any]]:
        try:
            if answer["gap"]:
                place = {"seq": answer["seq"], "epoch": answer["epoch"]}
                yield {"method": "gap", "params": place}
            method = None
            while method != "subscription.closed":
                end_s = None if timeout_s is None else time.monotonic() + timeout_s
                message = self._read_until(end_s)
                if (method := message.get("method")) is not None:
                    yield {"method": method, "params": message.get("params")}
        except KeyboardInterrupt:
            self.close()
            raise
        finally:
            with contextlib.suppress(ConnectionLost):
                self._ask("unsubscribe", {"subscription": answer["subscription"]})

    def read(self) -> dict[str, Any]:
        """The next line of the daemon, whatever it is.

        Raises:
            ConnectionLost: there is none, or not in time.
        """
        return self._read_until(self._end_s())

    def _ask(self, method: str, params: Mapping[str, object]) -> int:
        """Send a request; its id."""
        self._last_id += 1
        self._write({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def _write(self, call: dict[str, object]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **call}).encode() + b"\n"
        try:
            self._socket.settimeout(self.timeout_s)
            self._socket.sendall(line)
        except OSError as error:
            if not isinstance(error, TimeoutError):
                self._read_refusal()
            self.close()  # half a line may be out
            raise ConnectionLost("The connection to Jarvis is gone.") from error

    def _read_refusal(self) -> None:
        """Raise RemoteError where the daemon said why it hung up."""
        with contextlib.suppress(ConnectionLost):
            while not _is_answer(message := self._read_until(self._end_s()), None):
                pass
            self.close()
            _result(message)

    @contextlib.contextmanager
    def _answering(self, request_id: int) -> Iterator[None]:
        """Cancel the request if the block is left before its answer came."""
        try:
            yield
        except KeyboardInterrupt:
            self.close()  # half a line may be read; and hanging up cancels
            raise
        except BaseException:
            with contextlib.suppress(ConnectionLost):
                self._write({"method": "$/cancelRequest", "params": {"id": request_id}})
            raise

    def _end_s(self) -> float:
        return time.monotonic() + self.timeout_s

    def _read_until(self, end_s: float | None) -> dict[str, Any]:
        """The next line of the daemon; `end_s` None waits for as long as it takes."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > ANSWER_LINE_BYTES:
                self.close()
                reason = f"Jarvis sent a line of more than {ANSWER_LINE_BYTES} bytes."
                raise ConnectionLost(reason)
            self._received += self._receive(end_s)
        message: dict[str, Any] = json.loads(self._received[:end])
        del self._received[: end + 1]
        return message

    def _receive(self, end_s: float | None) -> bytes:
        left_s = None if end_s is None else max(0.0, end_s - time.monotonic())
        try:
            # 0 would mean: do not block, and fail with another error.
            self._socket.settimeout(left_s if left_s != 0 else 1e-6)
            data = self._socket.recv(READ_BYTES)
        except TimeoutError as error:
            raise ConnectionLost("Jarvis did not answer in time.") from error
        except OSError as error:
            raise ConnectionLost("The connection to Jarvis broke.") from error
        if not data:
            raise ConnectionLost("Jarvis ended the connection before it answered.")
        return data


class BlockingStream:
    """The tokens of one call as they come; `result` is set after the last.

    Leaving the loop early cancels the request.
    """

    def __init__(self, tokens: Generator[tuple[str, int], None, Any]) -> None:
        self._tokens = tokens
        self.result: Any = None

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Every token, in order.

        Raises:
            RemoteError: the daemon answered with an error.
            ConnectionLost: the daemon went away, or was silent for too long.
        """
        self.result = yield from self._tokens


def _is_sign(message: dict[str, Any], request_id: int) -> bool:
    """Whether it is a token or progress of this request."""
    if message.get("method") not in ("stream.token", "stream.progress"):
        return False
    return bool(message["params"]["request_id"] == request_id)


def _is_answer(message: dict[str, Any], request_id: int | None) -> bool:
    """Whether it answers this request; an error without an id answers all of them."""
    return "method" not in message and message.get("id") in (request_id, None)


def _result(message: dict[str, Any]) -> Any:
    error = message.get("error")
    if error is None:
        return message.get("result")
    data = error.get("data") or {}
    raise RemoteError(
        str(error.get("message")),
        str(data.get("kind", "JarvisError")),
        retryable=bool(data.get("retryable")),
        field=data.get("field"),
    )
