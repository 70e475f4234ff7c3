"""The daemon's door to the model, with real worker processes behind it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from jarvis.errors import Busy, ModelUnavailable, NoModelChosen, ServerCancelled
from jarvis.inference import signs as signs_module
from jarvis.inference.background import Background
from jarvis.inference.engine import Prompt
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.pool import generation as generation_module
from jarvis.inference.pool import link as link_module
from jarvis.inference.pool.model_process import MOST_CRASHES
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import ModelState, Selection
from jarvis.records import StreamPhase
from tests.inference.sample import reply_prompt

Open = Callable[..., AbstractAsyncContextManager[Supervisor]]


class Told:
    """What was told of the model's state, and a way to wait for more."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._new: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, state: ModelState) -> None:
        self.all.append(state.state)
        self._new.put_nowait(state.state)

    async def until(self, wanted: str) -> None:
        """Wait until it is told; what was waited for once does not count again."""
        while await self._new.get() != wanted:
            pass


@pytest.fixture
def told() -> Told:
    """The states of the supervisor under test."""
    return Told()


@pytest.fixture
def open_supervisor(tmp_path: Path, told: Told) -> Open:
    """Opens a supervisor of scripted workers; ten seconds are all it gets."""

    @asynccontextmanager
    async def opened(
        token_ms: float = 0.0, keep_alive_s: float = 600.0
    ) -> AsyncIterator[Supervisor]:
        async with (
            asyncio.timeout(30),
            supervised(
                Selection(engine="scripted", scripted_token_ms=token_ms),
                GENERATOR,
                log_path=tmp_path / "worker.log",
                keep_alive_s=keep_alive_s,
                on_state=told,
            ) as supervisor,
        ):
            yield supervisor

    return opened


async def write(
    supervisor: Supervisor,
    prompt: Prompt | None = None,
    *,
    caller: str = "a",
    background: Background | None = None,
) -> str:
    """A whole text."""
    async with supervisor.generate(
        prompt or reply_prompt(), caller=caller, background=background
    ) as generation:
        return "".join([token.text async for token in generation])


async def worker_pid(supervisor: Supervisor) -> int:
    """The process that runs now."""
    pid = (await supervisor.status()).pid
    assert pid is not None
    return pid


async def test_a_text_streams_and_is_accounted_for(open_supervisor: Open) -> None:
    """Each token has its place; what it took is known at the end."""
    async with (
        open_supervisor() as supervisor,
        supervisor.generate(reply_prompt()) as generation,
    ):
        tokens = [token async for token in generation]
        generated = generation.generated
    assert generated is not None
    assert [token.index for token in tokens] == list(range(generated.tokens))
    assert generation.queued_ms > 0


async def test_what_a_text_is_at_is_told(open_supervisor: Open) -> None:
    """From the loading of the model to its last token, and nothing after the block."""
    told: list[tuple[StreamPhase, int, int | None]] = []

    def note(phase: StreamPhase, done: int, total: int | None) -> None:
        told.append((phase, done, total))

    async with open_supervisor() as supervisor:
        async with supervisor.generate(reply_prompt(), on_progress=note) as generation:
            tokens = [token async for token in generation]
        assert told[0] == ("loading", 0, None)
        reading, *writing = told[1:]
        assert reading[0] == "reading"
        assert reading[1] == reading[2] != 0
        assert writing == [("writing", n + 1, None) for n in range(len(tokens))]
        told.clear()
        async with supervisor.generate(reply_prompt(), on_progress=note) as generation:
            await anext(generation)
        heard = len(told)
        assert "loading" not in {phase for phase, *_ in told}
        await write(supervisor)
        assert len(told) == heard


async def test_what_lasts_is_told_again(
    open_supervisor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While others are written for, and whatever else a worker says nothing of."""
    monkeypatch.setattr(signs_module, "REPEATED_S", 0.01)
    told: asyncio.Queue[StreamPhase] = asyncio.Queue()

    async def wait(supervisor: Supervisor) -> None:
        async with supervisor.generate(
            reply_prompt(max_tokens=1),
            caller="b",
            on_progress=lambda phase, done, total: told.put_nowait(phase),
        ) as waited_for:
            assert [token async for token in waited_for]

    async with (
        open_supervisor(token_ms=50) as supervisor,
        asyncio.TaskGroup() as tasks,
        supervisor.generate(reply_prompt(), caller="a") as generation,
    ):
        await anext(generation)
        tasks.create_task(wait(supervisor))
        assert [await told.get() for _ in range(3)] == ["queued"] * 3


async def test_nothing_runs_before_it_is_asked_for(
    open_supervisor: Open, told: Told
) -> None:
    """The worker starts with the first text; whoever watches sees it load."""
    async with open_supervisor() as supervisor:
        before = await supervisor.status()
        assert (before.state, before.pid, before.rss_bytes) == ("unloaded", None, None)
        await write(supervisor)
        status = await supervisor.status()
        assert (status.state, status.model) == ("ready", "scripted")
        assert status.rss_bytes is not None
        assert status.rss_bytes > 2**20
        assert status.tokens >= 16
    assert told.all == ["loading", "ready"]


async def test_warming_loads_without_a_text(open_supervisor: Open) -> None:
    """So that the first draft finds the model ready."""
    async with open_supervisor() as supervisor:
        supervisor.warm()
        supervisor.warm()
        async with supervisor.generate(reply_prompt(max_tokens=1)) as generation:
            assert [token.text async for token in generation]
        assert supervisor.state.state == "ready"


async def test_a_person_waits_for_a_warming_as_for_loading(
    open_supervisor: Open, told: Told
) -> None:
    """They are told so, wait for nobody's turn, and the model is loaded once."""
    seen: list[StreamPhase] = []
    async with open_supervisor() as supervisor:
        supervisor.warm()
        await told.until("loading")
        async with supervisor.generate(
            reply_prompt(max_tokens=1),
            on_progress=lambda phase, done, total: seen.append(phase),
        ) as generation:
            assert [token.text async for token in generation]
    assert seen[:3].count("loading") == 1
    assert told.all.count("loading") == 1


async def test_a_warmed_model_is_given_up_when_nobody_asks(
    open_supervisor: Open, told: Told
) -> None:
    """After the time that every model is kept."""
    async with open_supervisor(keep_alive_s=0.05) as supervisor:
        supervisor.warm()
        await told.until("unloaded")
        assert (await supervisor.status()).pid is None


async def test_leaving_early_frees_the_model_at_the_next_token(
    open_supervisor: Open,
) -> None:
    """The text that is not wanted any more costs at most two tokens."""
    async with open_supervisor(token_ms=30) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
        assert await write(supervisor, reply_prompt(max_tokens=1), caller="b")
        assert generation.tokens <= 2
        assert generation.generated is None


async def test_cancelling_the_task_stops_the_model(open_supervisor: Open) -> None:
    """It is the only way anything is stopped."""
    async with open_supervisor(token_ms=30) as supervisor:
        has_begun = asyncio.Event()

        async def draft() -> None:
            async with supervisor.generate(reply_prompt()) as generation:
                async for _ in generation:
                    has_begun.set()

        task = asyncio.create_task(draft())
        await has_begun.wait()
        task.cancel()
        assert await write(supervisor, reply_prompt(max_tokens=1))
        assert task.cancelled()
        assert (await supervisor.status()).tokens <= 4


async def test_cancelling_while_the_model_loads_keeps_the_load(
    open_supervisor: Open, told: Told
) -> None:
    """The next one gains by it: one worker is started, not two."""
    async with open_supervisor() as supervisor:
        task = asyncio.create_task(write(supervisor))
        await told.until("loading")
        task.cancel()
        assert await write(supervisor)
    assert told.all == ["loading", "ready"]


async def test_a_killed_worker_fails_one_text_and_the_next_works(
    open_supervisor: Open, told: Told
) -> None:
    """kill -9 in the middle of a text."""
    async with open_supervisor(token_ms=20) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
            os.kill(await worker_pid(supervisor), signal.SIGKILL)
            with pytest.raises(ModelUnavailable, match="SIGKILL") as raised:
                async for _ in generation:
                    pass
        assert raised.value.retryable
        assert await write(supervisor, reply_prompt(max_tokens=3))
        status = await supervisor.status()
    assert (status.crashes, status.state) == (1, "ready")
    assert told.all == ["loading", "ready", "failed", "loading", "ready"]


async def test_a_worker_killed_while_idle_is_noticed(
    open_supervisor: Open, told: Told
) -> None:
    """And replaced when the next text is asked for."""
    async with open_supervisor() as supervisor:
        await write(supervisor)
        os.kill(await worker_pid(supervisor), signal.SIGKILL)
        await told.until("failed")
        assert "SIGKILL" in (supervisor.state.reason or "")
        assert await write(supervisor)


async def test_those_who_wait_outlive_a_killed_worker(open_supervisor: Open) -> None:
    """One text fails; the waiting ones are written by the next worker."""
    async with open_supervisor(token_ms=5) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
            waiting = [
                asyncio.create_task(write(supervisor, caller=caller))
                for caller in "bcd"
            ]
            os.kill(await worker_pid(supervisor), signal.SIGKILL)
            with pytest.raises(ModelUnavailable):
                async for _ in generation:
                    pass
        assert all(await asyncio.gather(*waiting))


async def test_after_too_many_deaths_only_a_person_is_reason_to_try(
    open_supervisor: Open, told: Told
) -> None:
    """Prefetch is told why; a person's ask tries once more, and may succeed."""
    async with open_supervisor() as supervisor:
        for _ in range(MOST_CRASHES):
            await write(supervisor)
            os.kill(await worker_pid(supervisor), signal.SIGKILL)
            await told.until("failed")
        with pytest.raises(ModelUnavailable, match=r"died 5 times.*worker\.log"):
            await write(supervisor, background=Background())
        assert await write(supervisor)
        assert supervisor.state.state == "ready"


async def test_a_worker_that_hangs_is_replaced(
    open_supervisor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot even let go of a text is killed; the next text is written."""
    monkeypatch.setattr(generation_module, "CANCEL_PATIENCE_S", 0.05)
    monkeypatch.setattr(link_module, "GRACE_S", 0.1)
    async with open_supervisor(token_ms=20) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
            os.kill(await worker_pid(supervisor), signal.SIGSTOP)
        assert await write(supervisor, reply_prompt(max_tokens=1))
        assert (await supervisor.status()).crashes == 1


async def test_callers_are_served_in_rotation(open_supervisor: Open) -> None:
    """A caller with three wishes does not keep another waiting for all of them."""
    async with open_supervisor() as supervisor:
        served: list[str] = []

        async def wish(caller: str) -> None:
            await write(supervisor, reply_prompt(max_tokens=2), caller=caller)
            served.append(caller)

        async with asyncio.TaskGroup() as tasks:
            for caller in "aaabbc":
                tasks.create_task(wish(caller))
    assert "".join(served) == "abcaba"


async def test_background_work_makes_way_for_a_person(open_supervisor: Open) -> None:
    """At the next token; it may ask again later."""
    async with open_supervisor(token_ms=30) as supervisor:
        async with supervisor.generate(
            reply_prompt(), background=Background()
        ) as prefetch:
            await anext(prefetch)
            person = asyncio.create_task(
                write(supervisor, reply_prompt(max_tokens=1), caller="b")
            )
            with pytest.raises(Busy, match="person"):
                async for _ in prefetch:
                    pass
            assert await person
        assert prefetch.tokens <= 3


async def test_background_work_that_waits_for_the_load_makes_way_too(
    open_supervisor: Open, told: Told
) -> None:
    """The model it waited for is loaded then, for the person."""
    async with open_supervisor() as supervisor:
        prefetch = asyncio.create_task(write(supervisor, background=Background()))
        await told.until("loading")
        person = asyncio.create_task(write(supervisor, caller="b"))
        assert await person
        with pytest.raises(Busy):
            await prefetch
    assert told.all == ["loading", "ready"]


async def test_a_prompt_that_cannot_be_sent_frees_the_model(
    open_supervisor: Open,
) -> None:
    """Half a character is no text; the next one does not wait for it."""
    async with open_supervisor() as supervisor:
        with pytest.raises(UnicodeEncodeError):
            await write(supervisor, reply_prompt("\ud800"))
        assert await write(supervisor)


async def test_an_unused_worker_gives_its_memory_back(
    open_supervisor: Open, told: Told
) -> None:
    """It ends after keep_alive_s, and the next text starts another."""
    async with open_supervisor(keep_alive_s=0.05) as supervisor:
        await write(supervisor)
        first = await worker_pid(supervisor)
        await told.until("unloaded")
        await write(supervisor)
        assert await worker_pid(supervisor) != first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        assert (await supervisor.status()).crashes == 0
    assert told.all[:3] == ["loading", "ready", "unloaded"]


async def test_closing_ends_the_worker_and_sends_everyone_away(
    open_supervisor: Open,
) -> None:
    """No process is left behind; whoever asks later is told."""
    async with open_supervisor(token_ms=20) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
            waiting = asyncio.create_task(write(supervisor, caller="b"))
            pid = await worker_pid(supervisor)
            await supervisor.close()
            with pytest.raises(ServerCancelled):
                await waiting
            with pytest.raises(ModelUnavailable):
                async for _ in generation:
                    pass
        with pytest.raises(ServerCancelled):
            await write(supervisor)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_closing_while_the_model_loads_leaves_no_process(
    open_supervisor: Open, told: Told
) -> None:
    """Whoever waited for it is told."""
    async with open_supervisor() as supervisor:
        waiting = asyncio.create_task(write(supervisor))
        await told.until("loading")
        await supervisor.close()
        with pytest.raises(ModelUnavailable):
            await waiting


async def test_an_error_in_the_daemon_leaves_no_process(
    open_supervisor: Open,
) -> None:
    """Nor does a cancelled one: the worker is seen to its end in any case."""
    pids: list[int] = []

    async def use_and_fail() -> None:
        async with open_supervisor() as supervisor:
            await write(supervisor)
            pids.append(await worker_pid(supervisor))
            raise KeyError("a defect")

    with pytest.RaisesGroup(KeyError):
        await use_and_fail()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


async def test_without_a_model_the_reason_is_told_each_time(
    tmp_path: Path, told: Told
) -> None:
    """It is no crash, and no process is started for it."""
    selection = Selection(engine="mlx", model=str(tmp_path / "none"))
    log_path = tmp_path / "worker.log"
    async with supervised(
        selection, GENERATOR, log_path=log_path, on_state=told
    ) as supervisor:
        with pytest.raises(ModelUnavailable):
            await write(supervisor)
        with pytest.raises(ModelUnavailable):
            await supervisor.model()
        assert supervisor.state.state == "failed"
        assert (await supervisor.status()).crashes == 0
    assert told.all == ["failed", "failed"]


async def test_another_model_writes_after_the_text_that_is_being_written(
    open_supervisor: Open, told: Told
) -> None:
    """The text is finished; then the old model's process ends and gives its memory back."""
    async with open_supervisor(token_ms=5) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            first = await anext(generation)
            old = await worker_pid(supervisor)
            await supervisor.use(Selection(engine="openai", model="other"))
            rest = [token.text async for token in generation]
        assert generation.generated is not None
        assert 1 + len(rest) == generation.generated.tokens
        assert first.text
        await told.until("unloaded")
        assert supervisor.state.model == "other"
        await supervisor.use(Selection(engine="scripted"))
        assert await write(supervisor)
        assert await worker_pid(supervisor) != old
        assert (await supervisor.status()).crashes == 0


async def test_a_model_nobody_writes_with_is_let_go_at_once(
    open_supervisor: Open, told: Told
) -> None:
    """Its memory is not kept for keep_alive_s when another is chosen."""
    async with open_supervisor() as supervisor:
        await write(supervisor)
        pid = await worker_pid(supervisor)
        await supervisor.use(Selection(engine="openai", model="other"))
        status = await supervisor.status()
        assert (status.model, status.state, status.pid) == ("other", "unloaded", None)
    assert told.all == ["loading", "ready", "unloaded"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_those_who_wait_are_served_by_the_new_model(
    open_supervisor: Open, told: Told
) -> None:
    """Here there is none any more, and they are told so."""
    async with open_supervisor(token_ms=20) as supervisor:
        async with supervisor.generate(reply_prompt()) as generation:
            await anext(generation)
            waiting = asyncio.create_task(write(supervisor, caller="b"))
            while (await supervisor.status()).waiting == 0:
                pass
            await supervisor.use(Selection(model="none"))
            async for _ in generation:
                pass
        with pytest.raises(NoModelChosen, match="chose to have no model"):
            await waiting
        assert supervisor.state.state == "unloaded"
        assert supervisor.state.model is None


async def test_a_model_that_cannot_be_used_changes_nothing(
    open_supervisor: Open, tmp_path: Path
) -> None:
    """The one before goes on writing, in the same process."""
    async with open_supervisor() as supervisor:
        assert await write(supervisor)
        pid = await worker_pid(supervisor)
        with pytest.raises(ModelUnavailable):
            await supervisor.use(Selection(engine="mlx", model=str(tmp_path / "none")))
        assert await write(supervisor)
        assert await worker_pid(supervisor) == pid


async def test_a_model_chosen_while_another_loads_is_the_one_that_writes(
    open_supervisor: Open, told: Told
) -> None:
    """Nobody gets a text of a model that was given up before it began."""
    async with open_supervisor() as supervisor:
        waiting = asyncio.create_task(write(supervisor))
        await told.until("loading")
        await supervisor.use(Selection(model="none"))
        with pytest.raises(NoModelChosen):
            await waiting
        assert (await supervisor.status()).crashes == 0


async def test_having_chosen_no_model_is_no_failure(tmp_path: Path, told: Told) -> None:
    """The reason says what to type."""
    log_path = tmp_path / "worker.log"
    async with supervised(
        Selection(), GENERATOR, log_path=log_path, on_state=told
    ) as supervisor:
        with pytest.raises(NoModelChosen):
            await supervisor.model()
        assert "jarvis models" in (supervisor.state.reason or "")
    assert told.all == ["unloaded"]
