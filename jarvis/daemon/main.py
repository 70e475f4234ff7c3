"""The composition root: builds the daemon's parts, and lets them serve."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from jarvis import __version__
from jarvis.config import Settings
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Dispatcher
from jarvis.daemon.following import follow_mail
from jarvis.daemon.handlers import HANDLERS
from jarvis.daemon.home import prepare_home
from jarvis.daemon.late import Part, Room
from jarvis.daemon.lifetime import FLUSH_S, Lifetime
from jarvis.daemon.logs import logging_to
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.sending import send_backend_for
from jarvis.daemon.services import Services
from jarvis.daemon.session import Session
from jarvis.daemon.standing import Standing
from jarvis.daemon.unix import (
    ListeningSocket,
    UnixServer,
    connections_that_fit,
    is_answering,
    listening,
    raise_descriptor_limit,
)
from jarvis.errors import AlreadyRunning
from jarvis.lock import LISTEN_AGAIN, Lock, only_daemon
from jarvis.machine import share_one_heap

if TYPE_CHECKING:
    from jarvis.daemon.assistance import Assistance
    from jarvis.daemon.assisting import ModelKinds

SWITCH_S: Final = 0.0005
"""After so long a thread that computes gives way to the event loop (sys.setswitchinterval).
Python's own 5 ms come several times in one answer: once for each call into the kernel."""

log = logging.getLogger("jarvis.daemon")


def serve(
    settings: Settings,
    on_ready: Callable[[], None] = lambda: None,
    *,
    is_replaceable: bool = False,
    kinds: Callable[[], ModelKinds],
) -> None:
    """Serve until stopped by a signal or the shutdown method.

    `on_ready` is called once the conversation list can be read, or it is known why not.
    `is_replaceable` lets a client of a newer version end this daemon and start another.
    `kinds` imports what works with models, and is called in a thread when that is needed.

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
            daemon = _Daemon(settings, lock, listener, most, on_ready, kinds)
            asyncio.run(daemon.run())
            log.info("ended")


class _Daemon:
    """One run: from the first connection to the last byte."""

    def __init__(
        self,
        settings: Settings,
        lock: Lock,
        listener: ListeningSocket,
        most_connections: int,
        on_ready: Callable[[], None],
        kinds: Callable[[], ModelKinds],
    ) -> None:
        self._most_connections = min(settings.limits.connections, most_connections)
        self._settings = settings
        self._lock = lock
        self._listener = listener
        self._on_ready = on_ready
        self._kinds = kinds
        self._lifetime = Lifetime(settings.idle_exit_s)
        self._broadcast = Broadcast(self._lifetime.count_changed)
        self._standing: Standing | None = None

    async def run(self) -> None:
        """Serve, then drain."""
        settings, lifetime = self._settings, self._lifetime
        lifetime.begin()
        async with asyncio.TaskGroup() as tasks:
            services = self._build(tasks)
            self._standing = self._stand(services, tasks)
            standing = tasks.create_task(self._standing.run())
            following = tasks.create_task(follow_mail(services, self._on_ready))
            await lifetime.stopping.wait()
            services.begin_to_drain()
            self._broadcast.wake()
            standing.cancel()
            self._listener.close()  # nobody else is taken in
            await lifetime.drain(
                self._broadcast, settings.limits.drain_s, lambda: services.newest_seq
            )
            following.cancel()
            services.late.close()

    def _build(self, tasks: asyncio.TaskGroup) -> Services:
        """What a ping and a list need, and how the rest is built when that is needed."""
        send_backend, cannot_send = send_backend_for(self._settings)

        def load() -> Callable[[], AbstractAsyncContextManager[Assistance]]:
            from jarvis.daemon.assisting import assisting

            return partial(assisting, services, self._kinds(), tasks)

        services = Services(
            settings=self._settings,
            late=Part(Room(load), tasks),
            send_backend=send_backend,
            cannot_send=cannot_send,
            metrics=Metrics(tasks),
            broadcast=self._broadcast,
            stop=self._lifetime.stop,
            look_at_program=self._look_at_program,
        )
        return services

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

    def _look_at_program(self) -> None:
        if self._standing is not None:
            self._standing.look_now()
