"""A vector in a few bits and one byte: enough to find the few whose numbers must be read.

What is coded is how a vector differs from the mean of its model's: of each number whether
it is greater. A model of few numbers has too few signs so, and tells of each whether it is
clearly greater and whether it is not clearly less. The byte is how far from the mean the
vector lies, which for some models is what tells most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_NUMBERS: Final = 192
"""Up to so many a number has two signs. Measured with the shipped table's 128 on 223,000
real texts: of the ten nearest .94 are among the 200 best of 2,000 by their codes; with one
sign each and no length .61 are."""

_CLEARLY: Final = 0.48
"""How much of the usual difference of a number is a clear one; .4 to .56 are as good."""
_LENGTHS: Final = 127.0
"""The byte of length 1; none is over 2."""


def code_bytes(dims: int) -> int:
    """Of one vector, the byte of its length being the last."""
    return (dims * _signs(dims) + 7) // 8 + 1


def encoded(
    vectors: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """The codes of vectors of length 1, one a row."""
    away = vectors - mean
    dims = vectors.shape[1]
    signs = away > 0
    if _signs(dims) == 2:
        # Of vectors of length 1 the mean tells how far they lie from it.
        usual = np.sqrt(max(1 - float(np.einsum("i,i->", mean, mean)), 0) / dims)
        clearly = np.float32(_CLEARLY * usual)
        signs = np.concatenate((away > -clearly, away > clearly), axis=1)
    lengths = np.sqrt(np.einsum("ij,ij->i", away, away))[:, None]
    rounded = np.rint(np.minimum(lengths * _LENGTHS, 255)).astype(np.uint8)
    return np.concatenate((np.packbits(signs, axis=1), rounded), axis=1)


def reach(
    query: NDArray[np.float32],
    mean: NDArray[np.float32],
    signs: NDArray[np.uint8],
    lengths: NDArray[np.uint8],
) -> NDArray[np.float32]:
    """What grows with the cosine of a query and each of these, as far as codes tell.

    `signs` are the codes without their last byte, one a row; that byte is in `lengths`.
    """
    dims, each = len(query), _signs(len(query))
    bits = np.unpackbits(signs, axis=1, count=dims * each)
    away = query - mean
    # einsum asks no BLAS, which would wake its threads for a few additions.
    over = np.einsum("ij,j->i", bits.astype(np.float32), np.tile(away, each))
    # A number that is clearly greater, or clearly less; the others say nothing.
    clear = np.full(len(bits), dims)
    if each == 2:
        clear += bits[:, dims:].sum(axis=1, dtype=np.int32)
        clear -= bits[:, :dims].sum(axis=1, dtype=np.int32)
    along = (2 / each * over - away.sum()) / np.sqrt(np.maximum(clear, 1))
    far = lengths / np.float32(_LENGTHS)
    return np.asarray(along * far - far * far / 2, np.float32)


def _signs(dims: int) -> int:
    return 2 if dims <= FEW_NUMBERS else 1
