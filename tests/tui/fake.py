"""A client that a test plays by hand, a clock that stands still, and invented people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from jarvis.client import Client, Connected, Notice, Push, StreamToken
from jarvis.errors import JarvisError
from jarvis.protocol.events import NewMessage
from jarvis.protocol.methods.daemon import Ping, Status
from jarvis.protocol.methods.mail import ListConversations, ListMessages
from jarvis.records import (
    ContextUsed,
    Conversation,
    Draft,
    Message,
    Suggestion,
    Timestamp,
    Timing,
)

MUM, ALEX, CLIMBING = "any;-;+15550100", "any;-;+15550101", "any;+;chat1"


class FixedClock:
    """A clock in the test's hand."""

    zone: tzinfo | None = UTC

    def __init__(self) -> None:
        self.moment = datetime(2025, 11, 18, 21, 42, tzinfo=UTC)
        self.elapsed = 0.0

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def elapsed_s(self) -> float:
        """Seconds since the test began, as it says."""
        return self.elapsed


def ping(*, models_ready: bool = True) -> Ping:
    """A daemon that is well and cannot send."""
    return Ping(
        status="ok",
        timestamp=0.0,
        version="1.0.0",
        protocol_version=1,
        pid=1,
        epoch="e",
        uptime_s=1.0,
        models_ready=models_ready,
        can_send=False,
    )


def conversation(
    chat_id: str, name: str, line: str, at: str, *, unread: int = 0, mine: bool = False
) -> Conversation:
    """A row of the list; `at` is the time of its last message."""
    is_group = ";+;" in chat_id
    return Conversation(
        chat_id=chat_id,
        display_name=name,
        participants=("+15550100", "+15550101") if is_group else (chat_id[6:],),
        is_group=is_group,
        service="iMessage",
        folder="inbox",
        last_message_text=line,
        last_message_date=Timestamp(at),
        last_message_is_from_me=mine,
        last_message_sender=None if mine else "+15550100",
        message_count=9,
        unread_count=unread,
    )


def message(
    number: int, text: str, at: str, *, mine: bool = False, chat_id: str = MUM
) -> Message:
    """A message of the conversation with Mum."""
    return Message(
        id=number,
        guid=f"G{number}",
        chat_id=chat_id,
        sender=None if mine else "+15550100",
        sender_name=None if mine else "Mum",
        text=text,
        line=text,
        date=Timestamp(at),
        is_from_me=mine,
        service="iMessage",
        kind="text",
        is_read=True,
        date_read=Timestamp("2025-11-18T18:12:00.000Z") if mine else None,
    )


CONVERSATIONS = (
    conversation(
        MUM,
        "Mum",
        "One o'clock. Bring the kids' boots",
        "2025-11-18T21:40:00.000Z",
        unread=2,
    ),
    conversation(
        ALEX,
        "Alex Chen",
        "sent the deck, have a look",
        "2025-11-18T21:33:00.000Z",
        unread=1,
    ),
    conversation(
        CLIMBING, "Climbing", "7pm works", "2025-11-18T21:01:00.000Z", unread=0
    ),
    conversation(
        "any;-;+15550102",
        "Dr Lee's office",
        "confirmed, thanks",
        "2025-11-18T19:42:00.000Z",
        mine=True,
    ),
    conversation(
        "any;-;+15550103", "Priya", "火锅今晚? 🍲", "2025-11-17T20:10:00.000Z"
    ),
)
MESSAGES = (
    message(1, "Are you coming on Sunday?", "2025-11-18T18:02:00.000Z"),
    message(
        2,
        "Dad wants to do the roast, he bought far too much again and the neighbours "
        "have theirs already",
        "2025-11-18T18:03:00.000Z",
    ),
    message(3, "sounds great, what time?", "2025-11-18T18:10:00.000Z", mine=True),
    message(4, "One o'clock. Bring the kids' boots", "2025-11-18T21:40:00.000Z"),
    message(5, "and a pudding if you like 🍮", "2025-11-18T21:40:30.000Z"),
)


def new_message(number: int, text: str, *, chat_id: str = MUM) -> NewMessage:
    """A push, written a minute after everything else."""
    return NewMessage(
        message_id=number,
        guid=f"G{number}",
        chat_id=chat_id,
        sender="+15550100",
        sender_name="Mum",
        text=text,
        line=text,
        date=Timestamp(f"2025-11-18T21:41:{number % 60:02}.000Z"),
        is_from_me=False,
        late=False,
        seq=number,
        epoch="e",
    )


def draft(*texts: str, source: Any = "model") -> Draft:
    """A finished draft of these suggestions."""
    return Draft(
        suggestions=tuple(
            Suggestion(text=text, confidence=0.8 - n / 10, source=source, suggestion=n)
            for n, text in enumerate(texts)
        ),
        context_used=ContextUsed(num_messages=5, participants=(), last_message=None),
        from_cache=False,
        prefetched=False,
        streamed=True,
        tokens_generated=20,
        model="qwen3-4b-instruct" if source == "model" else "scripted",
        route="model",
        gated=False,
        timing=Timing(
            queued_ms=1.0, first_token_ms=212.0, total_ms=640.0, tokens_per_second=41.0
        ),
    )


class FakeStream:
    """A streamed call whose tokens and end the test gives."""

    def __init__(self) -> None:
        self.result: Any = None
        self.was_left_early = False
        self._events: asyncio.Queue[StreamToken | Draft | JarvisError] = asyncio.Queue()
        self._index = 0

    def say(self, *texts: str, suggestion: int = 0) -> None:
        """More tokens."""
        for text in texts:
            token = StreamToken(text, self._index, False, suggestion)
            self._events.put_nowait(token)
            self._index += 1

    def end(self, result: Draft | JarvisError) -> None:
        """The response, or the error in its place."""
        self._events.put_nowait(result)

    async def __aenter__(self) -> Self:
        self._is_over = False
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.was_left_early = not self._is_over

    async def __aiter__(self) -> AsyncIterator[StreamToken]:
        while True:
            event = await self._events.get()
            if isinstance(event, StreamToken):
                yield event
                continue
            self._is_over = True
            if isinstance(event, JarvisError):
                raise event
            self.result = event
            return


class FakeClient:
    """Answers what it was told to, remembers what it was asked."""

    def __init__(self) -> None:
        self.socket_path = Path.home() / ".jarvis" / "jarvis.sock"
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.streams: list[FakeStream] = []
        self.retries = 0
        self.model = {"model": "qwen3-4b-instruct", "engine": "mlx", "state": "ready"}
        self.conversations: Callable[[], ListConversations] | None = lambda: (
            ListConversations(conversations=CONVERSATIONS, total_count=5)
        )
        self.messages: Callable[[dict[str, Any]], ListMessages] = lambda _: (
            ListMessages(messages=MESSAGES, has_more=False)
        )
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()

    def as_client(self) -> Client:
        """For whoever wants the real thing's type."""
        return cast(Client, self)

    def tell(self, *notices: Notice | NewMessage) -> None:
        """What happens on the connection."""
        for notice in notices:
            if isinstance(notice, NewMessage):
                notice = Push("new_message", notice)
            self._notices.put_nowait(notice)

    def connect(self, *, models_ready: bool = True) -> None:
        """The daemon answers."""
        self.tell(Connected(ping(models_ready=models_ready)))

    async def run(self) -> None:
        """Alive until cancelled."""
        await asyncio.Event().wait()

    async def notices(self) -> AsyncIterator[Notice]:
        """What `tell` was given, in order."""
        while True:
            yield await self._notices.get()

    def retry_now(self) -> None:
        """Counted."""
        self.retries += 1

    async def call(
        self, method: str, /, *, timeout_s: float = 30, **params: Any
    ) -> Any:
        """The answer the test prepared; none means: never."""
        self.asked.append((method, params))
        if method == "list_messages":
            return self.messages(params)
        if method == "get_status":
            empty: dict[str, Any] = {}
            return Status(
                daemon=empty,
                stores=empty,
                contacts=empty,
                model=dict(self.model),
                watcher=empty,
                sessions=empty,
            )
        if self.conversations is None:
            await asyncio.Event().wait()
            raise AssertionError
        return self.conversations()

    def stream(self, method: str, /, **params: Any) -> FakeStream:
        """A stream for the test to play."""
        self.asked.append((method, params))
        self.streams.append(FakeStream())
        return self.streams[-1]
