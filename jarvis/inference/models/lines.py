"""What the process that fetches a model tells the daemon, a JSON object a line."""

from __future__ import annotations

from jarvis.records import Record


class FoundLine(Record, frozen=True, kw_only=True, tag="found"):
    """What the hub has; comes first."""

    size_bytes: int
    """To download, all files together."""
    licence: str | None
    path: str
    """The folder that the model gets."""


class ProgressLine(Record, frozen=True, kw_only=True, tag="progress"):
    """How much of it is here."""

    done_bytes: int
    total_bytes: int


class FailedLine(Record, frozen=True, kw_only=True, tag="failed"):
    """Why it ended without a model; a sentence for a person."""

    reason: str
    is_busy: bool
    """Whether another process is at it."""


Line = FoundLine | ProgressLine | FailedLine
