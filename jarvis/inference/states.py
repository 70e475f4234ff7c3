"""What can be chosen and what can be told about the model: values for the daemon."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jarvis.records import Record

LoadState = Literal["loading", "ready", "unloaded", "failed"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which engine and model are to write, as the settings say."""

    engine: str | None = None
    model: str | None = None
    scripted_token_ms: float = 0.0
    hub_cache: Path | None = None


class ModelState(Record, frozen=True):
    """Where the model stands; `reason` says why it failed."""

    model: str | None
    state: LoadState
    reason: str | None = None


class WorkerStatus(Record, frozen=True):
    """What status and doctor show of the worker; `tokens` is all ever made."""

    model: str | None
    state: LoadState
    reason: str | None
    pid: int | None
    rss_bytes: int | None
    tokens: int
    crashes: int
    waiting: int
