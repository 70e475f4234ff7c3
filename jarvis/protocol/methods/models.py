"""Language models at hand."""

from __future__ import annotations

from jarvis.protocol.methods.base import Params
from jarvis.records import Record


class ModelParams(Params, frozen=True):
    model: str


class ListedModel(Record, frozen=True, kw_only=True):
    model: str
    kind: str
    size_bytes: int
    licence: str | None
    state: str
    active: bool
    path: str | None = None
    memory_bytes: int | None = None


class ListModels(Record, frozen=True, kw_only=True):
    models: tuple[ListedModel, ...]


class PulledModel(Record, frozen=True, kw_only=True):
    model: str
    path: str
    size_bytes: int
