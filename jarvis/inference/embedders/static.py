"""The shipped table: 128 small numbers for each word piece, and a text is their mean.

Nothing to download and no process: it embeds some thousand texts in a second. Where it
comes from and under which terms: table/NOTICE; how it was made: training/static.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.vectors import unit
from jarvis.inference.embedders.word_pieces import WordPieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jarvis.inference.embedder import TextKind
    from jarvis.inference.models.record import ModelRecord

TABLE: Final = Path(__file__).with_name("table")


class StaticEmbedder:
    """Honours Embedder with the table; questions and passages are alike to it."""

    def __init__(self, model: ModelRecord, folder: Path = TABLE) -> None:
        try:
            self._rows = np.load(folder / "rows.npy", allow_pickle=False)
            self._scales = np.load(folder / "scales.npy", allow_pickle=False)
            pieces = (folder / "pieces.txt").read_text(encoding="utf-8")
        except (OSError, ValueError, EOFError):
            raise ModelUnavailable(
                f"The table that search by meaning needs is damaged in {folder}: "
                "install Jarvis again."
            ) from None
        self._pieces = WordPieces(pieces.splitlines())
        self._most = model.context_tokens

    def embed(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """See Embedder."""
        sums = np.zeros((len(texts), self._rows.shape[1]), np.float32)
        numbers = [self._pieces.numbers(text)[: self._most] for text in texts]
        known = [place for place, each in enumerate(numbers) if each]
        if known:
            lengths = [len(numbers[place]) for place in known]
            together = np.array(
                [number for each in numbers for number in each], np.int64
            )
            rows = self._rows[together] * self._scales[together, None]
            starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
            sums[known] = np.add.reduceat(rows, starts, axis=0)
        return unit(sums)
