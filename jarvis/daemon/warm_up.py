"""What the first draft needs, made ready before it, where the machine can spare it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from weakref import WeakSet

from jarvis.errors import JarvisError
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.pool.supervisor import Supervisor
from jarvis.machine import Machine


class WarmUp:
    """Loads the model, and reads the reply history, for connections that will draft.

    Models of a server are left to it: it loads them when it is asked for a text.
    """

    def __init__(
        self, supervisor: Supervisor, machine: Machine, tasks: asyncio.TaskGroup
    ) -> None:
        self.skipped: str | None = None
        """Why it was not done, when it was last wanted; null: it was."""
        self.read_history: Callable[[], Awaitable[object]] | None = None
        """Brings the reply history up to date; null until messages can be read."""
        self._supervisor = supervisor
        self._machine = machine
        self._tasks = tasks
        self._seen: WeakSet[object] = WeakSet()

    def expect_drafts(self, client: object) -> None:
        """This connection will ask for drafts, or looks as if it will."""
        if client not in self._seen:
            self._seen.add(client)
            if self._supervisor.state.state == "unloaded":
                self._tasks.create_task(self._warm())

    async def objection(self) -> str | None:
        """Why the model should not write now what nobody waits for; null: it may.

        One that has yet to be loaded takes the memory for that; one of a server, and past
        replies where nobody has chosen a model, take none of this machine's.
        """
        needed_bytes = 0
        if self._supervisor.state.state != "ready":
            with suppress(JarvisError):
                needed_bytes = _needed_bytes(await self._supervisor.model())
        return await self._machine.objection(needed_bytes)

    async def _warm(self) -> None:
        # Whoever asks for a draft is told what is wrong with the model, or with chat.db.
        with suppress(JarvisError):
            model = await self._supervisor.model()
            if model.path is None:
                return
            self.skipped = await self._machine.objection(_needed_bytes(model))
            if self.skipped is None:
                self._supervisor.warm()
                if self.read_history is not None:
                    await self.read_history()


def _needed_bytes(model: ModelRecord) -> int:
    if model.path is None:
        return 0
    return model.memory_bytes or model.size_bytes
