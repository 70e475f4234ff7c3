"""Every open session, and one event to all of them.

Nothing here waits: an event is encoded once and laid into each session's queue, and who
does not read is told so and left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from jarvis.daemon.session import Session
from jarvis.protocol.events import SubscriptionClosed
from jarvis.protocol.jsonrpc import encode_notification

DEFAULT_SUBSCRIPTION: Final = "default"
"""What a connection listens to when it never subscribed: new messages, everywhere."""


class Broadcast:
    """The sessions that are open. `on_change` hears how many after each change."""

    def __init__(self, on_change: Callable[[int], None] | None = None) -> None:
        self._sessions: set[Session] = set()
        self._on_change = on_change

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

    def publish(self, name: str, params: object, seq: int) -> None:
        """Send an event to every session; `seq` is where a client would resume."""
        line = encode_notification(name, params)
        for session in self.sessions:
            if not session.push(line):
                session.end_pushes(_farewell("lagging", seq))

    def shut_down(self, seq: int) -> None:
        """Tell every session that no more events come."""
        for session in self.sessions:
            session.end_pushes(_farewell("shutdown", seq))


def _farewell(reason: Literal["lagging", "shutdown"], seq: int) -> bytes:
    closed = SubscriptionClosed(
        subscription=DEFAULT_SUBSCRIPTION, reason=reason, seq=seq
    )
    return encode_notification("subscription.closed", closed)
