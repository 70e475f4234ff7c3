"""Peer: one end of a JSON-RPC conversation, without the wire it runs over.

Feed it bytes and it gives events; tell it what to say and it has bytes to send. It knows
which of the other side's requests are open, so that every one is answered exactly once
and an id in use cannot be used again; and which of its own are pending, so that each
gets its answer or the error that took its place. It does no I/O and keeps no time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import count
from typing import TypeGuard

import msgspec

from jarvis.errors import InvalidRequest, JarvisError, ParseError
from jarvis.protocol import jsonrpc
from jarvis.protocol.framing import DEFAULT_MAX_LINE_BYTES, LineBuffer, Overlong
from jarvis.protocol.jsonrpc import (
    CANCEL_REQUEST,
    Batch,
    Notification,
    Rejected,
    Request,
    RequestId,
    Response,
)

Event = Request | Notification | Response


class Pending(msgspec.Struct, eq=False):
    """A request of ours that has no answer yet, and who waits for it.

    Nothing that the two functions do may wait. `patience_s`: how long the other end may
    be silent meanwhile; whoever moves the bytes keeps the time.
    """

    on_answer: Callable[[object], None]
    """Called once: with the result as plain JSON values, or with a JarvisError."""
    on_note: Callable[[Notification], None] = lambda note: None
    """Called with each notification whose params name the request as `request_id`."""
    patience_s: float = math.inf


class Peer:
    """One end: `receive_data` for what comes in, `data_to_send` for what goes out."""

    def __init__(self, *, max_line_bytes: int = DEFAULT_MAX_LINE_BYTES) -> None:
        self._lines = LineBuffer(max_line_bytes)
        self._outgoing: list[bytes] = []
        self._open: dict[tuple[type, RequestId], Request] = {}
        self._ids = count(1)
        self._pending: dict[RequestId, Pending] = {}

    # What comes in

    def receive_data(self, data: bytes) -> list[Event]:
        """The events that these bytes complete, in order.

        What is no valid frame is answered here and gives no event. Never raises. Where the
        input has ended, an LF more completes a last line that came without one.
        """
        return [
            frame
            for line in self._lines.feed(data)
            for frame in (
                self._overlong()
                if isinstance(line, Overlong)
                else jsonrpc.decode_line(line)
            )
            if self._is_event(frame)
        ]

    def _overlong(self) -> list[jsonrpc.Frame]:
        limit = self._lines.max_line_bytes
        reason = f"A line may hold at most {limit} bytes; this one was thrown away."
        return [Rejected(ParseError(reason))]

    def _is_event(self, frame: jsonrpc.Frame) -> TypeGuard[Event]:
        """Whether there is something to do; what there is not is answered here."""
        if isinstance(frame, Request):
            if frame.key not in self._open:
                self._open[frame.key] = frame
                return True
            reason = "A request with this id is still running; use another id."
            frame = Rejected(InvalidRequest(reason), frame.id, frame.batch)
        if isinstance(frame, Rejected):
            self._answer(frame.batch, jsonrpc.encode_error(frame.id, frame.error))
            return False
        return True

    def open_request(self, request_id: object) -> Request | None:
        """The other side's request with this id, if it still waits for its answer."""
        if not isinstance(request_id, str | int | float | None):
            return None
        return self._open.get((type(request_id), request_id))

    def is_open(self, request: Request) -> bool:
        """Whether this very request still waits for its answer."""
        return self._open.get(request.key) is request

    def is_answered(self, request: Request) -> bool:
        """Whether the answer is on its way, with its whole batch if it has one."""
        is_in_batch = request.batch is not None and bool(request.batch.missing)
        return not self.is_open(request) and not is_in_batch

    # What goes out

    def request(
        self, method: str, params: object, pending: Pending | None = None
    ) -> int:
        """Queue a request and give the id its response will carry.

        With `pending` its answer goes to whoever waits, by way of `resolve`.
        """
        request_id = next(self._ids)
        self._outgoing.append(jsonrpc.encode_request(request_id, method, params))
        if pending is not None:
            self._pending[request_id] = pending
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
        self._close(request, line)

    def error(self, request: Request, error: JarvisError) -> None:
        """Answer a request with the error that took the place of its result.

        Raises:
            KeyError: the request is not open, or clients may not see such an error.
        """
        self._close(request, jsonrpc.encode_error(request.id, error))

    def _close(self, request: Request, line: bytes) -> None:
        del self._open[request.key]
        if request.batch is None:
            self._outgoing.append(line)
        else:
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

    # What is pending

    @property
    def pending(self) -> Mapping[RequestId, Pending]:
        """Our requests that wait for an answer, by id."""
        return self._pending

    def resolve(self, event: Event) -> bool:
        """Give an event to whoever waits for it; whether it is about a pending request.

        It is called with each event in its turn, so that an answer comes after the notes
        that were sent before it.
        """
        request_id: object = None
        if isinstance(event, Response):
            request_id = event.id
        elif isinstance(event, Notification) and isinstance(event.params, dict):
            request_id = event.params.get("request_id")
        if type(request_id) is not int or request_id not in self._pending:
            return False
        if isinstance(event, Response):
            self._pending.pop(request_id).on_answer(event.error or event.result)
        elif isinstance(event, Notification):
            self._pending[request_id].on_note(event)
        return True

    def cancel(self, request_id: int) -> bool:
        """Queue a cancellation of a pending request; whether it is one.

        It is still answered: by the error that it was cancelled, or by a result that
        crossed the cancellation.
        """
        if request_id not in self._pending:
            return False
        self.notify(CANCEL_REQUEST, {"id": request_id})
        return True

    def forget(self, request_id: int) -> None:
        """Drop a pending request: its answer and its notes go to nobody."""
        self._pending.pop(request_id, None)

    def fail_pending(self, error: JarvisError) -> None:
        """Answer all pending requests with an error, where no answer can come any more."""
        failed, self._pending = list(self._pending.values()), {}
        for pending in failed:
            pending.on_answer(error)
