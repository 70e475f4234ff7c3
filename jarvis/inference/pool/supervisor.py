"""How the daemon reaches the model: one text at a time, by a process of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jarvis.errors import JarvisError, ModelUnavailable, ServerCancelled
from jarvis.inference.background import Background
from jarvis.inference.engine import Progress, Prompt, ScoreAsk, Scored
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.pool.fair_queue import FairQueue, Lease
from jarvis.inference.pool.generation import PATIENCE_S, Generation
from jarvis.inference.pool.model_process import ModelProcess, WorkerKind
from jarvis.inference.signs import repeated
from jarvis.inference.states import ModelState, Selection
from jarvis.later import later
from jarvis.protocol.methods.status import ModelStatus

if TYPE_CHECKING:
    import psutil
else:
    psutil = later("psutil")


class Supervisor:
    """One worker at most, one text at a time; made by `supervised`.

    The worker starts when something is asked for, and ends `keep_alive_s` after the last
    text, which gives all its memory back. A worker that dies fails the request it was
    working on; the next request starts another. Once it has died too often, only a
    person's request does, and those that were waiting are told why.
    """

    def __init__(
        self,
        selection: Selection,
        kind: WorkerKind,
        *,
        log_path: Path,
        keep_alive_s: float,
        on_state: Callable[[ModelState], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._keep_alive_s = keep_alive_s
        self._tasks = tasks
        self._queue = FairQueue()
        self._process = ModelProcess(
            selection,
            kind,
            log_path=log_path,
            is_idle=lambda: self._queue.is_idle,
            on_state=on_state,
            on_many_crashes=self._queue.fail_waiting,
            tasks=tasks,
        )
        self._tokens = 0
        self._keep_alive: asyncio.TimerHandle | None = None
        self._is_closed = False

    @property
    def state(self) -> ModelState:
        """Where the model stands."""
        return self._process.state

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        return self._process.selection

    @property
    def is_busy(self) -> bool:
        """Whether a text is being written, or its model loaded."""
        return not self._queue.is_idle

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""
        return self._queue.waiting

    async def model(self) -> ModelRecord:
        """The chosen model, which need not be loaded.

        Raises:
            NoModelChosen: none is.
            ModelUnavailable: it is not whole on this machine.
        """
        return await self._process.model()

    async def use(self, selection: Selection) -> None:
        """Write with another model from the next text on.

        The text being written is finished by the model before, whose worker then ends.

        Raises:
            ModelUnavailable: it cannot be used; the selection stays as it was.
        """
        await self._process.use(selection)

    @asynccontextmanager
    async def generate(
        self,
        prompt: Prompt,
        *,
        caller: Hashable = None,
        background: Background | None = None,
        on_progress: Progress | None = None,
    ) -> AsyncIterator[Generation]:
        """A text being written. Leaving the block early stops the model.

        Args:
            prompt: what to write.
            caller: whom it is for; callers are served in rotation.
            background: nobody waits for it, as long as that says so; it makes way for
                whoever does wait.
            on_progress: told what it is at, from now until the block is left; never waits.

        Raises:
            ModelUnavailable: no model is chosen, or it cannot be started or loaded.
            Busy: too many wait already.
        """
        asked_s = time.perf_counter()
        with repeated(on_progress) as progress:
            lease = await self._take_lease(caller, background, progress)
            try:
                link = await self._process.loaded_link(
                    progress, background=lease.is_background
                )
                generation = Generation(
                    link,
                    prompt,
                    queued_ms=(time.perf_counter() - asked_s) * 1000,
                    on_end=lambda: self._release(lease),
                    on_progress=progress,
                )
            except BaseException:
                self._release(lease)
                raise
            lease.on_preempt = generation.preempt
            if lease.is_preempted:
                generation.preempt()
            try:
                yield generation
            finally:
                self._tokens += generation.tokens
                generation.stop()

    async def score(self, prompt: Prompt, text: str) -> Scored:
        """How likely the model finds that text after that prompt; it writes nothing.

        Raises:
            ModelUnavailable: no model is chosen, it fails, or its engine does not tell.
            InvalidParams: they do not fit the model (field "prompt").
            Busy: too many wait already.
        """
        with repeated(None) as progress:
            lease = await self._take_lease(None, None, progress)
            try:
                link = await self._process.loaded_link(progress, background=False)
                ask = ScoreAsk(prompt=prompt, text=text)
                answer = await link.ask("score", ask, patience_s=PATIENCE_S)
            finally:
                self._release(lease)
        try:
            return msgspec.convert(answer, Scored)
        except msgspec.ValidationError as error:
            link.break_off("gave an answer that is none")
            raise ModelUnavailable(
                "The model's process gave an answer that is none."
            ) from error

    def warm(self) -> None:
        """Start and load the model now, so that the next text finds it ready."""
        if not self._is_closed:
            self._tasks.create_task(self._warm())

    async def _warm(self) -> None:
        # What fails here was told to on_state; whoever asks for a text is told again.
        with suppress(JarvisError), repeated(None) as progress:
            lease = await self._take_lease(None, Background(), progress)
            # A person need not wait for it: the loading goes on, and they wait for that.
            lease.on_preempt = lambda: self._release(lease)
            try:
                if not lease.is_preempted:
                    await self._process.loaded_link(progress, background=True)
            finally:
                self._release(lease)

    async def status(self) -> ModelStatus:
        """What is known of the model and its worker now."""
        process = self._process
        pid = process.pid
        return ModelStatus(
            engine=self.selection.engine or "mlx",
            # The model before may still be writing when none is chosen any more.
            model=process.name or process.state.model,
            state=process.state.state,
            reason=process.state.reason,
            pid=pid,
            rss_bytes=await asyncio.to_thread(_rss_bytes, pid),
            tokens=self._tokens,
            crashes=process.crashes,
            waiting=self.waiting,
        )

    async def _take_lease(
        self, caller: Hashable, background: Background | None, progress: Progress
    ) -> Lease:
        if self._is_closed:
            raise ServerCancelled("The daemon is stopping; ask the next one.")
        lease = await self._queue.take(
            caller,
            background=background,
            on_move=lambda done, total: progress("queued", done, total),
        )
        if self._keep_alive is not None:
            self._keep_alive.cancel()
            self._keep_alive = None
        return lease

    def _release(self, lease: Lease) -> None:
        lease.release()
        if self._queue.is_idle and self._process.is_running:
            # Of a model that is not chosen any more, nothing need be kept at all.
            wait_s = self._keep_alive_s if self._process.is_current else 0.0
            loop = asyncio.get_running_loop()
            self._keep_alive = loop.call_later(wait_s, self._unload)

    def _unload(self) -> None:
        """End a worker that nobody has used for a while."""
        if self._process.is_running and self._queue.is_idle:
            self._process.unload()

    async def close(self) -> None:
        """Send away whoever waits, end the worker and see it gone."""
        self._is_closed = True
        self._queue.fail_waiting(ServerCancelled("The daemon is stopping."))
        if self._keep_alive is not None:
            self._keep_alive.cancel()
        await self._process.close()


def _rss_bytes(pid: int | None) -> int | None:
    """The memory of a process; reads the disk's view of it, so off the event loop."""
    if pid is None:
        return None
    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().rss
    return None


@asynccontextmanager
async def supervised(
    selection: Selection,
    kind: WorkerKind,
    *,
    log_path: Path,
    keep_alive_s: float = 600.0,
    on_state: Callable[[ModelState], None] = lambda state: None,
) -> AsyncIterator[Supervisor]:
    """A supervisor for as long as the block runs; its worker has ended when it is left."""
    async with asyncio.TaskGroup() as tasks:
        supervisor = Supervisor(
            selection,
            kind,
            log_path=log_path,
            keep_alive_s=keep_alive_s,
            on_state=on_state,
            tasks=tasks,
        )
        try:
            yield supervisor
        finally:
            await supervisor.close()
