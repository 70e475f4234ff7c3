"""What the screen needs of a client, which is less than `jarvis.client.Client` offers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from jarvis.client import Gap, Notice, Push, StreamProgress, StreamToken
from jarvis.records import ChatId, Draft


class DraftStream(Protocol):
    """A draft being written: its tokens, and its result after the last one."""

    @property
    def result(self) -> Draft:
        """The whole answer, once the tokens are read."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Leaving before the end cancels the request."""

    def __aiter__(self) -> AsyncIterator[StreamToken]: ...


class ClientLike(Protocol):
    """A connection to the daemon that comes back by itself."""

    @property
    def socket_path(self) -> Path:
        """Where the daemon listens."""

    async def run(self) -> None:
        """Stay connected until cancelled."""

    def notices(self) -> AsyncIterator[Notice]:
        """What becomes of the connection."""

    def events(
        self,
        names: Sequence[str] | None = None,
        *,
        since: int | None = None,
        epoch: str | None = None,
    ) -> AsyncGenerator[Push | Gap, None]:
        """Events in order, none missed, from after `since` on."""

    def retry_now(self) -> None:
        """Connect at once, where nobody is connected."""

    async def call(
        self,
        method: str,
        /,
        *,
        timeout_s: float = ...,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> Any:
        """The result of a method as the catalogue's Struct."""

    def stream(
        self,
        method: Literal["generate_draft"],
        /,
        *,
        timeout_s: float = ...,
        on_progress: Callable[[StreamProgress], None] | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> DraftStream:
        """A draft, token by token."""
