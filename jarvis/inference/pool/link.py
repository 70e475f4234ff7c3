"""One worker process and the conversation with it: start, ask, notice its end, end it.

It knows nothing of models, leases or restarts; those are the supervisor's.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from jarvis.errors import JarvisError, ModelUnavailable
from jarvis.inference.process import (
    check_program,
    describe_end,
    open_log,
    worker_environment,
)
from jarvis.processes import STDOUT, python, start
from jarvis.protocol.jsonrpc import Request, Response
from jarvis.protocol.peer import Peer, Pending

GRACE_S: Final = 2.0
"""How long a worker may take to end by itself, and again after SIGTERM."""


_NOTHING: Final[Mapping[str, str]] = {}


class WorkerLink(asyncio.Protocol):
    """The daemon's end of one worker's socket, and the worker's process."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._peer = Peer()
        self._transport: asyncio.Transport | None = None
        self._process: Process | None = None
        self._broken: asyncio.Future[str | None] = loop.create_future()
        self._last_sign_s = loop.time()
        self._next_look: asyncio.TimerHandle | None = None

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        log_path: Path,
        environment: Mapping[str, str] = _NOTHING,
    ) -> Self:
        """Start a worker; what it prints goes to the log.

        Args:
            command: arguments for this Python, without the socket's descriptor.
            log_path: a file that is appended to.
            environment: variables of its own.

        Raises:
            ModelUnavailable: the system does not let a process start.
        """
        await asyncio.to_thread(check_program)
        try:
            log = await asyncio.to_thread(open_log, log_path)
            try:
                return await cls._start(command, log, environment)
            finally:
                os.close(log)
        except OSError as error:
            raise ModelUnavailable(
                f"The model's process cannot be started ({error.strerror})."
            ) from error

    @classmethod
    async def _start(
        cls, command: Sequence[str], log: int, environment: Mapping[str, str]
    ) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            ours.setblocking(False)
            loop = asyncio.get_running_loop()
            _, link = await loop.create_unix_connection(cls, sock=ours)
            try:
                await link._spawn(command, theirs.fileno(), log, environment)
            except BaseException:
                link.hang_up()
                raise
        return link

    async def _spawn(
        self,
        command: Sequence[str],
        descriptor: int,
        log: int,
        environment: Mapping[str, str],
    ) -> None:
        self._process = await start(
            python(*command, "--fd", str(descriptor)),
            environment={**worker_environment(os.environ), **environment},
            stdout=log,
            stderr=STDOUT,
            pass_fds=[descriptor],
        )

    @property
    def pid(self) -> int | None:
        """The worker's process id."""
        return self._process.pid if self._process else None

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._broken.done()

    # What is said

    def call(self, method: str, params: object, pending: Pending) -> int:
        """Send a request; gives its id. On a broken link it is answered at once."""
        request_id = self._peer.request(method, params, pending)
        if self.is_broken:
            self._fail_pending(self._broken.result())
        else:
            self._send()
        return request_id

    async def ask(self, method: str, params: object, *, patience_s: float) -> object:
        """Send a request and wait for its result; cancelling takes it back.

        Raises:
            JarvisError: what the worker answered, or ModelUnavailable when it died.
        """
        answer: asyncio.Future[object] = self._loop.create_future()

        def on_answer(result: object) -> None:
            if not answer.done():
                answer.set_result(result)

        request_id = self.call(
            method, params, Pending(on_answer, patience_s=patience_s)
        )
        try:
            result = await answer
        except asyncio.CancelledError:
            self.take_back(request_id, patience_s=patience_s)
            raise
        if isinstance(result, JarvisError):
            raise result
        return result

    def take_back(self, request_id: int, *, patience_s: float) -> None:
        """Tell the worker that nobody wants the answer any more; it still answers.

        Does nothing when it has answered already.
        """
        if self._peer.cancel(request_id):
            self._peer.pending[request_id].patience_s = patience_s
            self._send()

    def _send(self) -> None:
        # What it was silent for until now was not spent on what it is told now.
        self._last_sign_s = self._loop.time()
        if self._transport is not None:
            self._transport.write(self._peer.data_to_send())
        self._expect_sign()

    def _expect_sign(self) -> None:
        """Break the link when the worker stays silent for longer than a request bears."""
        if self._next_look is not None:
            self._next_look.cancel()
        if self.is_broken or not self._peer.pending:
            return
        patience_s = min(pending.patience_s for pending in self._peer.pending.values())
        silent_s = self._loop.time() - self._last_sign_s
        if silent_s >= patience_s:
            self.break_off(f"gave no sign of life for {patience_s:g} s")
        else:
            self._next_look = self._loop.call_later(
                patience_s - silent_s, self._expect_sign
            )

    # What is heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._last_sign_s = self._loop.time()
        for event in self._peer.receive_data(data):
            if self._peer.resolve(event):
                continue
            if isinstance(event, Request):
                self.break_off("asked for something, which workers do not")
            elif isinstance(event, Response) and event.id is None:
                self.break_off("could not read what it was asked")
        # The peer has something to say to those only who break the rules.
        if self._peer.data_to_send():
            self.break_off("said something that is not in the protocol")

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._transport = None
        if not self._broken.done():
            self._broken.set_result(None)

    # How it ends

    def break_off(self, reason: str) -> None:
        """Declare the worker dead: its calls fail now, and `ended` ends its process."""
        if not self._broken.done():
            self._broken.set_result(reason)
            self._fail_pending(reason)
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, which ends a worker in order; `ended` sees to it."""
        if self._transport is not None:
            # Not close(): that would first wait for a worker that does not read.
            self._transport.abort()

    async def ended(self) -> str:
        """Wait until the link is broken and the process gone; says how it ended.

        The calls that are still open fail with that.
        """
        await asyncio.shield(self._broken)
        code = await self._end_process()
        reason = self._broken.result() or describe_end(code)
        self._fail_pending(reason)
        return reason

    async def _end_process(self) -> int | None:
        """Wait for the process to end, then send SIGTERM, then SIGKILL."""
        assert self._process is not None
        for force in (None, signal.SIGTERM, signal.SIGKILL):
            if force is not None and self._process.returncode is None:
                self._process.send_signal(force)
            try:
                async with asyncio.timeout(GRACE_S):
                    return await self._process.wait()
            except TimeoutError:
                continue
        return None

    def _fail_pending(self, reason: str | None) -> None:
        how = reason or "ended"
        self._peer.fail_pending(
            ModelUnavailable(f"The model's process {how}; ask again to start another.")
        )
