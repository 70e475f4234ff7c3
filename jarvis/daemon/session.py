"""One connected client: its Peer, its requests, and what waits for it to read.

Promises kept here: every request with an id ends in exactly one response; a stream's
tokens come before its response; hanging up cancels, half-closing does not; nobody else
waits for a client that does not read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from jarvis.config import Limits
from jarvis.daemon.dispatch import Call, Caller, Dispatcher, explained
from jarvis.daemon.hangup import has_hung_up
from jarvis.daemon.pushes import Pushes
from jarvis.daemon.stream import TokenStream
from jarvis.errors import Cancelled, JarvisError, ServerCancelled
from jarvis.protocol.codes import to_wire
from jarvis.protocol.events import STREAM_ERROR, StreamError
from jarvis.protocol.jsonrpc import CANCEL_REQUEST, Notification, Request, RequestId
from jarvis.protocol.peer import Event, Peer
from jarvis.records import Record

NO_ID: Final = object()
HANGUP_LOOK_S: Final = 0.02
"""How often a half-closed connection with work under way is looked at."""

log = logging.getLogger("jarvis.session")


class Sessions(Protocol):
    """Where sessions report that they are there, and gone."""

    def opened(self, session: Session) -> None:
        """The connection stands."""

    def closed(self, session: Session) -> None:
        """The connection ended."""


@dataclass(eq=False, slots=True)
class _Job:
    """A request on its way: waiting while `task` is None, then running."""

    request: Request
    call: Call
    stream: TokenStream | None
    task: asyncio.Task[None] | None = None
    stopped_by: JarvisError | None = None


class Session(asyncio.Protocol):
    """The daemon's end of one connection."""

    def __init__(
        self,
        dispatcher: Dispatcher[Any],
        limits: Limits,
        tasks: asyncio.TaskGroup,
        sessions: Sessions,
    ) -> None:
        self._dispatcher = dispatcher
        self._limits = limits
        self._tasks = tasks
        self._sessions = sessions
        self._peer = Peer(max_line_bytes=limits.line_bytes)
        self._jobs: dict[tuple[type, RequestId], _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._running = 0
        self._draining = False
        self._half_closed = False
        self._all_read = asyncio.Event()
        self._all_read.set()
        self._stall: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: reported, and paused by what the client leaves unread."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pushes = Pushes(transport, self._limits, self._is_answered)
        self._caller = Caller(self, listener=self._pushes.steered_by(None))
        transport.set_write_buffer_limits(high=self._limits.unread_stream_bytes)
        self._sessions.opened(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, answer what can be answered at once."""
        for event in self._peer.receive_data(data):
            self._take(event)
        self._flush()
        if len(self._waiting) >= self._limits.waiting_requests:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The client writes no more: what it asked for is still answered."""
        for event in self._peer.receive_eof():
            self._take(event)
        self._flush()
        self._half_closed = True
        if self._jobs:
            self._look_for_hangup()
        return bool(self._jobs)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: stop everything it asked for."""
        self._sessions.closed(self)
        self._waiting.clear()
        if self._stall is not None:
            self._stall.cancel()
        for job in list(self._jobs.values()):
            if job.task is not None:
                job.task.cancel()

    def _look_for_hangup(self) -> None:
        """While half-closed: notice when the client does not read either."""
        if self._transport.is_closing() or not self._jobs:
            return
        if has_hung_up(self._transport.get_extra_info("socket")):
            self._transport.abort()
            return
        asyncio.get_running_loop().call_later(HANGUP_LOOK_S, self._look_for_hangup)

    # What the client says

    def _take(self, event: Event) -> None:
        if isinstance(event, Notification):
            self._take_notification(event)
        elif isinstance(event, Request):
            if not self._pushes.is_first_known:
                self._pushes.wait_for(event)
            if event.method == CANCEL_REQUEST:
                self._peer.result(event, {"cancelled": self._cancel(event.params)})
            else:
                self._take_request(event)

    def _take_notification(self, event: Notification) -> None:
        if event.method == CANCEL_REQUEST:
            self._cancel(event.params)
            return
        try:
            call = self._dispatcher.prepare(event.method, event.params)
        except JarvisError:
            return
        if not call.streams and not self._draining:
            self._tasks.create_task(self._run_unanswered(call))

    async def _run_unanswered(self, call: Call) -> None:
        try:
            await self._dispatcher.run(call, self._caller)
            self._flush()
        except JarvisError as error:
            log.info("notification %s: %s", call.method.name, type(error).__name__)

    def _take_request(self, request: Request) -> None:
        try:
            call = self._dispatcher.prepare(request.method, request.params)
            if call.plain:
                self._succeed(request, self._dispatcher.run_plain(call, self._caller))
                return
            if self._draining:
                raise ServerCancelled("Jarvis is shutting down; ask again in a moment.")
        except JarvisError as error:
            self._peer.error(request, error)
            return
        stream = None
        if call.streams:
            stream = TokenStream(request.id, self._notify, self._notify_if_read)
        job = _Job(request, call, stream)
        self._jobs[request.key] = job
        self._waiting.append(job)
        self._start_waiting()

    # Requests

    def _start_waiting(self) -> None:
        while self._waiting and self._running < self._limits.running_requests:
            job = self._waiting.popleft()
            self._running += 1
            job.task = self._tasks.create_task(self._serve(job))
            job.task.add_done_callback(partial(self._ended, job))
        if len(self._waiting) < self._limits.waiting_requests and not self._half_closed:
            self._transport.resume_reading()

    async def _serve(self, job: _Job) -> None:
        caller = Caller(self, job.stream, self._pushes.steered_by(job.request))
        try:
            result = await self._dispatcher.run(job.call, caller)
        except JarvisError as error:
            self._fail(job, error)
            return
        await self._all_read.wait()
        if job.stream is not None:
            job.stream.finish()
        self._succeed(job.request, result)

    def _ended(self, job: _Job, _task: asyncio.Task[None]) -> None:
        """A job's task is over; one that was stopped has not been answered yet."""
        self._running -= 1
        if self._peer.is_open(job.request):
            self._fail(job, job.stopped_by or ServerCancelled("Jarvis stopped it."))
        self._forget(job)
        self._start_waiting()

    def _forget(self, job: _Job) -> None:
        del self._jobs[job.request.key]
        self._flush()
        if self._half_closed and not self._jobs:
            self._transport.close()

    def _cancel(self, params: object) -> bool:
        """Stop the request whose id the params name; whether there was one."""
        request = self._peer.open_request(_named_id(params))
        job = self._jobs.get(request.key) if request is not None else None
        if job is None:
            return False
        self._stop(job, Cancelled("The request was cancelled."))
        return True

    def _stop(self, job: _Job, reason: JarvisError) -> None:
        job.stopped_by = reason
        if job.task is not None:
            job.task.cancel()
            return
        self._waiting.remove(job)
        self._fail(job, reason)
        self._forget(job)

    # Answers

    def _succeed(self, request: Request, result: object) -> None:
        try:
            self._peer.result(request, result)
        except (TypeError, ValueError, OverflowError) as error:
            self._peer.error(request, explained(error, request.method))

    def _fail(self, job: _Job, error: JarvisError) -> None:
        stream = job.stream
        if isinstance(error, Cancelled) and stream is not None:
            error = Cancelled(str(error), tokens=stream.tokens, partial=stream.partial)
        elif stream is not None and stream.tokens:
            code = to_wire(error).code
            broken = StreamError(
                request_id=job.request.id, code=code, message=str(error)
            )
            self._notify(STREAM_ERROR, broken)
        self._peer.error(job.request, error)

    # What goes out

    @property
    def pushes(self) -> Pushes:
        """What is pushed to this client."""
        return self._pushes

    def _notify(self, method: str, params: Record) -> None:
        self._peer.notify(method, params)
        self._flush()

    def _notify_if_read(self, method: str, params: Record) -> None:
        """Send what a client that has read everything wants to know, and no other."""
        if not self._transport.get_write_buffer_size():
            self._notify(method, params)

    def _flush(self) -> None:
        data = self._peer.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)
        self._pushes.flush()

    def _is_answered(self, request: Request) -> bool:
        """Whether the response went out, with its whole batch if it has one."""
        is_in_batch = request.batch is not None and bool(request.batch.missing)
        return not self._peer.is_open(request) and not is_in_batch

    # A client that does not read

    def pause_writing(self) -> None:
        """Too much is unread: results wait, and streams have so long to be read."""
        self._all_read.clear()
        loop = asyncio.get_running_loop()
        self._stall = loop.call_later(self._limits.unread_stream_s, self._stalled)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._all_read.set()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _stalled(self) -> None:
        waited_s = self._limits.unread_stream_s
        reason = f"The stream was not read for {waited_s:g} s, so it was ended."
        for job in list(self._jobs.values()):
            if job.stream is not None:
                self._stop(job, ServerCancelled(reason))

    # The end

    @property
    def is_busy(self) -> bool:
        """Whether requests are still to be answered."""
        return bool(self._jobs)

    def drain(self) -> None:
        """Take no new work; what runs may end."""
        self._draining = True

    def stop(self) -> None:
        """Cancel what still runs and close once everything is written."""
        reason = "Jarvis is shutting down; ask again in a moment."
        for job in list(self._jobs.values()):
            self._stop(job, ServerCancelled(reason))
        self._half_closed = True
        if not self._jobs:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once, whatever is unread."""
        self._transport.abort()


def _named_id(params: object) -> object:
    """The id that a cancellation names, by name or by position; NO_ID when none."""
    if isinstance(params, dict) and "id" in params:
        return params["id"]
    if isinstance(params, list) and params:
        return params[0]
    return NO_ID
