"""Every open session, and one event to all of them.

Nothing here waits: an event is encoded once and laid into each session's queue, and who
does not read is told so and left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jarvis.daemon.inbox import Committed
from jarvis.daemon.session import Session
from jarvis.daemon.subscriptions import Push


class Broadcast:
    """The sessions that are open. `on_change` hears how many after each change."""

    def __init__(self, on_change: Callable[[int], None] | None = None) -> None:
        self._sessions: set[Session] = set()
        self._on_change = on_change
        self._waiting: set[asyncio.Future[None]] = set()

    def opened(self, session: Session) -> None:
        """A connection stands."""
        self._sessions.add(session)
        self._changed()

    def closed(self, session: Session) -> None:
        """A connection ended."""
        self._sessions.discard(session)
        self._changed()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(len(self._sessions))

    @property
    def sessions(self) -> tuple[Session, ...]:
        """All open sessions, in no order."""
        return tuple(self._sessions)

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return any(session.is_busy for session in self._sessions)

    def publish(self, push: Push, *, after: int) -> None:
        """Send an event to every session that listens to it.

        `after` is the number of the newest stored event before it: where a client that
        can take no more resumes.
        """
        for session in self.sessions:
            session.pushes.push(push, after)
        self.wake()

    def follow(self, committed: Committed) -> None:
        """Push what was stored, in its order."""
        for event in committed.events:
            self.publish(Push.stored(event), after=event.seq - 1)

    async def news(self) -> None:
        """Wait for the next event, or the end."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def wake(self) -> None:
        """Let those go on who wait for news."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def shut_down(self, seq: int) -> None:
        """Tell every session that no more events come after number `seq`."""
        for session in self.sessions:
            session.pushes.end("shutdown", seq)
