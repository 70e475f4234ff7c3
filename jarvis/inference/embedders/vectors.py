"""Vectors as arithmetic: of length 1, and in eight bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from jarvis.inference.embedder import StoredVectors
from jarvis.inference.embedders.codes import encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST: Final = np.float32(1e-12)
_MOST: Final = 127
"""The greatest part of a row of eight bits."""


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same rows, in place, of length 1; a row of zeros stays one."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    vectors /= np.maximum(lengths, _LEAST)
    return vectors


def stored(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> StoredVectors:
    """Vectors as the index keeps them; `mean` is their model's."""
    scales = np.abs(vectors).max(axis=1, initial=0) / np.float32(_MOST)
    rows = np.rint(vectors / np.maximum(scales, _LEAST)[:, None]).astype(np.int8)
    return StoredVectors(
        rows=rows.tobytes(),
        scales=scales.astype("<f4").tobytes(),
        codes=encoded(vectors, mean).tobytes(),
    )
