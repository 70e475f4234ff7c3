"""A client that a test plays by hand, a clock that stands still, and invented people."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from jarvis import __version__
from jarvis.client import (
    Connected,
    Disconnected,
    Gap,
    Notice,
    Push,
    StreamProgress,
    StreamToken,
)
from jarvis.errors import JarvisError, MethodNotFound
from jarvis.protocol.events import (
    ConversationChanged,
    MessageUpdated,
    ModelProgress,
    NewMessage,
    PrefetchComplete,
    SendStatus,
)
from jarvis.protocol.methods.base import Success
from jarvis.protocol.methods.mail import (
    ListConversations,
    ListMessages,
    ResolvedConversation,
    Sent,
)
from jarvis.protocol.methods.models import ListedModel, ListModels
from jarvis.protocol.methods.prefetch import (
    PrefetchCache,
    Prefetched,
    PrefetchExecutor,
    PrefetchInvalidator,
    PrefetchResources,
    PrefetchStats,
)
from jarvis.protocol.methods.pushes import Subscribed
from jarvis.protocol.methods.search import (
    FoundMessage,
    IndexState,
    SearchHit,
    SearchResults,
)
from jarvis.protocol.methods.status import Ping, SendingStatus
from jarvis.records import (
    ChatId,
    ContextUsed,
    Conversation,
    Draft,
    Message,
    Suggestion,
    Timestamp,
    Timing,
    Title,
)
from tests.status import STATUS

MUM, ALEX = ChatId("any;-;+15550100"), ChatId("any;-;+15550101")
CLIMBING = ChatId("any;+;chat1")


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


def ping(
    *,
    models_ready: bool = True,
    can_send: bool = False,
    version: str = __version__,
) -> Ping:
    """A daemon that is well."""
    return Ping(
        status="ok",
        timestamp=0.0,
        version=version,
        protocol_version=1,
        pid=1,
        epoch="e",
        uptime_s=1.0,
        models_ready=models_ready,
        can_send=can_send,
    )


def conversation(
    chat_id: ChatId,
    name: str,
    line: str,
    at: str,
    *,
    unread: int = 0,
    mine: bool = False,
) -> Conversation:
    """A row of the list; `at` is the time of its last message."""
    is_group = ";+;" in chat_id
    return Conversation(
        chat_id=chat_id,
        display_name=Title(name),
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
        people=2 if is_group else 1,
    )


def message(
    number: int, text: str, at: str, *, mine: bool = False, chat_id: ChatId = MUM
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
        ChatId("any;-;+15550102"),
        "Dr Lee's office",
        "confirmed, thanks",
        "2025-11-18T19:42:00.000Z",
        mine=True,
    ),
    conversation(
        ChatId("any;-;+15550103"), "Priya", "火锅今晚? 🍲", "2025-11-17T20:10:00.000Z"
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


def new_message(
    number: int, text: str, *, chat_id: ChatId = MUM, mine: bool = False
) -> NewMessage:
    """A push, written a minute after everything else; or just now, by the reader."""
    minute = 42 if mine else 41
    return NewMessage(
        message_id=number,
        guid=f"G{number}",
        chat_id=chat_id,
        sender=None if mine else "+15550100",
        sender_name=None if mine else "Mum",
        text=text,
        line=text,
        date=Timestamp(f"2025-11-18T21:{minute}:{number % 60:02}.000Z"),
        is_from_me=mine,
        late=False,
        seq=number,
        epoch="e",
    )


def updated(number: int, change: Any, *, seq: int = 50, **told: Any) -> MessageUpdated:
    """A change of message `number` of the conversation with Mum."""
    return MessageUpdated(
        guid=f"G{number}",
        message_id=number,
        chat_id=MUM,
        change=change,
        seq=seq,
        epoch="e",
        **told,
    )


def changed(change: Any, row: Conversation, *, seq: int = 50) -> ConversationChanged:
    """A change of a row of the list."""
    return ConversationChanged(
        chat_id=row.chat_id, change=change, conversation=row, seq=seq, epoch="e"
    )


def send_status(key: str, status: Any, **told: Any) -> SendStatus:
    """How far a message to Mum has come."""
    return SendStatus(
        idempotency_key=key, chat_id=MUM, status=status, seq=60, epoch="e", **told
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


def prefetch_stats(*, is_on: bool) -> PrefetchStats:
    """Nothing was made ready so far."""
    return PrefetchStats(
        running=is_on,
        cache=PrefetchCache(
            entries=0,
            maxsize=64,
            bytes=0,
            max_bytes=1_000_000,
            hits=0,
            misses=0,
            evictions=0,
            hit_rate=None,
        ),
        executor=PrefetchExecutor(
            state="idle" if is_on else "off",
            scheduled=0,
            executed=0,
            skipped=0,
            failed=0,
            cancelled=0,
            queue_size=0,
            total_cost_ms=0.0,
            unused_cost_ms=0.0,
            avg_latency_ms=None,
            skipped_by_reason={},
            resource_manager=PrefetchResources(can_prefetch=is_on),
        ),
        invalidator=PrefetchInvalidator(
            total_invalidations=0, drafts_invalidated=0, by_reason={}
        ),
        by_source={},
    )


def ready_draft(chat_id: ChatId, *texts: str) -> PrefetchComplete:
    """A draft is there before anybody asked for it."""
    made = replace(draft(*texts), prefetched=True)
    return PrefetchComplete(chat_id=chat_id, source="hover", draft=made)


def hit(
    number: int,
    text: str,
    *,
    at: str = "2025-11-18T21:40:00.000Z",
    words: str = "",
    **told: Any,
) -> SearchHit:
    """A message that was found, with these of its words marked."""
    begin = text.find(words) if words else -1
    of_hit = {
        "similarity": 0.83 - number / 100,
        "match": "both" if words else "semantic",
        "repeat_count": 1,
        "context": (),
        "highlights": ((begin, begin + len(words)),) if begin >= 0 else (),
    }
    return SearchHit(
        message=found_message(number, text, at, **told.pop("message", {})),
        **(of_hit | told),
    )


def found_message(number: int, text: str, at: str, **told: Any) -> FoundMessage:
    """A message as a hit has it: Mum's, where nothing else is told."""
    mums = {
        "chat_id": MUM,
        "sender": "+15550100",
        "sender_name": "Mum",
        "chat_name": "Mum",
    }
    return FoundMessage(id=number, text=text, date=Timestamp(at), **(mums | told))


def found(*hits: SearchHit, **told: Any) -> SearchResults:
    """An answer of these hits."""
    of_answer = {
        "total_results": None,
        "mode_used": "semantic",
        "semantic_available": True,
        "indexed": 5812,
        "total": 5812,
        "model": "static",
        "took_ms": {"embed": 1.0, "vector": 9.0, "keyword": 4.0},
    }
    return SearchResults(results=hits, **(of_answer | told))


def offered(name: str, kind: str, note: str) -> ListedModel:
    """A model that can write at once."""
    return ListedModel(
        model=name,
        kind=kind,
        size_bytes=0,
        licence=None,
        state="ready",
        active=False,
        description=note,
    )


def resolved(name: str, people: tuple[Conversation, ...]) -> ResolvedConversation:
    """Whom a name means: those whose name begins so, or that have this id."""
    rows = tuple(
        row
        for row in people
        if row.chat_id == name or row.display_name.lower().startswith(name.lower())
    )
    only = rows[0].chat_id if len(rows) == 1 else None
    return ResolvedConversation(chat_id=only, conversations=rows)


class FakeStream:
    """A streamed call whose tokens and end the test gives."""

    def __init__(self, on_progress: Callable[[StreamProgress], None] | None) -> None:
        self.result: Any = None
        self.was_left_early = False
        self._on_progress = on_progress
        self._events: asyncio.Queue[StreamToken | Draft | JarvisError] = asyncio.Queue()
        self._index = 0

    def say(self, *texts: str, suggestion: int = 0) -> None:
        """More tokens."""
        for text in texts:
            token = StreamToken(text, self._index, False, suggestion)
            self._events.put_nowait(token)
            self._index += 1

    def be_at(self, phase: str, done: int, total: int | None) -> None:
        """What the daemon says meanwhile."""
        assert self._on_progress is not None
        self._on_progress(StreamProgress(phase, done, total))

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


class FakeSend:
    """A message on its way, as the daemon was asked for it, and the answer to come."""

    def __init__(self, text: str, key: str) -> None:
        self.text = text
        self.key = key
        self.answer: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()

    def end(self, answer: Sent | JarvisError) -> None:
        """What becomes of it."""
        if isinstance(answer, JarvisError):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


Told = (
    ModelProgress
    | IndexState
    | Notice
    | NewMessage
    | MessageUpdated
    | ConversationChanged
    | PrefetchComplete
    | SendStatus
    | Gap
)


class FakeClient:
    """Answers what it was told to, remembers what it was asked."""

    def __init__(self) -> None:
        self.socket_path = Path.home() / ".jarvis" / "jarvis.sock"
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.streams: list[FakeStream] = []
        self.sends: list[FakeSend] = []
        self.followed: list[tuple[tuple[str, ...], int | None, str | None]] = []
        self.retries = 0
        self.seq = 1
        """How far the stored events are when it is asked."""
        self.is_of_before = False
        """Whether it is a daemon that knows neither hello nor list_models."""
        self.model = STATUS.model
        self.sending = SendingStatus(can_send=False)
        self.models = ListModels(models=())
        self.refusal: JarvisError | None = None
        """Why no other model can be chosen."""
        self.conversations: Callable[[], ListConversations] | None = lambda: (
            ListConversations(conversations=CONVERSATIONS, total_count=5)
        )
        self.messages: Callable[[dict[str, Any]], ListMessages] = lambda _: (
            ListMessages(messages=MESSAGES, has_more=False)
        )
        self.found: Callable[
            [dict[str, Any]], SearchResults | Future[SearchResults]
        ] = lambda _: found()
        """What is found, at once or when the test says so."""
        self.people: tuple[Conversation, ...] = CONVERSATIONS
        """Whom a name can mean."""
        self.index = IndexState(state="ready", indexed=5812, total=5812)
        self.is_prefetching = False
        """Whether it makes drafts ready before they are asked for."""
        self.prepared: set[ChatId] = set()
        """For whom it has one."""
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()
        self._events: asyncio.Queue[Push | Gap] = asyncio.Queue()

    def tell(self, *news: Told) -> None:
        """What happens on the connection, and to the messages."""
        for each in news:
            if isinstance(each, Connected | Disconnected):
                self._notices.put_nowait(each)
            elif isinstance(each, ModelProgress):
                self._notices.put_nowait(Push("model_progress", each))
            elif isinstance(each, IndexState):
                self._notices.put_nowait(Push("index_progress", each))
            elif isinstance(each, Push | Gap):
                self._events.put_nowait(each)
            else:
                self._events.put_nowait(Push(_NAMES[type(each)], each))

    def connect(self, *, models_ready: bool = True) -> None:
        """The daemon answers."""
        can_send = bool(self.sending.can_send)
        self.tell(Connected(ping(models_ready=models_ready, can_send=can_send)))

    def asked_for(self, method: str) -> list[dict[str, object]]:
        """The params of each call of a method, in order."""
        return [params for name, params in self.asked if name == method]

    async def run(self) -> None:
        """Alive until cancelled."""
        await asyncio.Event().wait()

    async def notices(self) -> AsyncIterator[Notice]:
        """What `tell` was given of the connection, in order."""
        while True:
            yield await self._notices.get()

    async def events(
        self,
        names: Sequence[str] | None = None,
        *,
        since: int | None = None,
        epoch: str | None = None,
    ) -> AsyncGenerator[Push | Gap, None]:
        """What `tell` was given of the messages, in order."""
        self.followed.append((tuple(names or ()), since, epoch))
        while True:
            yield await self._events.get()

    def retry_now(self) -> None:
        """Counted."""
        self.retries += 1

    async def call(
        self,
        method: str,
        /,
        *,
        timeout_s: float = 30,
        chat_id: ChatId | None = None,
        **params: Any,
    ) -> Any:
        """The answer the test prepared; none means: never."""
        if chat_id is not None:
            params = {"chat_id": chat_id, **params}
        self.asked.append((method, params))
        if method == "semantic_search":
            answer = self.found(params)
            return await answer if isinstance(answer, Future) else answer
        if method == "resolve_conversation":
            return resolved(str(params["name"]), self.people)
        if method == "prefetch_stats":
            return prefetch_stats(is_on=self.is_prefetching)
        if method in ("prefetch_focus", "prefetch_hover"):
            is_ready = params["chat_id"] in self.prepared
            return Prefetched(success=True, prefetched=is_ready)
        if method == "list_messages":
            return self.messages(params)
        if method == "subscribe":
            return Subscribed(subscription="s1", seq=self.seq, epoch="e", gap=False)
        if method == "send_message":
            self.sends.append(FakeSend(params["text"], params["idempotency_key"]))
            return await self.sends[-1].answer
        if method in ("hello", "list_models") and self.is_of_before:
            raise MethodNotFound(f'There is no method "{method}".')
        if method in ("record_feedback", "hello", "unsubscribe"):
            return Success(success=True)
        if method == "list_models":
            return self.models
        if method == "use_model":
            if self.refusal is not None:
                raise self.refusal
            self.model = replace(self.model, model=params["model"], state="unloaded")
            return Success(success=True)
        if method == "get_status":
            return replace(
                STATUS, model=self.model, sending=self.sending, index=self.index
            )
        if self.conversations is None:
            await asyncio.Event().wait()
            raise AssertionError
        return self.conversations()

    def stream(
        self,
        method: str,
        /,
        *,
        timeout_s: float = 300,
        on_progress: Callable[[StreamProgress], None] | None = None,
        chat_id: ChatId | None = None,
        **params: object,
    ) -> FakeStream:
        """A stream for the test to play."""
        self.asked.append((method, {"chat_id": chat_id, **params}))
        self.streams.append(FakeStream(on_progress))
        return self.streams[-1]


_NAMES = {
    NewMessage: "new_message",
    MessageUpdated: "message_updated",
    ConversationChanged: "conversation_changed",
    PrefetchComplete: "prefetch_complete",
    SendStatus: "send_status",
}
