"""Client: a connection to the daemon that comes back by itself; all a front end sees."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, overload

from jarvis.client.backoff import Backoff
from jarvis.client.stream import SIGN_WITHIN_S, OnProgress, Stream
from jarvis.client.subscription import Gap, Subscription
from jarvis.client.wire import Push, Wire, open_wire
from jarvis.errors import ConnectionLost, JarvisError, NotRunning
from jarvis.protocol.methods.status import Ping
from jarvis.records import ChatId, Draft, Summary

ANSWER_WITHIN_S: Final = 30.0
MOST_NOTICES: Final = 20_000
"""Notices kept for a reader; when there are more, all are dropped but a Connected."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection stands; `ping` is what the daemon says of itself.

    Whatever the reader knew may be out of date: pushes before it may be missing.
    """

    ping: Ping


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone; the next try comes in `retry_in_s`."""

    reason: str
    retry_in_s: float


Notice = Connected | Disconnected | Push


class Client:
    """One connection, alive for the length of an `async with` block, or while `run` runs.

    Calls fail at once while it is down; `events` come on connections of their own.

        >>> async def titles():
        ...     async with Client(socket_path) as client:
        ...         page = await client.call("list_conversations", limit=3)
        ...         return [row.display_name for row in page.conversations]
        >>> len(asyncio.run(titles()))
        3
    """

    def __init__(
        self,
        socket_path: Path,
        *,
        start: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Make a client; it connects when it is entered, or when `run` runs.

        Args:
            socket_path: where the daemon listens.
            start: called when nobody listens there, once for each loss and when
                `retry_now` asks for it; it starts a daemon or raises NotRunning.
        """
        self.socket_path = socket_path
        self._start = start
        self._wire: Wire | None = None
        self._ping: Ping | None = None
        self._notices: asyncio.Queue[Notice] = asyncio.Queue(MOST_NOTICES)
        self._hurry = asyncio.Event()
        self._has_tried = asyncio.Event()
        self._reason = ""

    async def __aenter__(self) -> Self:
        """Connect, and stay connected until the block ends.

        Raises:
            NotRunning: nobody listens, and nobody could be started.
        """
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        self._running = self._tasks.create_task(self.run())
        try:
            await self._has_tried.wait()
            if self._wire is None:
                raise NotRunning(self._reason)
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        """Hang up. The task group is not given the block's exception: it would wrap it."""
        self._running.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def run(self) -> None:
        """Connect, read, and connect again with back-off; until cancelled."""
        retry = Backoff(self._hurry)
        reason, may_start = "", True
        while True:
            try:
                wire = await self._connect(may_start=may_start)
            except JarvisError as error:
                # Why none could be started says more than that there is none.
                reason = str(error) if may_start else reason
                may_start = False
            else:
                may_start = True
                reason = await self._read(wire, retry)
            wait_s = retry.next_wait_s()
            self._reason = reason
            self._put(Disconnected(reason, wait_s))
            self._has_tried.set()
            may_start = await retry.wait(wait_s) or may_start

    async def _connect(self, *, may_start: bool) -> Wire:
        try:
            return await self._open(self._put)
        except NotRunning:
            if not may_start or self._start is None:
                raise
        await self._start()
        try:
            return await self._open(self._put)
        except NotRunning as error:
            reason = f"Jarvis was started but cannot be reached at {self.socket_path}."
            raise NotRunning(reason) from error

    async def _open(self, on_push: Callable[[Push], None]) -> Wire:
        try:
            return await open_wire(self.socket_path, on_push)
        except OSError as error:
            reason = f"No Jarvis answers at {self.socket_path}. Start it: jarvis serve."
            raise NotRunning(reason) from error

    async def _read(self, wire: Wire, retry: Backoff) -> str:
        """Read one connection until it ends; the reason why it ended."""
        self._wire = wire
        try:
            self._ping = await wire.call("ping", {}, timeout_s=ANSWER_WITHIN_S)
            retry.succeeded()
            self._put(Connected(self._ping))
            self._has_tried.set()
            return await wire.ended
        except JarvisError as error:
            return str(error)
        finally:
            self._wire = None
            wire.close()

    def retry_now(self) -> None:
        """Try at once instead of waiting for the next turn; start a daemon if need be."""
        self._hurry.set()

    def _put(self, notice: Notice) -> None:
        """Queue a notice; when the queue is full, keep only that all may have changed."""
        if self._notices.full():
            while not self._notices.empty():
                self._notices.get_nowait()
            if self._wire is not None and self._ping is not None:
                self._notices.put_nowait(Connected(self._ping))
        self._notices.put_nowait(notice)

    async def notices(self) -> AsyncIterator[Notice]:
        """Gains and losses of the connection, and its default pushes: new messages.

        For one reader, who loads everything anew at each Connected. A reader who must
        miss nothing follows `events` instead.
        """
        while True:
            yield await self._notices.get()

    async def events(
        self,
        names: Sequence[str] | None = None,
        chat_id: ChatId | None = None,
        since: int | None = None,
        epoch: str | None = None,
    ) -> AsyncGenerator[Push | Gap, None]:
        """Events as they happen, in order, none missed and none doubled over a loss.

        It never ends by itself: a connection that is lost is made again and resumed.
        Close it (`contextlib.aclosing`) to unsubscribe. It needs no `run`, and starts no
        daemon.

        Args:
            names: which events of the catalogue; None is `new_message`.
            chat_id: of this conversation only.
            since: begin after the event of this `seq`; None begins now.
            epoch: which history `since` counts in, where it is known.

        Raises:
            JarvisError: the daemon refuses, and asking again would not help.
        """
        subscription = Subscription(names, chat_id, since, epoch)
        async with aclosing(
            subscription.follow(self._open, Backoff(self._hurry))
        ) as followed:
            async for event in followed:
                yield event

    async def call(
        self,
        method: str,
        /,
        *,
        timeout_s: float = ANSWER_WITHIN_S,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Any:
        """The result of a method as the catalogue's Struct.

        Cancelling this coroutine cancels the request. `chat_id` is a param like the
        others; it stands here so that nothing but an address is taken for one.

        Raises:
            ConnectionLost: there is no connection, or it broke, or no answer came.
            JarvisError: what the daemon answered.
        """
        if chat_id is not None:
            params["chat_id"] = chat_id
        return await self._connected().call(method, params, timeout_s=timeout_s)

    @overload
    def stream(
        self,
        method: Literal["generate_draft"],
        /,
        *,
        timeout_s: float = SIGN_WITHIN_S,
        on_progress: OnProgress | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Stream[Draft]: ...
    @overload
    def stream(
        self,
        method: Literal["summarize"],
        /,
        *,
        timeout_s: float = SIGN_WITHIN_S,
        on_progress: OnProgress | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Stream[Summary]: ...
    @overload
    def stream(
        self,
        method: str,
        /,
        *,
        timeout_s: float = SIGN_WITHIN_S,
        on_progress: OnProgress | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Stream[Any]: ...
    def stream(
        self,
        method: str,
        /,
        *,
        timeout_s: float = SIGN_WITHIN_S,
        on_progress: OnProgress | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Stream[Any]:
        """A streaming call, to be used as an async context manager.

        Args:
            method: generate_draft or summarize.
            timeout_s: the longest silence; each token and each progress is a sign of life.
            on_progress: told what the call is at; never waits.
            chat_id: a param like the others.
            params: those of the method.
        """
        if chat_id is not None:
            params["chat_id"] = chat_id
        return Stream(self._connected, method, params, timeout_s, on_progress)

    def _connected(self) -> Wire:
        if self._wire is None:
            raise ConnectionLost("Jarvis is not connected; it will be tried again.")
        return self._wire
