"""Drafts that are ready, or being written, when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from jarvis.assistant.drafting.cache import DraftCache
from jarvis.assistant.drafting.cached_draft import CachedDraft
from jarvis.assistant.drafting.draft import draft_reply
from jarvis.assistant.drafting.job import DraftRequest, DraftServices
from jarvis.assistant.generation.generate import OnToken
from jarvis.errors import ModelUnavailable
from jarvis.inference.background import Background
from jarvis.inference.engine import Progress, Prompt
from jarvis.records import ChatId, Draft
from tests.assistant.drafting.test_draft import DINNER, NOW
from tests.assistant.exchanges import answered, history_of
from tests.assistant.thread import CHAT, Screen, TypedText, Typist, pieces


class Connection:
    """Somebody who asks."""


class SlowTypist(Typist):
    """Begins each text, and goes on when told to; `begun` says that it has."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*(pieces(text) for text in texts))
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.stopped = 0

    @asynccontextmanager
    async def generate(
        self,
        prompt: Prompt,
        *,
        caller: Hashable = None,
        background: Background | None = None,
        on_progress: Progress | None = None,
    ) -> AsyncIterator[TypedText]:
        """The next text, half of which comes at once."""
        async with super().generate(
            prompt, caller=caller, background=background, on_progress=on_progress
        ) as text:
            try:
                yield _Halted(text, self.begun, self.go_on)
            except asyncio.CancelledError:
                self.stopped += 1
                raise


class _Halted(TypedText):
    def __init__(
        self, text: TypedText, begun: asyncio.Event, go_on: asyncio.Event
    ) -> None:
        super().__init__((), None)
        self._text, self._begun, self._go_on = text, begun, go_on

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for token in self._text:
            yield token
            if token.index == 12:
                self._begun.set()
                await self._go_on.wait()
        self.generated = self._text.generated


class Ledger:
    """What a cache told of drafts that prefetch made."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def wanted(self, chat_id: ChatId) -> None:
        """Told by the draft service."""

    def answered(self, draft: Draft) -> None:
        """Told by the draft service."""

    def begun(self, draft: CachedDraft) -> None:
        """Note it."""
        self.told.append(("begun", draft.origin or ""))

    def used(self, draft: CachedDraft) -> None:
        """Note it."""
        self.told.append(("used", draft.origin or ""))

    def dropped(self, draft: CachedDraft, *, for_room: bool) -> None:
        """Note it."""
        self.told.append(("evicted" if for_room else "outdated", draft.origin or ""))


class Drafting:
    """Asks for drafts of one conversation, for connections that come and go."""

    def __init__(self, writer: Typist, tasks: asyncio.TaskGroup, **bounds: Any) -> None:
        self.open: set[Connection] = set()
        self.cache = DraftCache(tasks, lambda: self.open, **bounds)
        self.cache.usage = self.ledger = Ledger()
        self.services = DraftServices(
            language_model=writer, history=history_of(), cache=self.cache
        )

    def connect(self) -> Connection:
        """One more connection."""
        connection = Connection()
        self.open.add(connection)
        return connection

    async def ask(
        self,
        connection: Connection,
        *,
        on_token: OnToken | None = None,
        messages: Any = DINNER,
        **asked: Any,
    ) -> Draft:
        """In person, unless only_if_expected is asked for."""
        request = DraftRequest(chat_id=CHAT, now=NOW, caller=connection, **asked)
        return await draft_reply(messages, self.services, request, on_token=on_token)

    async def prefetch(
        self, background: Background | None = None, **asked: Any
    ) -> Draft:
        """As for a conversation that was opened."""
        return await self.ask(
            Connection(),
            only_if_expected=True,
            origin="focus",
            background=background or Background(),
            **asked,
        )

    async def pass_by(self, connection: Connection, **asked: Any) -> Draft:
        """As when a conversation is opened."""
        return await self.ask(connection, only_if_expected=True, **asked)


async def test_what_was_made_ready_answers_each_that_was_there_once() -> None:
    """And one that came later; then each ask writes anew."""
    writer = Typist(
        *([text] for text in ("Ready", "Own", "Other", "Late", "Own again"))
    )
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        one, two = drafting.connect(), drafting.connect()
        ready = await drafting.pass_by(one)
        late, too_late = drafting.connect(), drafting.connect()
        screen = Screen()
        routes = [
            (await drafting.ask(one, on_token=screen.token)).route,
            (await drafting.ask(one)).route,
            (await drafting.ask(two)).route,
            (await drafting.ask(two)).route,
            (await drafting.ask(late)).route,
            (await drafting.ask(too_late)).route,
            (await drafting.ask(late)).route,
        ]
        again = await drafting.pass_by(too_late)
    assert ready.route == "model"
    assert routes == ["cached", "model", "cached", "model", "cached", "model", "model"]
    assert screen.texts == {0: "Ready"}
    assert (again.route, again.suggestions) == ("cached", ready.suggestions)


async def test_what_was_written_for_somebody_in_person_is_for_nobody_else() -> None:
    """Who asks in person gets one of their own; on the way it will do."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(["First"], ["Second"]), tasks)
        one, two = drafting.connect(), drafting.connect()
        first = await drafting.ask(one)
        assert (await drafting.ask(two)).suggestions != first.suggestions
        assert (await drafting.pass_by(two)).route == "cached"


async def test_skip_cache_writes_anew() -> None:
    """Whatever is ready; it stays ready for the next ask."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(["Ready"], ["Anew"], ["Else"]), tasks)
        one = drafting.connect()
        await drafting.pass_by(one)
        assert (await drafting.ask(one, skip_cache=True)).suggestions[0].text == "Anew"
        assert (await drafting.ask(one)).suggestions[0].text == "Ready"
        passing = await drafting.pass_by(one, skip_cache=True)
        assert passing.suggestions[0].text == "Else"


async def test_what_it_was_written_from_has_to_be_the_same() -> None:
    """Messages with their edits and reactions, how many, the wish, and the past."""
    texts = [[f"Text {number}"] for number in range(9)]
    edited = [*DINNER[:2], msgspec.structs.replace(DINNER[2], text="on Sunday?")]
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(*texts), tasks)
        one = drafting.connect()
        await drafting.pass_by(one)
        for other in (
            {"messages": edited},
            {"context_messages": 5},
            {"instruction": "no"},
        ):
            assert (await drafting.ask(one, **other)).route == "model"
        drafting.services = replace(drafting.services, history=history_of())
        assert (await drafting.ask(one)).route == "model"


async def test_of_more_that_are_ready_the_surest_come() -> None:
    """As many as are asked for; what is wanted beyond them is written live."""
    writer = Typist(
        ["Sure!"], ["Sorry, no."], ["Maybe later?"], logprobs=(-0.9, -0.1, -0.5)
    )
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        drafting.services = replace(
            drafting.services,
            history=history_of(answered(("dinner on Friday?", "yes gladly"))),
        )
        one, two = drafting.connect(), drafting.connect()
        ready = await drafting.pass_by(one, num_suggestions=2)
        screen = Screen()
        fewer = await drafting.ask(one, num_suggestions=1, on_token=screen.token)
        assert fewer.suggestions == ready.suggestions[:1]
        assert screen.texts == {fewer.suggestions[0].suggestion: "Sorry, no."}
        screen = Screen()
        more = await drafting.ask(two, num_suggestions=3, on_token=screen.token)
    assert (more.route, more.from_cache) == ("model", False)
    assert screen.texts == {0: "Sure!", 1: "Sorry, no.", 2: "Maybe later?"}
    assert {each.suggestion: each.text for each in more.suggestions} == screen.texts
    assert len(writer.prompts) == 3


async def test_who_asks_while_it_is_written_reads_it_from_its_first_token() -> None:
    """And who gives up does not take it from the other."""
    text = "I would love to come. Shall I bring some of the good bread?"
    writer = SlowTypist(text)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        one = drafting.connect()
        passing = tasks.create_task(drafting.pass_by(one))
        await writer.begun.wait()
        screen, streams = Screen(), asyncio.Event()

        def on_token(text: str, suggestion: int) -> None:
            screen.token(text, suggestion)
            streams.set()

        asked = tasks.create_task(drafting.ask(one, on_token=on_token))
        await streams.wait()
        assert text.startswith(screen.texts[0])
        passing.cancel()
        await asyncio.wait([passing])
        writer.go_on.set()
        draft = await asked
    assert draft.route == "cached"
    assert [each.text for each in draft.suggestions] == [text]
    assert screen.texts == {0: text}
    assert (len(writer.prompts), writer.stopped) == (1, 0)


async def test_what_nobody_reads_is_not_written_to_its_end() -> None:
    """The model is free for the next; that one begins anew."""
    text = "I would love to come. Shall I bring some of the good bread?"
    writer = SlowTypist(text, text)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        one = drafting.connect()
        passing = tasks.create_task(drafting.pass_by(one))
        await writer.begun.wait()
        passing.cancel()
        await asyncio.wait([passing])
        writer.go_on.set()
        assert (await drafting.ask(one)).route == "model"
    assert (len(writer.prompts), writer.stopped) == (2, 1)


async def test_a_draft_that_could_not_be_made_ready_is_not_kept() -> None:
    """Who waits for it hears why; the next ask tries again."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist([" "], ["Sure"]), tasks)
        one = drafting.connect()
        with pytest.raises(ModelUnavailable, match="wrote nothing"):
            await drafting.pass_by(one)
        assert (await drafting.pass_by(one)).suggestions[0].text == "Sure"


async def test_the_one_not_asked_for_longest_goes_first() -> None:
    """Of a bounded number."""
    async with asyncio.TaskGroup() as tasks:
        writer = Typist(*([f"Text {number}"] for number in range(9)))
        drafting = Drafting(writer, tasks, most=2)
        one = drafting.connect()
        for number in (5, 6, 5, 7):
            await drafting.pass_by(one, context_messages=number)
        routes = [
            (await drafting.pass_by(one, context_messages=number)).route
            for number in (5, 7, 6)
        ]
    assert routes == ["cached", "cached", "model"]


async def test_drafts_take_no_more_room_than_they_may() -> None:
    """Counted in bytes of what they say and answer; what prefetch made is told of."""
    first, second = "I would love to come.", "Sorry, I cannot come."
    async with asyncio.TaskGroup() as tasks:
        read = sum(len(each.text or "") for each in DINNER)
        room = 2 * (read + len(first)) - 1
        drafting = Drafting(Typist([first], [second], ["Own"]), tasks, most_bytes=room)
        one = drafting.connect()
        await drafting.prefetch(context_messages=5)
        assert drafting.cache.size() == (1, read + len(first))
        await drafting.prefetch(context_messages=6)
        assert drafting.cache.size() == (1, read + len(second))
        assert (await drafting.ask(one, context_messages=5)).route == "model"
    assert ("evicted", "focus") in drafting.ledger.told


async def test_a_draft_grows_too_old_to_be_served() -> None:
    """Whatever a person did to the clock on the wall, and also while it slept."""
    now_s = 1000.0
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(
            Typist(["Ready"], ["Own"]), tasks, longest_s=60.0, clock=lambda: now_s
        )
        one, two = drafting.connect(), drafting.connect()
        await drafting.prefetch()
        now_s += 60.0
        assert (await drafting.ask(one)).prefetched
        now_s += 0.5
        assert (await drafting.ask(two)).route == "model"
    assert drafting.ledger.told == [
        ("begun", "focus"),
        ("used", "focus"),
        ("evicted", "focus"),
    ]


async def test_who_joins_what_was_made_for_nobody_is_waited_for() -> None:
    """The model hears that it is that caller's turn from then on."""
    text = "I would love to come. Shall I bring some of the good bread?"
    writer = SlowTypist(text)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        one, background = drafting.connect(), Background()
        prefetching = tasks.create_task(drafting.prefetch(background))
        await writer.begun.wait()
        assert not background.is_awaited
        screen, streams = Screen(), asyncio.Event()

        def on_token(text: str, suggestion: int) -> None:
            screen.token(text, suggestion)
            streams.set()

        asked = tasks.create_task(drafting.ask(one, on_token=on_token))
        await streams.wait()
        assert (background.is_awaited, background.awaited_by) == (True, one)
        prefetching.cancel()
        writer.go_on.set()
        draft = await asked
    assert (draft.route, draft.prefetched, screen.texts) == ("cached", True, {0: text})
    assert len(writer.prompts) == 1


async def test_what_was_ended_for_a_person_is_joined_by_nobody() -> None:
    """Who asks in the moment before that is known gets a draft of their own."""
    text = "I would love to come. Shall I bring some of the good bread?"
    writer = SlowTypist(text, text)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        drafting = Drafting(writer, tasks)
        one, background = drafting.connect(), Background()
        prefetching = tasks.create_task(drafting.prefetch(background))
        await writer.begun.wait()
        background.is_preempted = True
        writer.go_on.set()
        draft = await drafting.ask(one)
        await prefetching
    assert (draft.route, draft.prefetched) == ("model", False)


async def test_what_is_dropped_is_served_to_nobody() -> None:
    """Those of one conversation, or all; who reads one at that moment still gets it."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(["Ready"], ["Own"], ["Later"], ["Own"]), tasks)
        one = drafting.connect()
        await drafting.prefetch()
        assert drafting.cache.drop([ChatId("another")]) == 0
        assert drafting.cache.drop([CHAT]) == 1
        assert (await drafting.ask(one)).route == "model"
        assert drafting.cache.drop() == 0, "what was asked for in person was not ready"
        assert drafting.cache.size() == (0, 0)
    assert drafting.ledger.told == [("begun", "focus"), ("outdated", "focus")]


async def test_a_draft_that_was_quicker_than_the_inbox_stays() -> None:
    """It has read the message that is told of only now, or one after it."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(["Ready"]), tasks)
        one = drafting.connect()
        await drafting.prefetch()
        revision = drafting.services.history.revision
        (read,) = drafting.cache.written_for(CHAT, revision)
        assert drafting.cache.drop([CHAT], read_to=read) == 0
        assert (await drafting.ask(one)).prefetched
        assert drafting.cache.drop([CHAT], read_to=read + 1) == 1


async def test_an_ask_for_more_than_is_ready_begins_with_what_is() -> None:
    """And says that its beginning was."""
    async with asyncio.TaskGroup() as tasks:
        drafting = Drafting(Typist(["Sure!"], ["Sorry, no."]), tasks)
        one = drafting.connect()
        await drafting.prefetch()
        more = await drafting.ask(one, num_suggestions=2)
    assert (more.route, more.from_cache, more.prefetched) == ("model", False, True)
    assert {each.text for each in more.suggestions} == {"Sure!", "Sorry, no."}
