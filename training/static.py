"""How the table of word pieces was made that Jarvis finds meaning with out of the box.

    python -m training.static FOLDER [OUT]

FOLDER holds sentence-transformers/all-MiniLM-L6-v2; OUT is where the package keeps the
table. It takes some minutes of one core and is then the same to the byte on one machine;
on another, sums may be rounded otherwise, and a few numbers of the table differ by 1.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jarvis.inference.embedders.bert import BertLayers
from jarvis.inference.models.embedder_folder import read_embedder_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUT: Final = Path(__file__).parents[1] / "jarvis" / "inference" / "embedders" / "table"
DIMS: Final = 128
COMMONNESS: Final = 1e-3
"""Of a piece so frequent half counts; of one far rarer, all."""
FIRST_WORD: Final = "the"
"""The commonest; what the vocabulary lists before it are marks, digits and letters."""
_TOGETHER: Final = 341
"""Pieces that go through the model at a time: about a thousand tokens."""


def states_of_pieces(folder: Path) -> NDArray[np.float32]:
    """Each piece alone between the marks of a text: what it and the first mark become.

    The last mark's state says least of the three; without it, twice as many questions
    find their message first.
    """
    read = read_embedder_folder(folder)
    pieces = read_pieces(folder / "vocab.txt")
    begin, end = pieces.index("[CLS]"), pieces.index("[SEP]")
    layers = BertLayers(read)
    states = np.empty((len(pieces), read.dims), np.float32)
    begun_s = time.perf_counter()
    for first in range(0, len(pieces), _TOGETHER):
        numbers = np.arange(first, min(first + _TOGETHER, len(pieces)))
        ids = np.full((len(numbers), 3), begin)
        ids[:, 1], ids[:, 2] = numbers, end
        run = layers.run(ids, np.ones(ids.shape, np.bool_))
        states[numbers] = run[:, :2].mean(axis=1)
        if first % (20 * _TOGETHER) == 0:
            print(
                f"{first:6} pieces, {time.perf_counter() - begun_s:.0f} s", flush=True
            )
    return states


def read_pieces(path: Path) -> list[str]:
    """The vocabulary, a piece a line, about in the order of how common they are."""
    return path.read_text(encoding="utf-8").splitlines()


def principal(states: NDArray[np.float32], dims: int) -> NDArray[np.float64]:
    """The states on the axes along which they differ most, the first of them first.

    An axis has no direction of its own; its greatest part is made positive, so that
    another run gives the same numbers.
    """
    centred = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :dims]
    greatest = axes[np.abs(axes).argmax(axis=0), np.arange(dims)]
    return centred @ (axes * np.sign(greatest))


def weights_of_pieces(pieces: list[str]) -> NDArray[np.float64]:
    """What a piece counts for: a / (a + p), with p its frequency after Zipf's law.

    Ranks begin with the first word, and what stands before it counts as little.
    """
    count = len(pieces)
    ranks = np.maximum(np.arange(count) - pieces.index(FIRST_WORD), 0)
    frequencies = 1 / ((ranks + 2) * np.log(count))
    return COMMONNESS / (COMMONNESS + frequencies)


def in_eight_bits(
    rows: NDArray[np.float64],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Each row as small whole numbers, and what to multiply them with."""
    scales = np.abs(rows).max(axis=1) / 127
    small = np.rint(rows / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return small, scales.astype(np.float32)


def make(folder: Path, out: Path, dims: int = DIMS) -> None:
    """Write the table, its vocabulary and the model's terms; NOTICE is kept by hand."""
    weights = weights_of_pieces(read_pieces(folder / "vocab.txt"))
    rows = principal(states_of_pieces(folder), dims) * weights[:, None]
    small, scales = in_eight_bits(rows)
    out.mkdir(exist_ok=True)
    np.save(out / "rows.npy", small)
    np.save(out / "scales.npy", scales)
    shutil.copyfile(folder / "vocab.txt", out / "pieces.txt")
    shutil.copyfile(folder / "LICENSE", out / "LICENSE")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
