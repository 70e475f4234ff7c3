"""BERT in numpy, held against what sentence-transformers made of the same folders."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.bert import BertEmbedder, batches
from jarvis.inference.models.embedder_folder import read_embedder_folder
from jarvis.inference.models.embedder_selection import (
    resolve_embedder,
    sentence_transformers_is_installed,
)
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.states import Selection
from tests.inference.embedders.folders import (
    LONGEST,
    WIDTH,
    record_of,
    write_sentence_piece_folder,
    write_word_piece_folder,
)

WITHIN: Final = 1e-5

TEXTS: Final = ("dinner on friday?", "", "we meet at the boots " * 9, "好 seen!")

FOLDERS: Final[dict[str, Callable[[Path], Path]]] = {
    "word pieces": write_word_piece_folder,
    "first state": lambda folder: write_word_piece_folder(folder, pooling="cls"),
    "sentence pieces": write_sentence_piece_folder,
    "xlm-roberta": lambda folder: write_sentence_piece_folder(
        folder, kind="xlm-roberta"
    ),
}

GOLDEN: Final = {
    "word pieces": [
        [-0.272117, -0.093328, -0.019422, 0.19288],
        [-0.368387, 0.053173, -0.030707, 0.057864],
        [-0.388707, -0.0203, -0.008986, 0.130046],
        [-0.355386, 0.043769, 0.003815, 0.180972],
    ],
    "first state": [
        [-0.235517, -0.029861, 0.003056, 0.200912],
        [-0.366442, 0.123793, -0.018875, 0.04599],
        [-0.407235, 0.004876, -0.003206, 0.146759],
        [-0.350935, 0.072166, -0.017464, 0.225286],
    ],
    "sentence pieces": [
        [0.237792, -0.084438, -0.414998, 0.072163],
        [-0.037712, 0.003067, 0.081131, 0.21611],
        [0.125554, -0.018529, -0.378359, -0.03574],
        [0.114937, -0.050504, -0.331486, 0.020472],
    ],
    "xlm-roberta": [
        [-0.02027, -0.083093, -0.134512, -0.092681],
        [0.075912, -0.018186, 0.159992, 0.208966],
        [0.059138, 0.094816, -0.160207, -0.106689],
        [0.090571, 0.002222, -0.220533, -0.038375],
    ],
}
"""The first numbers of the texts' vectors by sentence-transformers 6.2 and torch 2.13."""

needs_sentence_transformers = pytest.mark.skipif(
    not sentence_transformers_is_installed(),
    reason="sentence-transformers is not installed on this machine",
)


def embedded(record: ModelRecord, texts: tuple[str, ...]) -> NDArray[np.float32]:
    """Their vectors as passages."""
    return BertEmbedder(record).embed(texts, "passage")


@pytest.mark.parametrize("name", FOLDERS)
def test_vectors_are_those_of_sentence_transformers(name: str, tmp_path: Path) -> None:
    """Word pieces and sentence pieces, old folders and new, the mean and the first."""
    folder = FOLDERS[name](tmp_path / "model")
    vectors = embedded(record_of(folder), TEXTS)
    assert vectors.shape == (len(TEXTS), WIDTH)
    assert np.abs(vectors[:, :4] - GOLDEN[name]).max() < WITHIN
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < WITHIN


def sentence_vectors(
    record: ModelRecord, texts: tuple[str, ...]
) -> NDArray[np.float32]:
    """The same by the library."""
    from jarvis.inference.embedders.sentence import SentenceEmbedder

    return SentenceEmbedder(record).embed(texts, "passage")


@needs_sentence_transformers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FOLDERS)
def test_both_ways_give_the_same_vectors(name: str, tmp_path: Path) -> None:
    """With a prefix too, and whatever the length: each number is equal to 1e-5."""
    record = record_of(FOLDERS[name](tmp_path / "model"), passage_prefix="we meet: ")
    texts = (*TEXTS, "Freitag ÄÖÜ", "a\nb\tc", "😂 boots", "x" * 500)
    difference = embedded(record, texts) - sentence_vectors(record, texts)
    assert np.abs(difference).max() < WITHIN


@needs_sentence_transformers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(
    not os.environ.get("JARVIS_EMBEDDER"), reason="JARVIS_EMBEDDER names no folder"
)
def test_both_ways_agree_on_a_folder_of_yours() -> None:
    """JARVIS_EMBEDDER names a real model: texts of every length."""
    record = resolve_embedder(Selection(model=os.environ["JARVIS_EMBEDDER"]))
    words = ("dinner", "on", "Friday", "où", "es-tu", "ごはん", "🎉", "ok?", "12:30")
    texts = tuple(
        " ".join(words[(start + step) % len(words)] for step in range(start * start))
        for start in range(18)
    )
    difference = embedded(record, texts) - sentence_vectors(record, texts)
    assert np.abs(difference).max() < WITHIN


def test_a_text_has_the_same_vector_in_any_company(tmp_path: Path) -> None:
    """Padding, order and batches change nothing that anybody could see."""
    record = record_of(write_word_piece_folder(tmp_path / "model"))
    embedder = BertEmbedder(record)
    many = tuple("dinner on friday we meet at the boots"[:cut] for cut in range(1, 38))
    together = embedder.embed(many, "passage")
    for text, vector in zip(many, together, strict=True):
        alone = embedder.embed((text,), "passage")[0]
        assert np.abs(alone - vector).max() < WITHIN


def test_a_question_and_a_passage_have_their_own_prefix(tmp_path: Path) -> None:
    """As the model was trained; the text behind it is the same."""
    folder = write_word_piece_folder(tmp_path / "model")
    embedder = BertEmbedder(
        record_of(folder, query_prefix="dinner ", passage_prefix="boots ")
    )
    plain = embedded(record_of(folder), ("dinner on friday", "boots on friday"))
    query = embedder.embed(("on friday",), "query")[0]
    passage = embedder.embed(("on friday",), "passage")[0]
    assert np.abs(np.stack([query, passage]) - plain).max() < WITHIN


def test_texts_of_a_length_go_together() -> None:
    """Every place once, and no batch over its tokens but of a single long text."""
    lengths = [3, 90, 4, 4, 200, 3, 1]
    found = list(batches(lengths, most=100))
    assert sorted(place for batch in found for place in batch) == list(range(7))
    assert found == [[6, 0, 5, 2, 3], [1], [4]]


def test_what_is_longer_than_a_model_reads_is_cut(tmp_path: Path) -> None:
    """A text of 100 KB costs no more than one of sixteen tokens, and fails nothing."""
    record = record_of(write_word_piece_folder(tmp_path / "model"))
    assert read_embedder_folder(tmp_path / "model").max_tokens == LONGEST
    long, cut = embedded(record, ("dinner " * 15_000, "dinner " * LONGEST))
    assert np.abs(long - cut).max() < WITHIN


def test_the_bend_is_the_error_functions(tmp_path: Path) -> None:
    """Against the standard library's, over all that a layer may hold."""
    from jarvis.inference.embedders.bert import _gelu

    values = np.linspace(-40, 40, 4001, dtype=np.float32)
    exact = [float(x) * (1 + math.erf(float(x) / math.sqrt(2))) / 2 for x in values]
    assert np.abs(_gelu(values.copy()) - exact).max() < 4e-6


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("model.safetensors", b"", "damaged or cut short"),
        ("model.safetensors", b"\x02\0\0\0\0\0\0\0{}", "lack"),
        ("tokenizer.json", b"{}", "tokenizer"),
        ("config.json", b"[]", "config.json"),
    ],
)
def test_a_spoilt_folder_is_said_to_be_so(
    file: str, content: bytes, said: str, tmp_path: Path
) -> None:
    """A sentence with its name, whatever in it is missing or cut short."""
    folder = write_word_piece_folder(tmp_path / "model")
    (folder / file).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=said):
        BertEmbedder(record_of(folder))


def test_a_bend_nobody_knows_is_refused(tmp_path: Path) -> None:
    """Rather than bent in another way, which would give vectors of no meaning."""
    folder = write_word_piece_folder(tmp_path / "model")
    config = msgspec.json.decode((folder / "config.json").read_bytes())
    (folder / "config.json").write_bytes(
        msgspec.json.encode({**config, "hidden_act": "swish7"})
    )
    with pytest.raises(ModelUnavailable, match="swish7"):
        BertEmbedder(record_of(folder))
