"""The kind of worker that makes vectors: `load` a model, then `embed`, `mean`, `store`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.embedder import (
    Embedder,
    Passages,
    StoredVectors,
    TextKind,
    Texts,
    Vectors,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.worker.server import Call, Verb
from jarvis.later import later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jarvis.inference.embedders import vectors
else:
    np, vectors = later("numpy"), later("jarvis.inference.embedders.vectors")

_TOGETHER: Final = 64
"""After so many texts it is looked whether anybody still wants them."""


def build(model: ModelRecord) -> Embedder:
    """The model's engine with the model in it; a worker imports no other engine.

    Raises:
        ModelUnavailable: it cannot be loaded; the sentence says why and what to do.
    """
    match model.engine:
        case "static":
            from jarvis.inference.embedders.static import StaticEmbedder

            return StaticEmbedder(model)
        case "bert":
            from jarvis.inference.embedders.bert import BertEmbedder

            return BertEmbedder(model)
        case "sentence":
            from jarvis.inference.embedders.sentence import SentenceEmbedder

            return SentenceEmbedder(model)
        case _:
            raise ModelUnavailable(
                f"{model.name} writes texts and makes no vectors: choose another model."
            )


class EmbedderKind:
    """Holds one embedder at a time; `build` makes it."""

    def __init__(self, build: Callable[[ModelRecord], Embedder] = build) -> None:
        self._build = build
        self._embedder: Embedder | None = None

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """See Kind."""
        return {
            "load": Verb(ModelRecord, self._load),
            "embed": Verb(Texts, self._embed),
            "mean": Verb(Texts, self._mean),
            "store": Verb(Passages, self._store),
        }

    def _load(self, call: Call, model: ModelRecord) -> None:
        # The one before gives its memory back first, and is not fallen back upon.
        self._embedder = None
        self._embedder = self._build(model)

    def _embed(self, call: Call, texts: Texts) -> Vectors:
        return _as_vectors(self._vectors(call, texts.texts, texts.kind))

    def _mean(self, call: Call, texts: Texts) -> Vectors:
        """What the texts have in common; the model itself puts all texts on one side."""
        if not texts.texts:
            raise InvalidParams("mean: there are no texts", "texts")
        found = self._vectors(call, texts.texts, texts.kind)
        return _as_vectors(found.mean(axis=0, dtype=np.float64))

    def _store(self, call: Call, passages: Passages) -> StoredVectors:
        found = self._vectors(call, passages.texts, "passage")
        mean = np.frombuffer(passages.mean, "<f4")
        if mean.shape != found.shape[1:]:
            raise InvalidParams("store: the mean is of another model", "mean")
        return vectors.stored(found, mean)

    def _vectors(
        self, call: Call, texts: tuple[str, ...], kind: TextKind
    ) -> NDArray[np.float32]:
        embedder = self._embedder
        if embedder is None:
            raise ModelUnavailable("No model is loaded in this worker.")
        # Those of a length together, here already: less is padded.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found: NDArray[np.float32] | None = None
        for places in _parts(order):
            call.check_wanted()
            some = embedder.embed([texts[place] for place in places], kind)
            if found is None:
                found = np.empty((len(texts), some.shape[1]), np.float32)
            found[places] = some
        return embedder.embed((), kind) if found is None else found


def _parts(order: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(order), _TOGETHER):
        yield order[first : first + _TOGETHER]


def _as_vectors(found: NDArray[np.floating]) -> Vectors:
    return Vectors(found.astype("<f4").tobytes())
