"""How the shipped table is made: each step, and the whole of it over a small model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jarvis.inference.embedders.bert import BertLayers
from jarvis.inference.embedders.static import TABLE, StaticEmbedder
from jarvis.inference.models.embedder_folder import read_embedder_folder
from jarvis.inference.models.embedder_registry import STATIC
from tests.inference.embedders.folders import PIECES, WIDTH, write_word_piece_folder
from training import static


def small_model(folder: Path) -> Path:
    """A folder with what is read beside the model."""
    write_word_piece_folder(folder)
    (folder / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    (folder / "LICENSE").write_text("terms")
    return folder


def test_the_table_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    """To the byte, on one machine; and it embeds texts."""
    folder = small_model(tmp_path / "model")
    for name in ("one", "other"):
        static.make(folder, tmp_path / name, dims=8)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()
    vector = StaticEmbedder(STATIC, tmp_path / "one").embed(["meeting"], "query")
    assert vector.shape == (1, 8)
    assert abs(np.linalg.norm(vector) - 1) < 1e-5


def test_a_piece_stands_alone_between_the_marks_of_a_text(tmp_path: Path) -> None:
    """Half of what it gives is the first mark's state, which some models are read by."""
    folder = small_model(tmp_path / "model")
    states = static.states_of_pieces(folder)
    assert states.shape == (len(PIECES), WIDTH)
    place = PIECES.index("dinner")
    ids = np.array([[PIECES.index("[CLS]"), place, PIECES.index("[SEP]")]])
    layers = BertLayers(read_embedder_folder(folder))
    first, piece, _ = layers.run(ids, np.ones(ids.shape, np.bool_))[0]
    assert np.abs(states[place] - (first + piece) / 2).max() < 1e-5


def test_the_first_axes_hold_what_differs_most() -> None:
    """Each has no part in another, and points where its greatest part is positive."""
    random = np.random.default_rng(5)
    states = random.standard_normal((400, 6)) * (1, 9, 2, 5, 0.1, 3) + 4
    found = static.principal(states.astype(np.float32), 3)
    assert np.allclose(found.std(axis=0), (9, 5, 3), rtol=0.15)
    products = found.T @ found / len(found)
    assert np.abs(products - np.diag(np.diag(products))).max() < 1e-6


def test_common_pieces_count_less() -> None:
    """Marks and the first word least, and the rarest nearly whole."""
    pieces = static.read_pieces(TABLE / "pieces.txt")
    weights = dict(zip(pieces, static.weights_of_pieces(pieces), strict=True))
    assert weights["!"] == weights["the"] < 0.05
    assert weights["the"] < weights["you"] < weights["dinner"] < weights["boots"]
    assert 0.99 < weights[pieces[-1]] < 1


def test_the_table_has_a_row_for_each_piece() -> None:
    """As it is shipped."""
    rows, scales = np.load(TABLE / "rows.npy"), np.load(TABLE / "scales.npy")
    assert rows.shape == (len(static.read_pieces(TABLE / "pieces.txt")), static.DIMS)
    assert (rows.dtype, scales.dtype) == (np.int8, np.float32)
    assert np.all(np.abs(rows).max(axis=1) == 127)
