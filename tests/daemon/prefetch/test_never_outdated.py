"""Whatever happens in whatever order, nobody is served an outdated draft.

Mail, edits, deletions, clients that open, look, ask, cancel and leave, other models, models
that die, a clock: all at random, against a simple model of what may be served. What a draft
answers stands in it, so that it can be held against what the conversation said when it was
asked for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis.errors import JarvisError
from jarvis.protocol.methods.prefetch import PrefetchStats
from jarvis.records import ChatId, Draft
from tests.daemon.prefetch.household import (
    Connection,
    Household,
    arrived,
    edited,
    turns,
)

CHATS = [ChatId(f"iMessage;-;+1555010{number}") for number in range(3)]
CLIENTS = range(3)

chats, clients = st.sampled_from(CHATS), st.sampled_from(CLIENTS)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["mail", "own", "edit", "delete"]), chats),
    st.tuples(st.just("focus"), chats, clients, st.integers(1, 2)),
    st.tuples(st.just("hover"), chats, clients),
    st.tuples(st.just("ask"), chats, clients, st.booleans(), st.integers(1, 2)),
    st.tuples(st.just("pass by"), chats, clients),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("invalidate"), st.none() | chats),
    st.tuples(st.just("hang up"), clients),
    st.tuples(st.sampled_from(["model", "die", "objection", "commit"])),
    st.tuples(st.just("sleep"), st.sampled_from([1.0, 11.0, 61.0, 1801.0])),
    st.tuples(st.just("go on"), st.integers(1, 20)),
)


class Ask:
    """A client waits for a draft: what it would answer, and which models wrote since."""

    def __init__(self, stamp: str, model: str, connection: Connection) -> None:
        self.stamp, self.models, self.connection = stamp, {model}, connection
        self.task: asyncio.Task[Draft | None] | None = None
        self.streamed: dict[int, str] = {}


class Run:
    """One household, what was done to it, and the ledger that the stats must agree with."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.tasks = tasks
        self.household = Household(tasks, *CHATS)
        for chat_id in CHATS:
            self.household.mail.ask(chat_id)
        self.clients = [self.household.connect() for _ in CLIENTS]
        self.uncommitted: list[Any] = []
        self.running: list[Ask] = []
        self.served: Counter[tuple[Connection, str]] = Counter()
        self.asked: Counter[str] = Counter()
        self.prefetched = 0
        self.models = 0

    async def act(self, name: str, *given: Any) -> None:
        """One thing happens; nothing waits for its end."""
        await getattr(self, name.replace(" ", "_"))(*given)

    def _commit_later(self, committed: Any) -> None:
        """chat.db has it already; what follows hears of it with the next commit."""
        self.uncommitted.append(committed)

    async def mail(self, chat_id: ChatId) -> None:
        """Somebody writes."""
        self.household.mail.ask(chat_id)
        self._commit_later(arrived(chat_id, is_from_me=False))

    async def own(self, chat_id: ChatId) -> None:
        """The user writes."""
        if chat_id in self.household.mail.said:
            self.household.mail.answer(chat_id)
            self._commit_later(arrived(chat_id, is_from_me=True))

    async def edit(self, chat_id: ChatId) -> None:
        """Somebody edits."""
        if chat_id in self.household.mail.said:
            self.household.mail.edit(chat_id)
            self._commit_later(edited(chat_id))

    async def delete(self, chat_id: ChatId) -> None:
        """The conversation goes; mail makes another."""
        self.household.mail.said.pop(chat_id, None)
        self.household.mail.revision += 1
        self._commit_later(edited(chat_id))

    async def commit(self) -> None:
        """What happened is heard of, in its order."""
        while self.uncommitted:
            committed = self.uncommitted.pop(0)
            self.household.prefetcher.follow(committed)
            self.asked["new_message"] += any(
                b'"is_from_me":false' in bytes(event.params)
                for event in committed.events
            )

    async def focus(self, chat_id: ChatId, client: int, count: int) -> None:
        """A client opens it; what it is given is held against what it says now."""
        if chat_id not in self.household.mail.said:
            return
        self.asked["focus"] += 1
        stamp, model = self.household.mail.stamp(chat_id), self.household.writer.name
        opening = self.household.focus(self.clients[client], chat_id, count)
        draft = await opening
        if draft is not None:
            assert says(draft, stamp)
            assert says(draft, model)

    async def hover(self, chat_id: ChatId, client: int) -> None:
        """A pointer rests on it."""
        self.asked["hover"] += 1
        household = self.household
        household.prefetcher.hover(household.chat(chat_id), self.clients[client])

    async def ask(
        self, chat_id: ChatId, client: int, skip_cache: bool, count: int
    ) -> None:
        """A client asks in person."""
        if chat_id in self.household.mail.said:
            self._begin(chat_id, client, skip_cache=skip_cache, num_suggestions=count)

    async def pass_by(self, chat_id: ChatId, client: int) -> None:
        """A client asks on the way."""
        if chat_id in self.household.mail.said:
            self._begin(chat_id, client, only_if_expected=True)

    def _begin(self, chat_id: ChatId, client: int, **asked: Any) -> None:
        household, connection = self.household, self.clients[client]
        ask = Ask("", household.writer.name, connection)
        ask.task = self.tasks.create_task(self._answer(ask, chat_id, asked))
        ask.task.add_done_callback(lambda task: self.running.remove(ask))
        self.running.append(ask)

    async def _answer(
        self, ask: Ask, chat_id: ChatId, asked: dict[str, Any]
    ) -> Draft | None:
        def on_token(text: str, suggestion: int) -> None:
            ask.streamed[suggestion] = ask.streamed.get(suggestion, "") + text

        with suppress(JarvisError):
            if chat_id in self.household.mail.said:
                ask.stamp = self.household.mail.stamp(chat_id)
            draft = await self.household.ask(ask.connection, chat_id, on_token, **asked)
            self._check(ask, draft, asked)
            return draft
        return None

    def _check(self, ask: Ask, draft: Draft, asked: dict[str, Any]) -> None:
        """What may be served: what answers what was said when it was asked for."""
        for each in draft.suggestions:
            assert ask.stamp in each.text.split()
            assert ask.models & set(each.text.split())
            assert ask.streamed[each.suggestion] == each.text
        if not asked.get("skip_cache"):
            self.prefetched += draft.prefetched
        if asked.get("skip_cache"):
            assert not draft.from_cache
        elif not asked.get("only_if_expected") and draft.from_cache:
            # Served once: asking again in person writes anew.
            key = (ask.connection, draft.suggestions[0].text)
            self.served[key] += 1
            assert self.served[key] == 1

    async def cancel(self, number: int) -> None:
        """Somebody gives up."""
        if number < len(self.running) and (task := self.running[number].task):
            task.cancel()

    async def invalidate(self, chat_id: ChatId | None) -> None:
        """Somebody wants drafts dropped."""
        chat_ids = None if chat_id is None else [chat_id]
        self.household.prefetcher.invalidate("asked for", chat_ids)
        if chat_id is None:
            assert self.household.cache.size() == (0, 0)

    async def hang_up(self, client: int) -> None:
        """A client leaves, and another comes."""
        self.household.open.discard(self.clients[client])
        for ask in self.running:
            if ask.connection is self.clients[client] and ask.task is not None:
                ask.task.cancel()
        self.clients[client] = self.household.connect()

    async def model(self) -> None:
        """Another model, or one of before."""
        self.models += 1
        self.household.writer.name = f"m{self.models % 2}"
        for ask in self.running:
            ask.models.add(self.household.writer.name)
        self.household.prefetcher.another_model()

    async def die(self) -> None:
        """The model dies at the next token."""
        self.household.writer.dies = True

    async def objection(self) -> None:
        """The machine has no room, or has again."""
        before = self.household.objection
        self.household.objection = None if before else "the machine is hot"

    async def sleep(self, time_s: float) -> None:
        """The machine sleeps."""
        self.household.now_s += time_s

    async def go_on(self, count: int) -> None:
        """Everything goes on for a while."""
        await turns(count)

    async def end(self) -> PrefetchStats:
        """All is heard of, and all that runs ends."""
        await self.commit()
        async with asyncio.timeout(30):
            while self.running:  # noqa: ASYNC110  # each turn is one of theirs
                await asyncio.sleep(0)
        return await self.household.settled()


def says(draft: Draft, word: str) -> bool:
    """Whether each suggestion holds it."""
    return all(word in each.text.split() for each in draft.suggestions)


@settings(max_examples=150)
@given(st.lists(ACTS, min_size=5, max_size=60))
def test_an_outdated_draft_is_never_served(acts: list[tuple[Any, ...]]) -> None:
    """And the stats agree with what happened."""
    asyncio.run(_lived_through(acts))


async def _lived_through(acts: list[tuple[Any, ...]]) -> None:
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        run = Run(tasks)
        for name, *given_ in acts:
            await run.act(name, *given_)
        stats = await run.end()
        run.household.prefetcher.close()
    executor = stats.executor
    assert executor.scheduled == (
        executor.executed + executor.skipped + executor.failed + executor.cancelled
    )
    assert {name: each.asked for name, each in stats.by_source.items()} == {
        origin: run.asked[origin] for origin in stats.by_source
    }
    assert stats.cache.hits == run.prefetched
    assert sum(each.made for each in stats.by_source.values()) == executor.executed
    for source in stats.by_source.values():
        assert 0 <= source.used <= source.made
        assert 0 <= source.unused_cost_ms <= source.cost_ms + 0.01
    assert run.household.writer.queue.is_idle
