"""The daemon's door to the model: starts, feeds, restarts and unloads its worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from jarvis.errors import (
    JarvisError,
    ModelUnavailable,
    NoModelChosen,
    ServerCancelled,
)
from jarvis.inference.crashes import MOST_CRASHES, WINDOW_S, Crashes
from jarvis.inference.engine import Prompt
from jarvis.inference.generation import Generation
from jarvis.inference.link import WorkerLink
from jarvis.inference.models import ModelRecord, resolve_model
from jarvis.inference.states import (
    NO_MODEL,
    Choice,
    LoadState,
    ModelState,
    WorkerStatus,
)
from jarvis.inference.turns import Turn, TurnLine

LOAD_PATIENCE_S: Final = 300.0
"""How long a model may take to load before its worker is taken for dead."""


class Supervisor:
    """One worker at most, one text at a time; made by `supervised`.

    The worker starts when something is asked for, and ends `keep_alive_s` after the last
    text, which gives all its memory back. A worker that dies fails the request it was
    working on; the next request starts another. Once it has died too often, only a
    person's request does, and those that were waiting are told why.
    """

    def __init__(
        self,
        choice: Choice,
        *,
        log_path: Path,
        keep_alive_s: float,
        on_state: Callable[[ModelState], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._choice = choice
        self._log_path = log_path
        self._keep_alive_s = keep_alive_s
        self._on_state = on_state
        self._tasks = tasks
        self._line = TurnLine()
        self._crashes = Crashes()
        self._tokens = 0
        self._model: ModelRecord | None = None
        self._loaded: ModelRecord | None = None
        """What the worker of `_link` has loaded, or tries to."""
        self._state = ModelState(model=self._name, state="unloaded")
        self._link: WorkerLink | None = None
        self._watching: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[WorkerLink | JarvisError] | None = None
        self._keep_alive: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def state(self) -> ModelState:
        """Where the model stands."""
        return self._state

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return self._choice

    async def model(self) -> ModelRecord:
        """The chosen model, which need not be loaded.

        Raises:
            NoModelChosen: none is.
            ModelUnavailable: it is not whole on this machine.
        """
        while self._model is None:
            choice = self._choice
            try:
                found = await asyncio.to_thread(resolve_model, choice)
            except ModelUnavailable as error:
                if choice is self._choice:
                    self._say(_state_after(error), str(error))
                raise
            if choice is self._choice:
                self._model = found
        return self._model

    async def use(self, choice: Choice) -> None:
        """Write with another model from the next text on.

        The text being written is finished by the model before, whose worker then ends.

        Raises:
            ModelUnavailable: it cannot be used; the choice stays as it was.
        """
        model = None
        if choice.model != NO_MODEL:
            model = await asyncio.to_thread(resolve_model, choice)
        self._choice, self._model = choice, model
        self._crashes.forgive()
        if self._line.is_idle:
            self._retire()
            self._say("unloaded")

    @asynccontextmanager
    async def generate(
        self, prompt: Prompt, *, caller: Hashable = None, background: bool = False
    ) -> AsyncIterator[Generation]:
        """A text being written. Leaving the block early stops the model.

        Args:
            prompt: what to write.
            caller: whom it is for; callers are served in rotation.
            background: nobody waits for it; it makes way for whoever does.

        Raises:
            ModelUnavailable: no model is chosen, or it cannot be started or loaded.
            Busy: too many wait already.
        """
        asked_s = time.perf_counter()
        turn = await self._take_turn(caller, background)
        try:
            link = await self._loaded_link(background)
            generation = Generation(
                link,
                prompt,
                queued_ms=(time.perf_counter() - asked_s) * 1000,
                on_end=lambda: self._release(turn),
            )
        except BaseException:
            self._release(turn)
            raise
        turn.on_preempt = generation.preempt
        if turn.is_preempted:
            generation.preempt()
        try:
            yield generation
        finally:
            self._tokens += generation.tokens
            generation.stop()

    def warm(self) -> None:
        """Start and load the model now, so that the next text finds it ready."""
        self._tasks.create_task(self._warm())

    async def _warm(self) -> None:
        # What fails here was told to on_state; whoever asks for a text is told again.
        with suppress(JarvisError):
            turn = await self._take_turn(None, background=True)
            try:
                await self._loaded_link(background=True)
            finally:
                self._release(turn)

    async def status(self) -> WorkerStatus:
        """What is known of the worker now."""
        pid = self._link.pid if self._link else None
        return WorkerStatus(
            model=self._model.name if self._model else self._state.model,
            state=self._state.state,
            reason=self._state.reason,
            pid=pid,
            rss_bytes=await asyncio.to_thread(_rss_bytes, pid),
            tokens=self._tokens,
            crashes=self._crashes.total,
            waiting=self._line.waiting,
        )

    # Turns

    async def _take_turn(self, caller: Hashable, background: bool) -> Turn:
        if self._is_closed:
            raise ServerCancelled("The daemon is stopping; ask the next one.")
        turn = await self._line.take(caller, is_background=background)
        if self._keep_alive is not None:
            self._keep_alive.cancel()
            self._keep_alive = None
        return turn

    def _release(self, turn: Turn) -> None:
        turn.release()
        if self._line.is_idle and self._link is not None:
            # Of a model that is not chosen any more, nothing need be kept at all.
            wait_s = self._keep_alive_s if self._is_current else 0.0
            loop = asyncio.get_running_loop()
            self._keep_alive = loop.call_later(wait_s, self._unload)

    def _unload(self) -> None:
        """End a worker that nobody has used for a while."""
        if self._link is not None and self._line.is_idle:
            self._retire()
            if self._state.state != "failed":
                self._say("unloaded")

    def _retire(self) -> None:
        """Let the worker end in order; the next text starts another."""
        link, self._link = self._link, None
        if link is not None:
            link.hang_up()

    @property
    def _is_current(self) -> bool:
        """Whether the worker holds the model that is chosen now."""
        return self._loaded is not None and self._loaded == self._model

    # The worker's life

    async def _loaded_link(self, background: bool) -> WorkerLink:
        """The link to a worker whose model is loaded; only who has the turn asks."""
        if background and self._crashes.are_too_many:
            raise ModelUnavailable(self._state.reason or "The model keeps dying.")
        link = self._link
        is_ready = self._state.state == "ready" and self._is_current
        if link is not None and not link.is_broken and is_ready:
            return link
        while True:
            if self._loading is None:
                # A task of its own: whoever asked may leave, the next one gains by it.
                self._loading = self._tasks.create_task(self._load())
            result = await asyncio.shield(self._loading)
            if isinstance(result, JarvisError):
                raise result
            if self._is_current:
                return result
            # Another model was chosen while this one was being loaded.

    async def _load(self) -> WorkerLink | JarvisError:
        """Load the model, in a new worker if there is none; an error is a result."""
        try:
            model = await self.model()
            link = await self._load_into_worker(model)
        except JarvisError as error:
            return error
        else:
            if self._is_current:
                self._say("ready")
            elif self._line.is_idle:
                self._retire()
            return link
        finally:
            self._loading = None

    async def _load_into_worker(self, model: ModelRecord) -> WorkerLink:
        self._say("loading")
        if self._loaded != model:
            self._retire()
        link = self._link
        self._loaded = model
        try:
            if link is None or link.is_broken:
                link = await self._start(model)
            await link.ask("load", model, patience_s=LOAD_PATIENCE_S)
        except JarvisError as error:
            if model == self._model:
                # Read anew at the next ask: it may have been mended by then.
                self._model = None
                self._say("failed", str(error))
            raise
        return link

    async def _start(self, model: ModelRecord) -> WorkerLink:
        if self._watching is not None:
            # The worker before is still giving its memory back.
            await asyncio.wait({self._watching})
        command = ["-m", "jarvis.inference.worker", "--engine", model.kind]
        command += ["--token-ms", str(self._choice.scripted_token_ms)]
        link = await WorkerLink.start(command, self._log_path)
        self._watching = self._tasks.create_task(self._watch(link))
        if self._is_closed:
            link.hang_up()
        else:
            self._link = link
        return link

    async def _watch(self, link: WorkerLink) -> None:
        """See a worker to its end; one that was not told to end has crashed."""
        how = await link.ended()
        self._watching = None
        if self._link is link:
            self._link = None
            self._note_crash(how)

    def _note_crash(self, how: str) -> None:
        self._crashes.add()
        reason = f"The model's process {how}; asking for a text starts another."
        if self._crashes.are_too_many:
            reason = (
                f"The model's process has died {MOST_CRASHES} times within "
                f"{WINDOW_S / 60:g} minutes (at last it {how}); asking again tries once "
                f"more. What it printed stands in {self._log_path}."
            )
            self._line.fail_waiting(ModelUnavailable(reason))
        self._say("failed", reason)

    def _say(self, state: LoadState, reason: str | None = None) -> None:
        self._state = ModelState(model=self._name, state=state, reason=reason)
        self._on_state(self._state)

    @property
    def _name(self) -> str | None:
        if self._model is not None:
            return self._model.name
        return None if self._choice.model == NO_MODEL else self._choice.model

    async def close(self) -> None:
        """Send away whoever waits, end the worker and see it gone."""
        self._is_closed = True
        self._line.fail_waiting(ServerCancelled("The daemon is stopping."))
        if self._keep_alive is not None:
            self._keep_alive.cancel()
        link, self._link = self._link, None
        if link is not None:
            link.hang_up()
        if self._loading is not None:
            await asyncio.wait({self._loading})
        if self._watching is not None:
            await asyncio.wait({self._watching})


def _state_after(error: ModelUnavailable) -> LoadState:
    """Having chosen none is no failure of a model."""
    return "unloaded" if isinstance(error, NoModelChosen) else "failed"


def _rss_bytes(pid: int | None) -> int | None:
    """The memory of a process; reads the disk's view of it, so off the event loop."""
    if pid is None:
        return None
    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().rss
    return None


@asynccontextmanager
async def supervised(
    choice: Choice,
    *,
    log_path: Path,
    keep_alive_s: float = 600.0,
    on_state: Callable[[ModelState], None] = lambda state: None,
) -> AsyncIterator[Supervisor]:
    """A supervisor for as long as the block runs; its worker has ended when it is left."""
    async with asyncio.TaskGroup() as tasks:
        supervisor = Supervisor(
            choice,
            log_path=log_path,
            keep_alive_s=keep_alive_s,
            on_state=on_state,
            tasks=tasks,
        )
        try:
            yield supervisor
        finally:
            await supervisor.close()
