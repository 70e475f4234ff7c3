"""The composition root: builds the daemon's parts, and lets them serve."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from jarvis import __version__
from jarvis.assistant.generation.styles import PromptStyles
from jarvis.config import Settings
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Dispatcher
from jarvis.daemon.embedders import SAMPLED, Embedders, first_embedder
from jarvis.daemon.following import follow_mail
from jarvis.daemon.handlers import HANDLERS
from jarvis.daemon.home import prepare_home
from jarvis.daemon.lifetime import FLUSH_S, Lifetime
from jarvis.daemon.logs import logging_to
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.models import Models, first_selection
from jarvis.daemon.sending import send_backend_for
from jarvis.daemon.services import Services
from jarvis.daemon.session import Session
from jarvis.daemon.standing import Standing
from jarvis.daemon.subscriptions import Push
from jarvis.daemon.unix import (
    ListeningSocket,
    UnixServer,
    connections_that_fit,
    is_answering,
    listening,
    raise_descriptor_limit,
)
from jarvis.daemon.warm_up import WarmUp
from jarvis.errors import AlreadyRunning, ModelUnavailable
from jarvis.inference.pool.embedding import EmbedderKinds, embedding
from jarvis.inference.pool.model_process import WorkerKind
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import ModelState
from jarvis.lock import LISTEN_AGAIN, Lock, only_daemon
from jarvis.machine import Machine, share_one_heap
from jarvis.protocol.events import ModelProgress
from jarvis.records import PlainMessage

SWITCH_S: Final = 0.0005
"""After so long a thread that computes gives way to the event loop (sys.setswitchinterval).
Python's own 5 ms come several times in one answer: once for each call into the kernel."""

log = logging.getLogger("jarvis.daemon")


def serve(
    settings: Settings,
    on_ready: Callable[[], None] = lambda: None,
    *,
    is_replaceable: bool = False,
    generator: WorkerKind,
    embedder: EmbedderKinds,
    styles: PromptStyles,
) -> None:
    """Serve until stopped by a signal or the shutdown method.

    `on_ready` is called once the conversation list can be read, or it is known why not.
    `is_replaceable` lets a client of a newer version end this daemon and start another.
    `generator` and `styles`: the workers that write, and how their models are spoken to;
    `embedder`: those that make vectors.

    Raises:
        ConfigError: home, lock or socket cannot be used.
        AlreadyRunning: another daemon holds this home.
    """
    most = connections_that_fit(raise_descriptor_limit())
    # Once the lock says that we hear it, it may come; until the loop runs it can wait.
    signal.signal(LISTEN_AGAIN, signal.SIG_IGN)
    prepare_home(settings.home)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with only_daemon(
        settings.lock_file,
        settings.socket,
        __version__,
        started,
        is_replaceable=is_replaceable,
        is_answering=lambda: is_answering(settings.socket),
        patience_s=settings.limits.drain_s + 2 * FLUSH_S,
    ) as lock:
        if is_answering(settings.socket):
            raise AlreadyRunning(
                f"Somebody listens at {settings.socket} already. If it is Jarvis, end it: "
                "jarvis stop. If not, set JARVIS_SOCKET."
            )
        with logging_to(settings.log_file), listening(settings.socket) as listener:
            log.info("started, version %s", __version__)
            sys.setswitchinterval(SWITCH_S)
            share_one_heap()
            daemon = _Daemon(
                settings, lock, listener, most, on_ready, generator, embedder, styles
            )
            asyncio.run(daemon.run())
            log.info("ended")


async def _look_up_model(supervisor: Supervisor, has_begun: asyncio.Event) -> None:
    """Let status name the model, or say what is wrong with it, before anybody asks."""
    await has_begun.wait()
    with contextlib.suppress(ModelUnavailable):
        await supervisor.model()


class _Daemon:
    """One run: from the first connection to the last byte."""

    def __init__(
        self,
        settings: Settings,
        lock: Lock,
        listener: ListeningSocket,
        most_connections: int,
        on_ready: Callable[[], None],
        generator: WorkerKind,
        embedder: EmbedderKinds,
        styles: PromptStyles,
    ) -> None:
        self._most_connections = min(settings.limits.connections, most_connections)
        self._settings = settings
        self._lock = lock
        self._listener = listener
        self._on_ready = on_ready
        self._has_begun = asyncio.Event()
        self._generator = generator
        self._embedder = embedder
        self._styles = styles
        self._lifetime = Lifetime(settings.idle_exit_s)
        self._broadcast = Broadcast(self._lifetime.count_changed)
        self._services: Services | None = None
        self._standing: Standing | None = None

    async def run(self) -> None:
        """Serve, then drain."""
        settings, lifetime = self._settings, self._lifetime
        lifetime.begin()
        selection, notice = await asyncio.to_thread(first_selection, settings)
        searching, lost = await asyncio.to_thread(first_embedder, settings)
        async with asyncio.TaskGroup() as tasks, contextlib.AsyncExitStack() as parts:
            supervisor = await parts.enter_async_context(
                supervised(
                    selection,
                    self._generator,
                    log_path=settings.home / "worker.log",
                    on_state=self._publish_state,
                    keep_alive_s=settings.keep_alive_s,
                )
            )
            pool = await parts.enter_async_context(
                embedding(
                    searching,
                    self._embedder,
                    log_path=settings.home / "embedder.log",
                    on_state=self._look_after,
                )
            )
            embedders = Embedders(pool, settings, self._newest_said)
            notices = " ".join(filter(None, (notice, lost))) or None
            send_backend, cannot_send = send_backend_for(settings)
            services = self._services = Services(
                settings=settings,
                styles=self._styles,
                send_backend=send_backend,
                cannot_send=cannot_send,
                supervisor=supervisor,
                embedding=pool,
                models=Models(
                    supervisor, embedders, settings, self._publish_progress, notices
                ),
                warm_up=WarmUp(supervisor, Machine(), tasks),
                metrics=Metrics(tasks),
                broadcast=self._broadcast,
                stop=lifetime.stop,
                look_at_program=self._look_at_program,
            )
            self._standing = self._stand(services, tasks)
            standing = tasks.create_task(self._standing.run())
            following = tasks.create_task(follow_mail(services, self._begin))
            looking_up = tasks.create_task(_look_up_model(supervisor, self._has_begun))
            await lifetime.stopping.wait()
            services.begin_to_drain()
            self._broadcast.wake()
            standing.cancel()
            self._listener.close()  # nobody else is taken in
            await lifetime.drain(
                self._broadcast, settings.limits.drain_s, lambda: services.newest_seq
            )
            following.cancel()
            looking_up.cancel()

    def _stand(self, services: Services, tasks: asyncio.TaskGroup) -> Standing:
        """The server, and what keeps it where clients look for it."""
        limits = self._settings.limits
        dispatcher = Dispatcher(services, HANDLERS, services.metrics.note_call)
        server = UnixServer(
            lambda: Session(dispatcher, limits, tasks, self._broadcast),
            lambda: len(self._broadcast.connections),
            self._most_connections,
        )
        return Standing(
            self._lock,
            self._listener,
            server,
            is_busy=lambda: self._broadcast.is_busy,
            on_lost=self._lifetime.stop,
        )

    def _begin(self) -> None:
        self._has_begun.set()
        self._on_ready()

    def _look_at_program(self) -> None:
        if self._standing is not None:
            self._standing.look_now()

    async def _newest_said(self) -> Sequence[PlainMessage]:
        """A sample of the mail, by which its languages are told."""
        assert self._services is not None
        return await self._services.mail.newest_said(SAMPLED)

    def _look_after(self, state: ModelState) -> None:
        """A model that fails may do so because the program was replaced."""
        if state.state == "failed":
            self._look_at_program()

    def _publish_state(self, state: ModelState) -> None:
        self._look_after(state)
        if state.model is not None:
            self._publish_progress(
                ModelProgress(model=state.model, state=state.state, reason=state.reason)
            )

    def _publish_progress(self, progress: ModelProgress) -> None:
        push = Push.of("model_progress", progress)
        after = self._services.newest_seq if self._services else 0
        self._broadcast.publish(push, after=after)
