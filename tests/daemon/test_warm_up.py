"""The model made ready before anybody asks for a draft."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from jarvis.daemon.warm_up import WarmUp
from jarvis.inference.kinds import GENERATOR
from jarvis.inference.models.record import SCRIPTED, ModelRecord
from jarvis.inference.pool.supervisor import supervised
from jarvis.inference.states import ModelState, Selection
from jarvis.machine import Condition, Machine

ON_DISK = replace(SCRIPTED, path="/", size_bytes=10**9)
WELL = Condition(memory_bytes=16 * 10**9, available_bytes=8 * 10**9)


class Client:
    """A connection."""


class Warming:
    """A warm-up under test, and what was told of its model."""

    def __init__(self) -> None:
        self.warm_up: WarmUp
        self.tasks: asyncio.TaskGroup
        self.told: list[str] = []
        self.histories_read = 0
        self._ready = asyncio.Event()

    def on_state(self, state: ModelState) -> None:
        """Note it."""
        self.told.append(state.state)
        if state.state == "ready":
            self._ready.set()

    async def read_history(self) -> None:
        """Count it."""
        self.histories_read += 1

    async def ready(self) -> None:
        """Wait until the model is loaded."""
        await self._ready.wait()


@asynccontextmanager
async def warming(
    log: Path, model: ModelRecord = ON_DISK, condition: Condition = WELL
) -> AsyncIterator[Warming]:
    """With this model chosen, on a machine in this condition."""
    seen = Warming()
    kind = replace(GENERATOR, resolve=lambda selection: model)
    async with (
        asyncio.timeout(30),
        supervised(
            Selection(), kind, log_path=log, on_state=seen.on_state
        ) as supervisor,
        asyncio.TaskGroup() as tasks,
    ):
        seen.tasks = tasks
        seen.warm_up = WarmUp(supervisor, Machine(lambda: condition), tasks)
        seen.warm_up.read_history = seen.read_history
        yield seen


async def test_a_front_end_that_will_draft_finds_the_model_loaded(
    tmp_path: Path,
) -> None:
    """It is loaded once, however many say so."""
    first, second = Client(), Client()
    async with warming(tmp_path / "log") as seen:
        seen.warm_up.expect_drafts(first)
        seen.warm_up.expect_drafts(first)
        seen.warm_up.expect_drafts(second)
        await seen.ready()
        seen.warm_up.expect_drafts(Client())
    assert seen.told[:2] == ["loading", "ready"]
    assert seen.told.count("loading") == 1
    assert seen.histories_read >= 1
    assert seen.warm_up.skipped is None


async def test_a_machine_in_need_is_left_alone(tmp_path: Path) -> None:
    """Nothing is loaded, and it is known why."""
    client = Client()
    on_battery = replace(WELL, is_on_battery=True)
    async with warming(tmp_path / "log", condition=on_battery) as seen:
        seen.warm_up.expect_drafts(client)
    assert (seen.told, seen.histories_read) == ([], 0)
    assert seen.warm_up.skipped == "the machine runs on battery"


async def test_a_model_larger_than_what_is_free_is_not_loaded_unasked(
    tmp_path: Path,
) -> None:
    """What it takes when loaded counts, where that is known."""
    client = Client()
    large = replace(ON_DISK, memory_bytes=9 * 10**9)
    async with warming(tmp_path / "log", large) as seen:
        seen.warm_up.expect_drafts(client)
    assert seen.told == []
    assert seen.warm_up.skipped == ("8.0 GB of memory are free, and it takes 9.0 GB")


async def test_a_servers_model_is_left_to_the_server(tmp_path: Path) -> None:
    """It may not even run yet, which is no failure before somebody asks."""
    client = Client()
    async with warming(tmp_path / "log", SCRIPTED) as seen:
        seen.warm_up.expect_drafts(client)
    assert seen.told == []
    assert seen.warm_up.skipped is None
