"""The composition root: builds the daemon's parts, and lets them serve."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jarvis import __version__
from jarvis.assistant.generation.styles import PromptStyles
from jarvis.config import Settings
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Dispatcher
from jarvis.daemon.feedback import Feedback
from jarvis.daemon.handlers import HANDLERS, WRITING
from jarvis.daemon.home import prepare_home
from jarvis.daemon.inbox import Inbox
from jarvis.daemon.lifetime import FLUSH_S, Lifetime
from jarvis.daemon.logs import logging_to
from jarvis.daemon.mail import Mail
from jarvis.daemon.metrics import Metrics
from jarvis.daemon.models import Models, first_selection
from jarvis.daemon.replay import Replay
from jarvis.daemon.reply_history import CurrentReplyHistory
from jarvis.daemon.sending import Sending, send_backend_for
from jarvis.daemon.services import Services, Stores
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
from jarvis.daemon.watcher import Watcher
from jarvis.daemon.watching import backends_for, self_test_in
from jarvis.errors import AlreadyRunning, ModelUnavailable, StoreUnavailable
from jarvis.inference.pool.model_process import WorkerKind
from jarvis.inference.pool.supervisor import Supervisor, supervised
from jarvis.inference.states import ModelState
from jarvis.later import later
from jarvis.lock import LISTEN_AGAIN, Lock, only_daemon
from jarvis.machine import Machine
from jarvis.protocol.events import ModelProgress
from jarvis.stores.jarvisdb import open_reader, open_writer

if TYPE_CHECKING:
    from jarvis.daemon import drafts
else:
    drafts = later("jarvis.daemon.drafts")

SWITCH_S: Final = 0.0005
"""After so long a thread that computes gives way to the event loop (sys.setswitchinterval).
Python's own 5 ms come several times in one answer: once for each call into the kernel."""
LOAD_AHEAD_S: Final = 1.0
"""Delay between the first list and loading what writes: clients ask for pages first."""

log = logging.getLogger("jarvis.daemon")


def serve(
    settings: Settings,
    on_ready: Callable[[], None] = lambda: None,
    *,
    is_replaceable: bool = False,
    generator: WorkerKind,
    styles: PromptStyles,
) -> None:
    """Serve until stopped by a signal or the shutdown method.

    `on_ready` is called once the conversation list can be read, or it is known why not.
    `is_replaceable` lets a client of a newer version end this daemon and start another.
    `generator` and `styles`: the workers that write, and how their models are spoken to.

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
            daemon = _Daemon(
                settings, lock, listener, most, on_ready, generator, styles
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
        styles: PromptStyles,
    ) -> None:
        self._most_connections = min(settings.limits.connections, most_connections)
        self._settings = settings
        self._lock = lock
        self._listener = listener
        self._on_ready = on_ready
        self._has_begun = asyncio.Event()
        self._generator = generator
        self._styles = styles
        self._lifetime = Lifetime(settings.idle_exit_s)
        self._broadcast = Broadcast(self._lifetime.count_changed)
        self._inbox: Inbox | None = None
        self._standing: Standing | None = None

    async def run(self) -> None:
        """Serve, then drain."""
        settings, lifetime = self._settings, self._lifetime
        lifetime.begin()
        selection, notice = await asyncio.to_thread(first_selection, settings)
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
            send_backend, cannot_send = send_backend_for(settings)
            services = Services(
                settings=settings,
                styles=self._styles,
                send_backend=send_backend,
                cannot_send=cannot_send,
                supervisor=supervisor,
                models=Models(supervisor, settings, self._publish_progress, notice),
                warm_up=WarmUp(supervisor, Machine(), tasks),
                metrics=Metrics(tasks),
                broadcast=self._broadcast,
                stop=lifetime.stop,
            )
            self._standing = self._stand(services, tasks)
            standing = tasks.create_task(self._standing.run())
            following = tasks.create_task(self._follow_mail(services))
            looking_up = tasks.create_task(_look_up_model(supervisor, self._has_begun))
            await lifetime.stopping.wait()
            services.is_draining = True
            self._broadcast.wake()
            standing.cancel()
            self._listener.close()  # nobody else is taken in
            await lifetime.drain(
                self._broadcast, settings.limits.drain_s, lambda: self._newest_seq
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

    async def _follow_mail(self, services: Services) -> None:
        """Open the databases and follow chat.db until cancelled."""
        settings = self._settings
        async with contextlib.AsyncExitStack() as closing:
            try:
                writer = await open_writer(settings.jarvis_db)
                closing.push_async_callback(writer.close)
                reader = await open_reader(settings.jarvis_db)
                closing.push_async_callback(reader.close)
            except StoreUnavailable as error:
                log.warning("jarvis.db cannot be used")
                services.problem = str(error)
                self._begin()
                return
            inbox = self._inbox = Inbox(settings.chat_db, settings.contacts_db, writer)
            closing.push_async_callback(inbox.close)
            mail = Mail(inbox, reader)
            closing.push_async_callback(mail.close)
            replies = CurrentReplyHistory(mail)
            services.warm_up.read_history = replies.history
            inbox.follow(replies.follow, self._broadcast.follow)
            await services.metrics.begin(writer)
            closing.push_async_callback(services.metrics.save)
            tasks = await closing.enter_async_context(asyncio.TaskGroup())
            feedback = Feedback(writer, tasks)
            await feedback.begin()
            sending = None
            if services.send_backend is not None:
                sending = Sending(
                    services.send_backend,
                    send_log=inbox,
                    reader=reader,
                    chat_db=mail.chat_db,
                    directory=lambda: mail.directory,
                    news=lambda: self._broadcast.news,
                    tasks=tasks,
                )
            backends = backends_for(settings.chat_db)
            self_test = self_test_in(settings.home)
            watcher = Watcher(inbox.poll, backends, self_test=self_test)
            services.stores = Stores(
                inbox=inbox,
                mail=mail,
                new_drafts=lambda: drafts.Drafts(
                    mail,
                    replies,
                    feedback,
                    services.metrics,
                    services.supervisor,
                    services.styles,
                    tasks,
                    connections=lambda: self._broadcast.connections,
                ),
                feedback=feedback,
                replay=Replay(inbox, reader, settings.limits),
                sending=sending,
                watcher=watcher,
                notice=writer.notice,
            )
            tasks.create_task(self._begin_service(inbox, mail, sending))
            await watcher.run()

    async def _begin_service(
        self, inbox: Inbox, mail: Mail, sending: Sending | None
    ) -> None:
        """Say that we are ready, settle what an earlier daemon left open, load the rest."""
        await inbox.has_polled.wait()
        self._begin()
        await inbox.is_listed.wait()
        if sending is not None:
            await sending.settle_earlier(mail.find)
        await asyncio.sleep(LOAD_AHEAD_S)
        with contextlib.suppress(ModelUnavailable):  # whoever asks for a draft is told
            await WRITING.load()

    def _begin(self) -> None:
        self._has_begun.set()
        self._on_ready()

    def _publish_state(self, state: ModelState) -> None:
        if state.state == "failed" and self._standing is not None:
            self._standing.look_now()  # the program's files may be gone
        if state.model is not None:
            self._publish_progress(
                ModelProgress(model=state.model, state=state.state, reason=state.reason)
            )

    def _publish_progress(self, progress: ModelProgress) -> None:
        push = Push.of("model_progress", progress)
        self._broadcast.publish(push, after=self._newest_seq)

    @property
    def _newest_seq(self) -> int:
        """The number of the last event that was published; 0 until that is known."""
        return self._inbox.seq if self._inbox else 0
