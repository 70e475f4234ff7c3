"""Searching the message history, and the index behind it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from jarvis.protocol.methods.base import ChatIdParam, Params, described
from jarvis.records import ChatId, Record, Timestamp


class SearchFilters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after` is inclusive, `before` exclusive."""

    chat_id: ChatIdParam | None = None
    sender: str | None = None
    after: Timestamp | None = None
    before: Timestamp | None = None


class SemanticSearchParams(Params, frozen=True):
    query: str
    limit: Annotated[int, described("How many at most.", ge=1, le=100)] = 20
    threshold: (
        Annotated[
            float, described("The least similarity; the model's own.", ge=0, le=1)
        ]
        | None
    ) = None
    filters: SearchFilters | None = None
    mode: Literal["auto", "semantic", "keyword"] = "auto"


class FoundMessage(Record, frozen=True, kw_only=True):
    id: int
    chat_id: ChatId
    text: str
    sender: str | None
    date: Timestamp


class SearchHit(Record, frozen=True, kw_only=True):
    """`similarity` is null for a hit by words alone."""

    message: FoundMessage
    similarity: float | None
    match: Literal["keyword", "semantic", "both"]
    highlights: tuple[tuple[int, int], ...]
    repeat_count: int
    context: tuple[FoundMessage, ...]


class SearchResults(Record, frozen=True, kw_only=True):
    results: tuple[SearchHit, ...]
    total_results: int | None
    mode_used: Literal["semantic", "keyword"]
    semantic_available: bool
    indexed: int
    total: int
    model: str | None
    took_ms: dict[str, float]
    reason: str | None = None


class IndexControlParams(Params, frozen=True):
    action: Literal["start", "pause", "rebuild"]


class IndexState(Record, frozen=True, kw_only=True):
    state: str
