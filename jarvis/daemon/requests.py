"""The requests of one connection: started, cancelled and answered, whatever carries them.

Promises kept here: every request with an id ends in exactly one response, and a stream's
tokens come before it. Requests of a Peer come in, and answers go out through it; bytes, and
when they are sent, are the business of the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import Any, Final, Protocol

import msgspec
from msgspec.structs import replace

from jarvis.config import Limits
from jarvis.daemon.dispatch import Call, Caller, Dispatcher, explained
from jarvis.daemon.stream import TokenStream
from jarvis.errors import Cancelled, JarvisError, ServerCancelled
from jarvis.protocol.codes import to_wire
from jarvis.protocol.events import STREAM_ERROR, StreamError
from jarvis.protocol.jsonrpc import CANCEL_REQUEST, Notification, Request, RequestId
from jarvis.protocol.peer import Peer
from jarvis.records import Record

SHUTTING_DOWN: Final = "Jarvis is shutting down; ask again in a moment."
_NO_ID: Final = object()

log = logging.getLogger("jarvis.requests")


class Output(Protocol):
    """The way out of a connection, and how much of it the other end has read."""

    def flush(self) -> None:
        """Send what the Peer has to say."""

    @property
    def unread_bytes(self) -> int:
        """How much of what was sent has not been read."""

    async def has_room(self) -> None:
        """Wait until so little is unread that a result may follow."""


class _Job(msgspec.Struct, eq=False):
    """A request on its way: waiting while `task` is None, then running."""

    request: Request
    call: Call
    stream: TokenStream | None
    task: asyncio.Task[None] | None = None
    stopped_by: JarvisError | None = None


class RequestTable:
    """Runs what a Peer was asked; so many at a time, the others in their order.

    Args:
        peer: gives the requests and takes their answers.
        dispatcher: finds and runs methods.
        limits: how many requests run, and how many wait before `is_full`.
        tasks: the group in which requests run.
        output: is told when there is something to send.
        caller: who asks.
    """

    def __init__(
        self,
        peer: Peer,
        dispatcher: Dispatcher[Any],
        limits: Limits,
        tasks: asyncio.TaskGroup,
        output: Output,
        caller: Caller,
    ) -> None:
        self._peer = peer
        self._dispatcher = dispatcher
        self._limits = limits
        self._tasks = tasks
        self._output = output
        self._caller = caller
        self._jobs: dict[tuple[type, RequestId], _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._running = 0
        self._is_draining = False

    @property
    def is_busy(self) -> bool:
        """Whether requests are still to be answered."""
        return bool(self._jobs)

    @property
    def is_full(self) -> bool:
        """Whether no more should be read until some of what waits has run."""
        return len(self._waiting) >= self._limits.waiting_requests

    def start(self, request: Request) -> None:
        """Answer a request at once if it never waits, else let it run in its turn."""
        if request.method == CANCEL_REQUEST:
            self._peer.result(request, {"cancelled": self.cancel(request.params)})
            return
        try:
            call = self._dispatcher.prepare(request.method, request.params)
            if call.plain:
                self._succeed(request, self._dispatcher.run_plain(call, self._caller))
                return
            if self._is_draining:
                raise ServerCancelled(SHUTTING_DOWN)
        except JarvisError as error:
            self._peer.error(request, error)
            return
        stream = None
        if call.streams:
            stream = TokenStream(request.id, self._notify, self._notify_if_read)
        job = _Job(request, call, stream)
        self._jobs[request.key] = job
        self._waiting.append(job)
        self._run_waiting()

    def heed(self, note: Notification) -> None:
        """Cancel what a notification names, or run its method; nothing is answered."""
        if note.method == CANCEL_REQUEST:
            self.cancel(note.params)
            return
        try:
            call = self._dispatcher.prepare(note.method, note.params)
        except JarvisError:
            return
        if not call.streams and not self._is_draining:
            self._tasks.create_task(self._run_unanswered(call))

    async def _run_unanswered(self, call: Call) -> None:
        try:
            await self._dispatcher.run(call, self._caller)
            self._output.flush()
        except JarvisError as error:
            log.info("notification %s: %s", call.method.name, type(error).__name__)

    def _run_waiting(self) -> None:
        while self._waiting and self._running < self._limits.running_requests:
            job = self._waiting.popleft()
            self._running += 1
            job.task = self._tasks.create_task(self._run(job))
            job.task.add_done_callback(partial(self._ended, job))

    async def _run(self, job: _Job) -> None:
        caller = replace(self._caller, stream=job.stream, request=job.request)
        try:
            result = await self._dispatcher.run(job.call, caller)
        except JarvisError as error:
            self._fail(job, error)
            return
        await self._output.has_room()
        if job.stream is not None:
            job.stream.finish()
        self._succeed(job.request, result)

    def _ended(self, job: _Job, _task: asyncio.Task[None]) -> None:
        """A job's task is over; one that was stopped has not been answered yet."""
        self._running -= 1
        if self._peer.is_open(job.request):
            self._fail(job, job.stopped_by or ServerCancelled("Jarvis stopped it."))
        del self._jobs[job.request.key]
        self._run_waiting()
        self._output.flush()

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

    def _notify(self, method: str, params: Record) -> None:
        self._peer.notify(method, params)
        self._output.flush()

    def _notify_if_read(self, method: str, params: Record) -> None:
        """Send what a client that has read everything wants to know, and no other."""
        if not self._output.unread_bytes:
            self._notify(method, params)

    # How they end early

    def cancel(self, params: object) -> bool:
        """Stop the request whose id a cancellation names; whether there was one."""
        request = self._peer.open_request(_named_id(params))
        job = self._jobs.get(request.key) if request is not None else None
        if job is None:
            return False
        self._stop(job, Cancelled("The request was cancelled."))
        return True

    def drain(self) -> None:
        """Take no new work; what runs may end."""
        self._is_draining = True

    def stop(self, reason: str, *, streams_only: bool = False) -> None:
        """Stop everything, or all that streams, and answer it with the reason."""
        for job in list(self._jobs.values()):
            if job.stream is not None or not streams_only:
                self._stop(job, ServerCancelled(reason))

    def _stop(self, job: _Job, error: JarvisError) -> None:
        job.stopped_by = error
        if job.task is not None:
            job.task.cancel()
            return
        self._waiting.remove(job)
        self._fail(job, error)
        del self._jobs[job.request.key]
        self._output.flush()

    def abandon(self) -> None:
        """Stop everything: nobody is left to hear an answer."""
        self._waiting.clear()
        for job in self._jobs.values():
            if job.task is not None:
                job.task.cancel()


def _named_id(params: object) -> object:
    """The id that a cancellation names, by name or by position; _NO_ID when none."""
    if isinstance(params, dict) and "id" in params:
        return params["id"]
    if isinstance(params, list) and params:
        return params[0]
    return _NO_ID
