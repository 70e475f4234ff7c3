"""One look through the index: what words find, what meaning finds, and both as one list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal, NamedTuple, Protocol

import aiosqlite

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import (
    Embedding,
    ModelRecord,
    model_of_vectors,
)
from jarvis.search.meaning import Meaning, NearMessages
from jarvis.search.question import Question
from jarvis.search.ranking import Place, Ranked, Worded, ranked
from jarvis.stores.index.keywords import keyword_hits, typed_hits, word_weights
from jarvis.stores.index.models import answering_model
from jarvis.stores.index.reading import messages
from jarvis.stores.index.records import Filters, IndexModel, StoredMessage

MOST_HITS: Final = 500
"""By words; who does not find it among so many asks for something else."""
RARE: Final = 50
"""A single word that no more messages have is looked for as it is written."""

_TELLING: Final = 0.4
"""So much of the rarest word's weight another one has to tell something."""

Mode = Literal["auto", "semantic", "keyword"]

_NO_WORDS: Final = "There is no word in that to look for."
_NO_VECTORS: Final = (
    "No message is known by its meaning yet: the index is still to be made "
    "(jarvis index tells how far it is)."
)


class QueryEmbedder(Protocol):
    """What makes vectors of questions."""

    async def model_named(self, name: str | None) -> ModelRecord:
        """The model of this name, as it is on this machine now."""

    async def embed_query(self, text: str, *, model: str | None = None) -> bytes:
        """The vector of a question, made by that model."""


class Ways(NamedTuple):
    """How to look: by what, and up to which similarity; null: the model's own."""

    mode: Mode
    threshold: float | None = None


class Look(NamedTuple):
    """What was found, best first, and how.

    `model` is whose vectors were asked, null where none were. `is_whole`: it has one for
    everything. `words` are those that tell something, of which a hit may have some.
    `reason` says why the meaning was not looked at though it was to be.
    """

    hits: list[Ranked]
    words: tuple[str, ...]
    model: str | None
    can_mean: bool
    is_whole: bool
    took_ms: dict[str, float]
    reason: str | None


class _Understood(NamedTuple):
    """A question as the vector of a model; none: for a reason, or it was not to be."""

    model: IndexModel | None = None
    embedding: Embedding | None = None
    vector: bytes | None = None
    reason: str | None = None


class Looker:
    """Looks; it keeps nothing of what it saw."""

    def __init__(self, meaning: Meaning, embedder: QueryEmbedder) -> None:
        self._meaning = meaning
        self._embedder = embedder

    async def look(
        self,
        db: aiosqlite.Connection,
        question: Question,
        filters: Filters,
        ways: Ways,
        newest_id: int,
    ) -> Look:
        """Hits up to the message `newest_id`.

        Raises:
            ModelUnavailable: only the meaning was to be looked at, and cannot be.
        """
        took_ms: dict[str, float] = {}
        understood = await self._understand(db, question, ways.mode, took_ms)
        if understood.embedding is None and ways.mode == "semantic":
            raise ModelUnavailable(understood.reason)
        weights = await word_weights(db, question.words)
        worded: list[Worded] = []
        if ways.mode != "semantic":
            with _timed(took_ms, "keyword"):
                worded = await _worded(db, question, weights, filters)
        near = await self._near(db, understood, filters, took_ms)
        stored = near.stored | await _stored(db, worded, near)

        def order() -> list[Ranked]:
            return ranked(
                near.meant,
                worded,
                _places(stored, question, newest_id),
                words_first=question.is_exact or _is_rare_word(question, worded),
                least_similarity=_least(ways, understood),
            )

        # In a thread: to order a thousand would hold everybody else.
        hits = await asyncio.to_thread(order)
        model, is_asked = understood.model, understood.vector is not None
        return Look(
            hits=hits,
            words=tuple(_telling(weights)),
            model=model_of_vectors(model.name)[0] if model and is_asked else None,
            can_mean=understood.embedding is not None,
            is_whole=model is not None and model.is_active,
            took_ms=took_ms,
            reason=understood.reason,
        )

    async def _understand(
        self,
        db: aiosqlite.Connection,
        question: Question,
        mode: Mode,
        took_ms: dict[str, float],
    ) -> _Understood:
        """The question as a vector, unless only words are wanted or it cannot be."""
        model = await answering_model(db)
        if model is None:
            return _Understood(reason=None if mode == "keyword" else _NO_VECTORS)
        try:
            embedding = (await self._embedder.model_named(model.name)).embedding
            if embedding is None or mode == "keyword":
                return _Understood(model, embedding)
            if reason := _why_not(question, model, embedding):
                return _Understood(model, embedding, reason=reason)
            with _timed(took_ms, "embed"):
                asked = self._embedder.embed_query(question.text, model=model.name)
                vector = await asked
        except ModelUnavailable as error:
            return _Understood(model, reason=None if mode == "keyword" else str(error))
        if not vector.strip(b"\0"):
            return _Understood(model, embedding, reason=_not_understood(model))
        return _Understood(model, embedding, vector)

    async def _near(
        self,
        db: aiosqlite.Connection,
        understood: _Understood,
        filters: Filters,
        took_ms: dict[str, float],
    ) -> NearMessages:
        model, embedding, vector, _ = understood
        if model is None or embedding is None or vector is None:
            return NearMessages([], {})
        with _timed(took_ms, "vector"):
            return await self._meaning.near(
                db, vector, filters, embedding.single_weight
            )


def _why_not(question: Question, model: IndexModel, embedding: Embedding) -> str | None:
    """Why the meaning of this question cannot be looked for."""
    if not question.words:
        return _NO_WORDS
    if embedding.languages == "english" and not question.is_latin:
        return _not_understood(model)
    return None


def _not_understood(model: IndexModel) -> str:
    name, _ = model_of_vectors(model.name)
    return (
        f"{name} knows nothing of what was asked; a model for many languages may: "
        "jarvis models list."
    )


def _least(ways: Ways, understood: _Understood) -> float:
    """The least similarity."""
    if ways.threshold is not None:
        return ways.threshold
    return understood.embedding.threshold if understood.embedding else 0.0


def _telling(weights: Mapping[str, float]) -> Iterator[str]:
    """The words of a question that are not in every other message."""
    least = _TELLING * max(weights.values(), default=0.0)
    return (word for word, weight in weights.items() if weight >= least)


async def _worded(
    db: aiosqlite.Connection,
    question: Question,
    weights: Mapping[str, float],
    filters: Filters,
) -> list[Worded]:
    """Messages by their words; those whose last word may still be typed come last."""
    hits = await keyword_hits(db, question.words, filters, MOST_HITS, weights=weights)
    found = {hit.id: hit.coverage for hit in hits}
    if question.may_go_on and len(found) < RARE:
        typed = await typed_hits(db, question.words, filters, RARE)
        found = found | dict.fromkeys(
            [each for each in typed if each not in found], 1.0
        )
    return [Worded(each, coverage) for each, coverage in found.items()]


async def _stored(
    db: aiosqlite.Connection, worded: list[Worded], near: NearMessages
) -> dict[int, StoredMessage]:
    """What the index has of messages found by words alone."""
    lacking = [each.id for each in worded if each.id not in near.stored]
    return await messages(db, lacking) if lacking else {}


def _places(
    stored: Mapping[int, StoredMessage], question: Question, newest_id: int
) -> dict[int, Place]:
    """What the hits are ordered by.

    Who asks for all that a message says wants each time that it was said.
    """
    asked = alike(question.text)
    places = {}
    for message in stored.values():
        if message.id <= newest_id:
            says = alike(message.text)
            text = "" if says == asked else says
            places[message.id] = Place(message.id, message.date_ms, text)
    return places


def alike(text: str) -> str:
    """What is equal for texts that say the same."""
    return " ".join(text.casefold().split())


def _is_rare_word(question: Question, worded: list[Worded]) -> bool:
    return len(question.words) == 1 and len(worded) <= RARE


@contextmanager
def _timed(took_ms: dict[str, float], part: str) -> Iterator[None]:
    began_s = time.perf_counter()
    yield
    took_ms[part] = round((time.perf_counter() - began_s) * 1000, 3)
