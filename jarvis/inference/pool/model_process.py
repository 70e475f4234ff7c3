"""The process of the chosen model: started, loaded, exchanged, watched, ended.

It is told when to go; who may use the model is decided by fair_queue.py.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from jarvis.errors import JarvisError, ModelUnavailable, NoModelChosen
from jarvis.inference.engine import Progress
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.pool.link import WorkerLink
from jarvis.inference.states import NO_MODEL, LoadState, ModelState, Selection

LOAD_PATIENCE_S: Final = 300.0
"""How long a model may take to load before its worker is taken for dead."""

MOST_CRASHES: Final = 5
WINDOW_S: Final = 180.0


class WorkerKind(msgspec.Struct, frozen=True):
    """How a kind of worker is started, and how its model is found."""

    resolve: Callable[[Selection], ModelRecord]
    """Finds the model that a selection names; raises ModelUnavailable. Reads the disk."""
    check: Callable[[ModelRecord], None]
    """Checks a model that a person chooses, if need be at its server; raises the same."""
    command: Sequence[str]
    """Arguments for this Python, without the socket's descriptor."""
    environment: Mapping[str, str] = {}
    """Variables of its own, beside those that every worker has."""


class Crashes:
    """Counts crashes; `are_too_many` after MOST_CRASHES within WINDOW_S."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self._clock = clock
        self._recent_s: deque[float] = deque(maxlen=MOST_CRASHES)

    def add(self) -> None:
        """One more, now."""
        self.total += 1
        self._recent_s.append(self._clock())

    def forgive(self) -> None:
        """Forget the recent crashes: another model was chosen."""
        self._recent_s.clear()

    @property
    def are_too_many(self) -> bool:
        """Whether background work should not start another worker."""
        recent_s = self._recent_s
        return len(recent_s) == MOST_CRASHES and self._clock() - recent_s[0] < WINDOW_S


class ModelProcess:
    """One worker at most, with the model that is chosen, or that was when it started.

    Args:
        selection: what is chosen at first.
        kind: how its model is found and its worker started.
        log_path: what a worker prints goes there.
        is_idle: whether nobody has or wants the model.
        on_state: told where the model stands, whenever that changes.
        on_many_crashes: told why nobody should wait for it any longer.
        tasks: where what goes on beside its callers is done.
    """

    def __init__(
        self,
        selection: Selection,
        kind: WorkerKind,
        *,
        log_path: Path,
        is_idle: Callable[[], bool],
        on_state: Callable[[ModelState], None],
        on_many_crashes: Callable[[ModelUnavailable], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._selection = selection
        self._kind = kind
        self._log_path = log_path
        self._is_idle = is_idle
        self._on_state = on_state
        self._on_many_crashes = on_many_crashes
        self._tasks = tasks
        self._crashes = Crashes()
        self._model: ModelRecord | None = None
        self._loaded: ModelRecord | None = None
        """What the worker of `_link` has loaded, or tries to."""
        self._state = ModelState(model=self.name, state="unloaded")
        self._link: WorkerLink | None = None
        self._watching: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[WorkerLink | JarvisError] | None = None
        self._is_closed = False

    # What is known

    @property
    def state(self) -> ModelState:
        """Where the model stands."""
        return self._state

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        return self._selection

    @property
    def name(self) -> str | None:
        """The chosen model's own name, once it was found; else as it was chosen."""
        if self._model is not None:
            return self._model.name
        return None if self._selection.model == NO_MODEL else self._selection.model

    @property
    def pid(self) -> int | None:
        """The worker's process id; null while none runs."""
        return self._link.pid if self._link else None

    @property
    def crashes(self) -> int:
        """How many workers have died, ever."""
        return self._crashes.total

    @property
    def is_running(self) -> bool:
        """Whether there is a worker, which may still be loading."""
        return self._link is not None

    @property
    def is_current(self) -> bool:
        """Whether the worker holds the model that is chosen now."""
        return self._loaded is not None and self._loaded == self._model

    # Which model

    async def model(self) -> ModelRecord:
        """See Supervisor.model."""
        while self._model is None:
            selection = self._selection
            try:
                model = await asyncio.to_thread(self._kind.resolve, selection)
            except ModelUnavailable as error:
                if selection is self._selection:
                    self._say(_state_after(error), str(error))
                raise
            if selection is self._selection:
                self._model = model
        return self._model

    async def use(self, selection: Selection) -> None:
        """See Supervisor.use."""
        model = None
        if selection.model != NO_MODEL:
            model = await asyncio.to_thread(self._kind.resolve, selection)
            await asyncio.to_thread(self._kind.check, model)
        self._selection, self._model = selection, model
        self._crashes.forgive()
        if self._is_idle():
            self._retire()
            self._say("unloaded")

    # Loading it

    async def loaded_link(
        self, on_progress: Progress, *, background: bool
    ) -> WorkerLink:
        """The link to a worker whose model is loaded; only who has the lease asks.

        Args:
            on_progress: told when it has to be loaded first.
            background: nobody waits for it.

        Raises:
            ModelUnavailable: it cannot be started or loaded; for background work, also
                when it has died too often.
        """
        if background and self._crashes.are_too_many:
            raise ModelUnavailable(self._state.reason or "The model keeps dying.")
        link = self._link
        is_ready = self._state.state == "ready" and self.is_current
        if link is not None and not link.is_broken and is_ready:
            return link
        on_progress("loading", 0, None)
        while True:
            if self._loading is None:
                # A task of its own: whoever asked may leave, the next one gains by it.
                self._loading = self._tasks.create_task(self._load())
            result = await asyncio.shield(self._loading)
            if isinstance(result, JarvisError):
                raise result
            if self.is_current:
                return result
            # Another model was chosen while this one was being loaded.

    async def _load(self) -> WorkerLink | JarvisError:
        """Load the model, in a new worker if there is none; an error is a result."""
        try:
            # Read anew: since it was chosen, its folder may have gone, or been mended.
            self._model = None
            model = await self.model()
            link = await self._load_into_worker(model)
        except JarvisError as error:
            return error
        else:
            if self.is_current:
                self._say("ready")
            elif self._is_idle():
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
                link = await self._start()
            await link.ask("load", model, patience_s=LOAD_PATIENCE_S)
        except JarvisError as error:
            if model == self._model:
                # Whoever asks next is told how the folder is then.
                self._model = None
                self._say("failed", str(error))
            raise
        return link

    async def _start(self) -> WorkerLink:
        if self._watching is not None:
            # The worker before is still giving its memory back.
            await asyncio.wait({self._watching})
        kind = self._kind
        link = await WorkerLink.start(kind.command, self._log_path, kind.environment)
        self._watching = self._tasks.create_task(self._watch(link))
        if self._is_closed:
            link.hang_up()
        else:
            self._link = link
        return link

    # How it ends

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
            self._on_many_crashes(ModelUnavailable(reason))
        self._say("failed", reason)

    def unload(self) -> None:
        """Let the worker end, which gives its memory back, and say so."""
        self._retire()
        if self._state.state != "failed":
            self._say("unloaded")

    def _retire(self) -> None:
        """Let the worker end in order; the next text starts another."""
        link, self._link = self._link, None
        if link is not None:
            link.hang_up()

    async def close(self) -> None:
        """End the worker, also one that is still starting, and see it gone."""
        self._is_closed = True
        self._retire()
        if self._loading is not None:
            await asyncio.wait({self._loading})
        if self._watching is not None:
            await asyncio.wait({self._watching})

    def _say(self, state: LoadState, reason: str | None = None) -> None:
        self._state = ModelState(model=self.name, state=state, reason=reason)
        self._on_state(self._state)


def _state_after(error: ModelUnavailable) -> LoadState:
    """`unloaded` where no model is chosen, which is no failure."""
    return "unloaded" if isinstance(error, NoModelChosen) else "failed"
