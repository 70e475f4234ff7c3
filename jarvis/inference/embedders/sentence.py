"""Models of sentence-transformers, any of them: the only file that imports it.

It takes seconds and half a gigabyte to begin, and is then the quickest with many texts,
on a Mac by its graphics processor.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jarvis.inference.embedder import TextKind
    from jarvis.inference.models.record import ModelRecord

_BATCH: Final = 64
"""Texts that go through the model together: more only take more memory."""


class SentenceEmbedder:
    """Honours Embedder for any folder that sentence-transformers reads."""

    def __init__(self, model: ModelRecord) -> None:
        assert model.path is not None
        assert model.embedding is not None
        self._embedding = model.embedding
        try:
            import sentence_transformers
            import torch
        except ImportError:
            raise ModelUnavailable(
                f"{model.name} needs sentence-transformers, which is not installed here: "
                "pip install 'jarvis[sentence]', or choose another model."
            ) from None
        if threads := os.environ.get("OMP_NUM_THREADS"):
            torch.set_num_threads(int(threads))
        try:
            # A path that is none would be taken for a name of the hub.
            folder = str(Path(model.path).resolve(strict=True))
            self._model = sentence_transformers.SentenceTransformer(
                folder,
                device="mps" if torch.backends.mps.is_available() else "cpu",
                local_files_only=True,
                trust_remote_code=False,
            )
        except Exception as error:  # what libraries below raise is of every kind
            raise ModelUnavailable(
                f"sentence-transformers cannot load {model.path} "
                f"({type(error).__name__}): fetch it again, or choose another model."
            ) from error
        self._model.max_seq_length = self._embedding.max_tokens
        self._model.default_prompt_name = None

    def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """See Embedder."""
        if not texts:
            return np.empty((0, self._embedding.dims), np.float32)
        prefix = self._embedding.prefix(kind)
        vectors = self._model.encode(
            [prefix + text for text in texts],
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return unit(np.asarray(vectors, np.float32))
