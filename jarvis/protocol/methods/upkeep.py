"""The search index, and forgetting."""

from __future__ import annotations

from typing import Literal

from jarvis.protocol.methods.base import Params
from jarvis.records import Record


class IndexControlParams(Params, frozen=True):
    action: Literal["start", "pause", "rebuild"]


class IndexState(Record, frozen=True, kw_only=True):
    state: str


class ForgetParams(Params, frozen=True):
    what: Literal["index", "history", "everything"]


class Forgotten(Record, frozen=True, kw_only=True):
    success: bool
    freed_bytes: int
