"""The daemon itself: who answers, and the state of its parts."""

from __future__ import annotations

from typing import Any, Literal

from jarvis.records import Record

PingStatus = Literal["ok", "starting", "degraded", "draining"]


class Ping(Record, frozen=True, kw_only=True):
    """Who answers, and whether it can work. `timestamp`: seconds since 1970."""

    status: PingStatus
    timestamp: float
    version: str
    protocol_version: int
    pid: int
    epoch: str | None
    uptime_s: float
    models_ready: bool
    can_send: bool


class Status(Record, frozen=True, kw_only=True):
    """Everything `jarvis status` shows, by part of the house."""

    daemon: dict[str, Any]
    stores: dict[str, Any]
    contacts: dict[str, Any]
    model: dict[str, Any]
    watcher: dict[str, Any]
    sessions: dict[str, Any]
    sending: dict[str, Any]
