"""One streaming call: its progress, its tokens and its result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from jarvis.client.progress import StreamProgress
from jarvis.client.wire import StreamToken, Wire
from jarvis.errors import ConnectionLost, JarvisError

SIGN_WITHIN_S: Final = 300.0
"""The daemon reports progress every few seconds; older daemons send nothing until the first
token, while a model loads and reads."""

R = TypeVar("R")
OnProgress = Callable[[StreamProgress], None]


class Stream(Generic[R]):
    """The tokens of one call, and its `result` after the last.

    Leaving the block before the end cancels the request.
    """

    def __init__(
        self,
        wire: Callable[[], Wire],
        method: str,
        params: dict[str, object],
        timeout_s: float,
        on_progress: OnProgress | None,
    ) -> None:
        self._connected = wire
        self._method = method
        self._params = params
        self._timeout_s = timeout_s
        self._on_progress = on_progress
        self._waiting: asyncio.Timeout | None = None
        self._tokens: asyncio.Queue[StreamToken | None] = asyncio.Queue()
        self._answer: asyncio.Future[R] | None = None

    async def __aenter__(self) -> Self:
        self._wire = self._connected()
        self._id, self._answer = self._wire.send(self._method, self._params, self._take)
        self._answer.add_done_callback(lambda _: self._tokens.put_nowait(None))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.cancel(self._id)
        if self._answer is not None and self._answer.done():
            self._answer.exception()  # read, so that asyncio does not log it as never read

    async def __aiter__(self) -> AsyncIterator[StreamToken]:
        """Every token, in order.

        Raises:
            ConnectionLost: the connection broke, or no sign came for `timeout_s`.
            JarvisError: what the daemon answered instead of a result.
        """
        while (token := await self._next()) is not None:
            yield token
        assert self._answer is not None, "`_next` has seen to it"
        await self._answer

    async def _next(self) -> StreamToken | None:
        assert self._answer is not None, "use `async with` first"
        try:
            async with asyncio.timeout(self._timeout_s) as self._waiting:
                return await self._tokens.get()
        except TimeoutError:
            reason = f"Jarvis sent no word of {self._method} for {self._timeout_s:g} s."
            raise ConnectionLost(reason) from None
        finally:
            self._waiting = None

    def _take(self, sign: StreamToken | StreamProgress) -> None:
        if isinstance(sign, StreamToken):
            self._tokens.put_nowait(sign)
            return
        if self._waiting is not None:
            now_s = asyncio.get_running_loop().time()
            self._waiting.reschedule(now_s + self._timeout_s)
        if self._on_progress is not None:
            self._on_progress(sign)

    @property
    def result(self) -> R:
        """The whole answer, as the catalogue's Struct.

        Raises:
            JarvisError: what the daemon answered instead, or that it has not yet: read
                the tokens first.
        """
        if self._answer is None or not self._answer.done():
            raise JarvisError(
                "The stream is not over; read its tokens to the end first."
            )
        return self._answer.result()
