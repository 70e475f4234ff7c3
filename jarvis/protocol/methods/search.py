"""Searching the message history, and the index behind it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from jarvis.protocol.methods.base import ChatIdParam, Params, described
from jarvis.records import ChatId, Record, Timestamp


class SearchFilters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a hit must be, exactly. `after` is inclusive, `before` exclusive."""

    chat_id: ChatIdParam | None = None
    sender: (
        Annotated[str, described("A number or an address in any spelling, or a name.")]
        | None
    ) = None
    after: Timestamp | None = None
    before: Timestamp | None = None
    from_me: bool | None = None
    has_attachment: bool | None = None


class SemanticSearchParams(Params, frozen=True):
    query: Annotated[
        str, described("What is looked for; empty: the newest that pass the filters.")
    ]
    limit: Annotated[int, described("How many at most.", ge=1, le=100)] = 20
    threshold: (
        Annotated[
            float, described("The least similarity; the model's own.", ge=0, le=1)
        ]
        | None
    ) = None
    filters: SearchFilters | None = None
    mode: Literal["auto", "semantic", "keyword"] = "auto"
    before: Annotated[str | None, described("`next` of the page before.")] = None


Span = Annotated[tuple[int, ...], described("Begin, end.", min_length=2, max_length=2)]
"""Two numbers: schemas of pairs are not understood by every tool that reads contracts."""


class FoundMessage(Record, frozen=True, kw_only=True):
    """A message as a hit shows it; the names are those of the conversation list.

    `text`: of one without words the line of the list ("Photo").
    """

    id: int
    chat_id: ChatId
    text: str
    sender: str | None
    date: Timestamp
    is_from_me: bool = False
    sender_name: str | None = None
    chat_name: str | None = None


class SearchHit(Record, frozen=True, kw_only=True):
    """A place in the history, best first.

    `similarity`: the cosine of question and message, or of the few messages around it
    where that is higher; null for a hit by words alone. `highlights`: from where to where
    in the message's text words of the query stand, in Unicode characters. `repeat_count`:
    how many messages say the same; the newest is shown. `context`: the messages beside it,
    oldest first.
    """

    message: FoundMessage
    similarity: float | None
    match: Literal["keyword", "semantic", "both"]
    highlights: tuple[Span, ...]
    repeat_count: int
    context: tuple[FoundMessage, ...]


class SearchResults(Record, frozen=True, kw_only=True):
    """Hits, and how far they can be trusted to be all.

    `mode_used`: "semantic" where the meaning was looked at, which words may join.
    `reason`: why it was not, or why something was not found. `indexed` of `total` could be
    found in that mode: messages, or, where the meaning of some is not known yet, texts.
    `total_results`: null where they were not counted. `took_ms`: of embed, vector and
    keyword, those that were done. `next`: for the following page.
    """

    results: tuple[SearchHit, ...]
    total_results: int | None
    mode_used: Literal["semantic", "keyword"]
    semantic_available: bool
    indexed: int
    total: int
    model: str | None
    took_ms: dict[str, float]
    reason: str | None = None
    next: str | None = None


class IndexControlParams(Params, frozen=True):
    action: Literal["start", "pause", "rebuild"]


IndexStage = Literal["waiting", "keywords", "vectors", "paused", "ready", "failed"]


class IndexState(Record, frozen=True, kw_only=True):
    """How far the search index has come.

    `keywords`: messages are being made findable by their words, all of them first;
    `vectors`: by what they mean, the newest first. `paused`: by the user or until the
    machine can spare it, as `reason` says; so it does of `failed`. `indexed` of `total`
    messages are found by words, `embedded` of `to_embed` texts by meaning. `per_s` and
    `eta_s` are of the stage; null where it cannot be known.
    """

    state: IndexStage
    indexed: int = 0
    total: int = 0
    embedded: int = 0
    to_embed: int = 0
    per_s: float = 0.0
    eta_s: float | None = None
    model: str | None = None
    reason: str | None = None
