"""Peer: one end of a JSON-RPC conversation, without the wire it runs over.

Feed it bytes and it gives events; tell it what to say and it has bytes to send. It knows
which of the other side's requests are open, so that every one is answered exactly once
and an id in use cannot be used again. It does no I/O and keeps no time.
"""

from __future__ import annotations

from itertools import count

from jarvis.errors import InvalidRequest, JarvisError, ParseError
from jarvis.protocol import jsonrpc
from jarvis.protocol.framing import DEFAULT_MAX_LINE_BYTES, LineBuffer, Overlong
from jarvis.protocol.jsonrpc import (
    Batch,
    Notification,
    Rejected,
    Request,
    RequestId,
    Response,
)

Event = Request | Notification | Response


class Peer:
    """One end: `receive_data` for what comes in, `data_to_send` for what goes out."""

    def __init__(self, *, max_line_bytes: int = DEFAULT_MAX_LINE_BYTES) -> None:
        self._lines = LineBuffer(max_line_bytes)
        self._outgoing: list[bytes] = []
        self._open: dict[tuple[type, RequestId], Request] = {}
        self._ids = count(1)

    # What comes in

    def receive_data(self, data: bytes) -> list[Event]:
        """The events that these bytes complete, in order.

        What is no valid frame is answered here and gives no event. Never raises.
        """
        return self._events(self._lines.feed(data))

    def receive_eof(self) -> list[Event]:
        """The events of a last line that came without LF."""
        return self._events(self._lines.close())

    def _events(self, lines: list[bytes | Overlong]) -> list[Event]:
        events: list[Event] = []
        for line in lines:
            for frame in self._frames(line):
                event = self._accept(frame)
                if event is not None:
                    events.append(event)
        return events

    def _frames(self, line: bytes | Overlong) -> list[jsonrpc.Frame]:
        if isinstance(line, Overlong):
            limit = self._lines.max_line_bytes
            reason = f"A line may hold at most {limit} bytes; this one was thrown away."
            return [Rejected(ParseError(reason))]
        return jsonrpc.decode_line(line)

    def _accept(self, frame: jsonrpc.Frame) -> Event | None:
        if isinstance(frame, Rejected):
            line = jsonrpc.encode_error(frame.id, frame.error)
            self._answer(frame.batch, line)
            return None
        if isinstance(frame, Request):
            if frame.key in self._open:
                reason = "A request with this id is still running; use another id."
                line = jsonrpc.encode_error(frame.id, InvalidRequest(reason))
                self._answer(frame.batch, line)
                return None
            self._open[frame.key] = frame
        return frame

    def open_request(self, request_id: object) -> Request | None:
        """The other side's request with this id, if it still waits for its answer."""
        if not isinstance(request_id, str | int | float | None):
            return None
        return self._open.get((type(request_id), request_id))

    def is_open(self, request: Request) -> bool:
        """Whether this very request still waits for its answer."""
        return self._open.get(request.key) is request

    # What goes out

    def request(self, method: str, params: object) -> int:
        """Queue a request and give the id its response will carry."""
        request_id = next(self._ids)
        self._outgoing.append(jsonrpc.encode_request(request_id, method, params))
        return request_id

    def notify(self, method: str, params: object) -> None:
        """Queue a notification."""
        self._outgoing.append(jsonrpc.encode_notification(method, params))

    def result(self, request: Request, result: object) -> None:
        """Answer a request. A second answer to the same request is a defect.

        Raises:
            KeyError: the request is not open.
        """
        line = jsonrpc.encode_result(request.id, result)
        del self._open[request.key]
        self._answer(request.batch, line)

    def error(self, request: Request, error: JarvisError) -> None:
        """Answer a request with the error that took the place of its result.

        Raises:
            KeyError: the request is not open, or clients may not see such an error.
        """
        line = jsonrpc.encode_error(request.id, error)
        del self._open[request.key]
        self._answer(request.batch, line)

    def _answer(self, batch: Batch | None, line: bytes) -> None:
        """Send an answer, or keep it until its batch is complete."""
        if batch is None:
            self._outgoing.append(line)
            return
        batch.responses.append(line)
        batch.missing -= 1
        if not batch.missing:
            self._outgoing.append(jsonrpc.encode_batch(batch))

    def data_to_send(self) -> bytes:
        """Everything queued since the last call, in order; b"" when nothing is."""
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        return data
