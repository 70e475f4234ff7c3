"""One process with a model, asked one thing at a time; it ends when it is not needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from jarvis.errors import ModelUnavailable, ServerCancelled
from jarvis.inference.pool.model_process import ModelProcess, WorkerKind
from jarvis.inference.states import ModelState, Selection

if TYPE_CHECKING:
    from jarvis.records import StreamPhase

_PATIENCE_S: Final = 300.0
"""How long a worker may be silent about one request."""

_Answer = TypeVar("_Answer", bound=msgspec.Struct)


class ModelQueue:
    """Whoever asks waits for those before; models change between two requests."""

    def __init__(
        self,
        selection: Selection,
        kind: WorkerKind,
        log_path: Path,
        keep_alive_s: float,
        on_state: Callable[[ModelState], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._keep_alive_s = keep_alive_s
        self._asking = asyncio.Lock()
        self._waiting = 0
        self._ending: asyncio.TimerHandle | None = None
        self._is_closed = False
        self.process = ModelProcess(
            selection,
            kind,
            log_path=log_path,
            is_idle=lambda: not self._waiting,
            on_state=on_state,
            on_many_crashes=lambda error: None,
            tasks=tasks,
        )

    async def use(self, selection: Selection) -> None:
        """See ModelProcess.use."""
        await self.process.use(selection)

    async def ask(
        self, method: str, params: object, answer: type[_Answer], selection: Selection
    ) -> _Answer:
        """What the model of the selection answers; it is loaded first if need be."""
        if self._is_closed:
            raise ServerCancelled("The daemon is stopping; ask the next one.")
        self._waiting += 1
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        try:
            async with self._asking:
                if self.process.selection != selection:
                    await self.process.use(selection)
                link = await self.process.loaded_link(_unheard, background=False)
                result = await link.ask(method, params, patience_s=_PATIENCE_S)
        finally:
            self._waiting -= 1
            self._end_later()
        try:
            return msgspec.convert(result, answer)
        except msgspec.ValidationError:
            link.break_off("gave an answer that is none")
            raise ModelUnavailable(
                "The model's process gave an answer that is none."
            ) from None

    def _end_later(self) -> None:
        # Whether or not it runs by now: a load goes on when whoever asked has left.
        if not self._waiting and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._ending = loop.call_later(self._keep_alive_s, self.unload)

    def unload(self) -> None:
        """End the process, unless somebody waits for it."""
        if self.process.is_running and not self._waiting:
            self.process.unload()

    async def close(self) -> None:
        """End it and see it gone."""
        self._is_closed = True
        if self._ending is not None:
            self._ending.cancel()
        await self.process.close()


def _unheard(phase: StreamPhase, done: int, total: int | None) -> None:
    """Nobody is told how far a question is: it is answered in a moment."""
