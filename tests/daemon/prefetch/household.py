"""Conversations, a model and clients in memory, with prefetch as the daemon has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from jarvis.assistant.drafting.cache import DraftCache
from jarvis.assistant.drafting.draft import draft_reply, ready_draft
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.generation.generate import OnToken
from jarvis.config import Limits
from jarvis.daemon.inbox import ChangedRow, Committed, Reset
from jarvis.daemon.prefetch import Prefetcher
from jarvis.errors import Busy, ModelUnavailable, UnknownChat
from jarvis.inference.background import Background
from jarvis.inference.engine import Generated, Progress, Prompt, Token
from jarvis.inference.models.record import SCRIPTED, ModelRecord
from jarvis.inference.pool.fair_queue import FairQueue
from jarvis.protocol.events import PrefetchComplete
from jarvis.protocol.methods.prefetch import PrefetchStats
from jarvis.records import ChatId, Draft, Message, PlainMessage, PrefetchOrigin
from jarvis.stores.chatdb import Chat
from jarvis.stores.events import StoredEvent
from jarvis.stores.sync_state import TrackedRow
from tests.assistant.exchanges import history_of
from tests.assistant.thread import thread

NOW = datetime.fromisoformat("2025-11-18T18:05:00+00:00").astimezone()
TOKENS = 6
NEW_ID = 10_000
"""Of a message that no draft has read."""


class Connection:
    """Somebody who is connected."""


class Words:
    """A text being written, a word a turn of the loop."""

    def __init__(self, words: list[str], writer: Writer, ended: asyncio.Event) -> None:
        self.queued_ms = 0.0
        self.generated: Generated | None = None
        self._words, self._writer, self._ended = words, writer, ended

    async def __aiter__(self) -> AsyncIterator[Token]:
        """Until it is written, ended for a person, or the model dies."""
        for index, word in enumerate(self._words):
            await self._writer.go_on.wait()
            await asyncio.sleep(0)
            if self._ended.is_set():
                raise Busy("A person's request came before this background work.")
            if self._writer.dies:
                self._writer.dies = False
                raise ModelUnavailable("The model's process ended.")
            self._writer.tokens += 1
            yield Token(text=f" {word}", logprob=None, index=index)
        self.generated = Generated(
            finish_reason="stop",
            prompt_tokens=1,
            tokens=len(self._words),
            mean_logprob=None,
            first_token_ms=1.0,
            total_ms=2.0,
        )


class Writer:
    """A model that says which it is, what it answers, and the how-manieth text it is."""

    def __init__(self) -> None:
        self.queue = FairQueue()
        self.name = "m0"
        self.texts = 0
        self.tokens = 0
        self.dies = False
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.served: list[bool] = []
        """Of each text in its order: whether nobody waited for it when it was begun."""

    async def model(self) -> ModelRecord:
        """The one that is chosen."""
        await asyncio.sleep(0)
        return msgspec.structs.replace(SCRIPTED, name=self.name)

    @asynccontextmanager
    async def generate(
        self,
        prompt: Prompt,
        *,
        caller: Hashable = None,
        background: Background | None = None,
        on_progress: Progress | None = None,
    ) -> AsyncIterator[Words]:
        """A text, in its turn."""
        lease = await self.queue.take(caller, background=background)
        ended = asyncio.Event()
        lease.on_preempt = ended.set
        try:
            self.texts += 1
            self.served.append(lease.is_background)
            if lease.is_preempted:
                ended.set()
            answered = prompt.turns[-1].content.removesuffix("?").split()
            words = [f"g{self.texts}", self.name, *answered, "it", "is"]
            yield Words(words[:TOKENS], self, ended)
        finally:
            lease.release()


class Conversations:
    """What stands in chat.db: for each chat what the others and the user wrote."""

    def __init__(self, *chat_ids: ChatId) -> None:
        self.said: dict[ChatId, list[str]] = {each: ["Me: hello"] for each in chat_ids}
        self.revision = 0
        self.written = 0

    def ask(self, chat_id: ChatId) -> str:
        """Somebody asks something that nobody asked before."""
        self.written += 1
        self.said.setdefault(chat_id, ["Me: hello"]).append(f"Mia: q{self.written} ok?")
        return self.stamp(chat_id)

    def answer(self, chat_id: ChatId) -> None:
        """The user writes."""
        self.written += 1
        self.said[chat_id].append(f"Me: a{self.written}")

    def edit(self, chat_id: ChatId) -> None:
        """What was said last says something else from now on."""
        self.written += 1
        self.revision += 1
        self.said[chat_id][-1] = f"Mia: q{self.written} ok?"

    def stamp(self, chat_id: ChatId) -> str:
        """What a draft of now would answer."""
        return self.said[chat_id][-1].split(": ")[1].removesuffix("?").split()[0]

    def messages(self, chat_id: ChatId) -> list[Message]:
        """As they are read.

        Raises:
            UnknownChat: it was deleted.
        """
        if chat_id not in self.said:
            raise UnknownChat("There is no such conversation.")
        return thread(*self.said[chat_id])


class Household:
    """Honours DraftService; `ask` is a client's generate_draft."""

    def __init__(self, tasks: asyncio.TaskGroup, *chat_ids: str, **bounds: Any) -> None:
        self.mail = Conversations(*map(ChatId, chat_ids))
        self.writer = Writer()
        self.open: set[Connection] = set()
        self.published: list[PrefetchComplete] = []
        self.objection: str | None = None
        self.now_s = 0.0
        self.past: list[PlainMessage] = []
        self.is_anybody_there = True
        self.quiet_s: list[float] = []
        self.cache = DraftCache(
            tasks, lambda: self.open, clock=lambda: self.now_s, **bounds
        )
        self.prefetcher = Prefetcher(
            is_on=True,
            load=self._load,
            loaded=lambda: self,
            objection=self._objection,
            chat_of=lambda rowids: None,
            read_past=self._read_past,
            is_anybody_there=lambda: self.is_anybody_there,
            publish=self.published.append,
            tasks=tasks,
            limits=Limits(),
            clock=lambda: self.now_s,
            call_later=self._wait,
        )
        self.cache.usage = self.prefetcher

    async def _load(self) -> Household:
        await asyncio.sleep(0)
        return self

    def _wait(self, quiet_s: float, act: Callable[[], None]) -> asyncio.Handle:
        """It is quiet at once."""
        self.quiet_s.append(quiet_s)
        return asyncio.get_running_loop().call_soon(act)

    async def _read_past(self) -> list[PlainMessage]:
        await asyncio.sleep(0)
        return self.past

    async def _objection(self) -> str | None:
        await asyncio.sleep(0)
        return self.objection

    def connect(self) -> Connection:
        """One more connection."""
        connection = Connection()
        self.open.add(connection)
        return connection

    def chat(self, chat_id: str) -> Chat:
        """A conversation of this id."""
        return Chat(
            chat_id=ChatId(chat_id),
            guids=(ChatId(chat_id),),
            rowids=(1,),
            name=None,
            title=msgspec.convert(chat_id, str),  # type: ignore[arg-type]  # not read
            participants=(),
            is_group=False,
            service="iMessage",
            folder="inbox",
            people=1,
        )

    def _services(self) -> DraftServices:
        return DraftServices(
            language_model=self.writer,
            history=replace(history_of(), revision=self.mail.revision),
            cache=self.cache,
        )

    async def make_ready(
        self,
        chat_id: ChatId,
        num_suggestions: int,
        origin: PrefetchOrigin,
        background: Background,
    ) -> Draft:
        """See DraftService."""
        request = DraftRequest(
            chat_id=chat_id,
            now=NOW,
            num_suggestions=num_suggestions,
            only_if_expected=True,
            background=background,
            origin=origin,
        )
        messages, services = self.mail.messages(chat_id), self._services()
        await asyncio.sleep(0)
        return await draft_reply(messages, services, request)

    async def ready(self, chat: Chat, num_suggestions: int) -> Draft | None:
        """See DraftService."""
        request = DraftRequest(
            chat_id=chat.chat_id, now=NOW, num_suggestions=num_suggestions
        )
        messages, services = self.mail.messages(chat.chat_id), self._services()
        await asyncio.sleep(0)
        return await ready_draft(messages, services, request)

    async def ask(
        self,
        connection: Connection,
        chat_id: str,
        on_token: OnToken | None = None,
        **asked: Any,
    ) -> Draft:
        """A draft for somebody who waits for it."""
        request = DraftRequest(
            chat_id=ChatId(chat_id), now=NOW, caller=connection, **asked
        )
        messages, services = self.mail.messages(request.chat_id), self._services()
        await asyncio.sleep(0)
        if request.is_interactive and request.instruction is None:
            self.prefetcher.wanted(request.chat_id)
        draft = await draft_reply(messages, services, request, on_token=on_token)
        if not request.skip_cache and request.instruction is None:
            self.prefetcher.answered(draft)
        return draft

    # What the inbox would say

    def mail_came(self, chat_id: str) -> None:
        """Somebody wrote, and it is committed."""
        self.mail.ask(ChatId(chat_id))
        self.prefetcher.follow(arrived(ChatId(chat_id), is_from_me=False))

    def focus(self, connection: Connection, chat_id: str, count: int = 1) -> Any:
        """A client opens a conversation."""
        return self.prefetcher.focus(self.chat(chat_id), count, connection)

    async def begun(self, texts: int) -> None:
        """Wait until the model has begun so many texts."""
        async with asyncio.timeout(30):
            while self.writer.texts < texts:  # noqa: ASYNC110  # in a thread meanwhile
                await asyncio.sleep(0.001)

    async def waited_for(self) -> None:
        """Wait until somebody waits in the model's line."""
        async with asyncio.timeout(30):
            while not self.writer.queue.waiting:  # noqa: ASYNC110  # in a thread
                await asyncio.sleep(0.001)

    async def settled_with(self, reason: str) -> PrefetchStats:
        """The same, once something was skipped for this reason."""
        async with asyncio.timeout(30):
            while reason not in (await self.settled()).executor.skipped_by_reason:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        return await self.settled()

    async def settled(self) -> PrefetchStats:
        """The stats once nothing is being made any more."""
        async with asyncio.timeout(30):
            while True:
                stats = await self.prefetcher.stats()
                if stats.executor.state == "idle" and not stats.executor.queue_size:
                    return stats


def arrived(chat_id: ChatId, *, is_from_me: bool, late: bool = False) -> Committed:
    """A new message was stored."""
    told = {"is_from_me": is_from_me, "late": late, "date": NOW.isoformat()}
    params = msgspec.json.encode({**told, "message_id": NEW_ID})
    event = StoredEvent(
        seq=1, name="new_message", chat_id=chat_id, params=msgspec.Raw(params)
    )
    return Committed(events=(event,))


def edited(chat_id: ChatId) -> Committed:
    """Words of an earlier message were changed."""
    return Committed(changed=(changed(chat_id, "edited"),))


def changed(chat_id: ChatId, *changes: Any, is_gone: bool = False) -> ChangedRow:
    """An earlier row that is not what it was."""
    row = TrackedRow(1, "guid", 0, chat_id, None, "")
    now: Any = None if is_gone else object()
    return ChangedRow(
        before=row, now=now, changes=changes, chat_rowids=(1,), was_counted=True
    )


def forgotten() -> Committed:
    """Somebody wants everything forgotten."""
    return Committed(reset=Reset.EVERYTHING)


async def turns(count: int = 12) -> None:
    """Let everything that can go on do so for so many turns of the loop."""
    for _ in range(count):
        await asyncio.sleep(0)
