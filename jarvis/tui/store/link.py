"""How the connection to the daemon stands, as one explicit value."""

from __future__ import annotations

from dataclasses import dataclass

from jarvis.protocol.methods.status import Ping


@dataclass(frozen=True)
class Connecting:
    """Nobody has answered yet."""


@dataclass(frozen=True)
class Online:
    """The daemon answered; its greeting says what it can do."""

    ping: Ping


@dataclass(frozen=True)
class Offline:
    """The daemon went away, or never came; the next try is at `retry_at_s`."""

    reason: str
    retry_at_s: float


Link = Connecting | Online | Offline
