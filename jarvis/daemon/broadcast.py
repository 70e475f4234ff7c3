"""Every open connection, and one event to all of them.

Nothing here waits: an event is encoded once and laid into each connection's queue, and
who does not read is told so and left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from jarvis.daemon.inbox import Committed
from jarvis.daemon.subscriptions import Push


class Connection(Protocol):
    """One client, over whatever transport."""

    @property
    def is_busy(self) -> bool:
        """Whether requests are still to be answered."""

    def push(self, push: Push, after: int) -> None:
        """Send an event if the client listens to it.

        `after` is the number of the newest stored event before it: where a client that
        can take no more resumes.
        """

    def drain(self) -> None:
        """Take no new work; what runs may end."""

    def stop(self, seq: int) -> None:
        """Cancel what still runs, and close once everything is written.

        Subscriptions end: the client was sent everything up to event `seq`.
        """

    def abort(self) -> None:
        """Hang up at once, whatever is unread."""


class Broadcast:
    """The connections that are open. `on_change` hears how many after each change."""

    def __init__(self, on_change: Callable[[int], None] | None = None) -> None:
        self._connections: set[Connection] = set()
        self._on_change = on_change
        self.news = asyncio.Event()
        """Set at the next event or the end, and then another takes its place.

        Who takes it before looking at what is stored misses nothing told meanwhile.
        """

    def opened(self, connection: Connection) -> None:
        """A connection stands."""
        self._connections.add(connection)
        self._changed()

    def closed(self, connection: Connection) -> None:
        """A connection ended."""
        self._connections.discard(connection)
        self._changed()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(len(self._connections))

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All that are open, in no order."""
        return tuple(self._connections)

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return any(connection.is_busy for connection in self._connections)

    def publish(self, push: Push, *, after: int) -> None:
        """Send an event to every connection that listens to it.

        `after` is the number of the newest stored event before it.
        """
        for connection in self.connections:
            connection.push(push, after)
        self.wake()

    def follow(self, committed: Committed) -> None:
        """Push what was stored, in its order."""
        for event in committed.events:
            self.publish(Push.stored(event), after=event.seq - 1)

    def wake(self) -> None:
        """Let those go on who wait for news."""
        self.news.set()
        self.news = asyncio.Event()
