"""What goes to a model that makes vectors and what comes back, and what such a model is.

The records travel between the daemon and its worker; `Embedder` is honoured inside a
worker, or in the daemon by the table that needs no process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, Protocol

from jarvis.records import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TextKind = Literal["query", "passage"]

LONGEST_TEXT: Final = 10_000
"""Letters of a text that travel; no model here looks at more than 512 tokens."""


def readable(text: str) -> str:
    """The text as it can travel: not too long, and no half of a letter on its own."""
    return (
        text[:LONGEST_TEXT]
        .encode("utf-16", "surrogatepass")
        .decode("utf-16", "replace")
    )


class Texts(Record, frozen=True):
    """Texts to be embedded alike."""

    texts: tuple[str, ...]
    kind: TextKind = "passage"


class Passages(Record, frozen=True):
    """Texts to be stored; `mean` is what the sign codes are centred on."""

    texts: tuple[str, ...]
    mean: bytes
    """Little-endian float32, one a dimension."""


class Vectors(Record, frozen=True):
    """One after another, in the order of the texts: little-endian float32 of length 1.

    Zeros, which are near to nothing, where the model knows nothing of a text.
    """

    values: bytes


class StoredVectors(Record, frozen=True):
    """Vectors as the index keeps them, in the order of the texts.

    A vector is about `rows` (int8, one a dimension) times its own `scales` (little-endian
    float32). `codes`: what tells whether a vector may be near (embedders/codes.py).
    """

    rows: bytes
    scales: bytes
    codes: bytes


class Embedder(Protocol):
    """A loaded model that makes vectors; making one loads it."""

    def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Their vectors, one a row, as Vectors says; any text has one, the empty one too.

        Raises:
            ModelUnavailable: the model fails.
        """
