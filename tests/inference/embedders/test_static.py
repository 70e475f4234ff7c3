"""The shipped table: what it says, and of what it knows nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.static import TABLE, StaticEmbedder
from jarvis.inference.models.embedder_registry import STATIC


@pytest.fixture(scope="module")
def table() -> StaticEmbedder:
    """The table as everybody has it."""
    return StaticEmbedder(STATIC)


def test_what_means_the_same_is_nearer_than_what_shares_a_word(
    table: StaticEmbedder,
) -> None:
    """Without a word in common, and against a text that has one."""
    question, same, other = table.embed(
        ("where shall we eat tonight", "restaurant for dinner this evening?",
         "shall I send the tax form"), "query",
    )  # fmt: skip
    assert question @ same > question @ other


def test_the_table_is_as_its_record_says(table: StaticEmbedder) -> None:
    """Size, dims, and the terms under which it may be passed on."""
    assert STATIC.embedding is not None
    assert table.embed(("dinner",), "passage").shape == (1, STATIC.embedding.dims)
    sizes = {path.name: path.stat().st_size for path in TABLE.iterdir()}
    assert STATIC.size_bytes == sizes["rows.npy"] + sizes["scales.npy"]
    assert "Apache License" in (TABLE / "LICENSE").read_text()
    assert "all-MiniLM-L6-v2" in (TABLE / "NOTICE").read_text()


@given(some.lists(some.text(alphabet=some.characters(), max_size=30), max_size=8))
def test_any_text_has_a_vector(texts: list[str]) -> None:
    """Of length 1, or zeros where nothing of it is known; never a failure."""
    vectors = TABLE_OF_ALL.embed(texts, "passage")
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape == (len(texts), 128)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


TABLE_OF_ALL = StaticEmbedder(STATIC)


def test_a_script_it_never_saw_is_near_to_nothing(table: StaticEmbedder) -> None:
    """Zeros, so that two texts of which nothing is known are not taken for alike."""
    vectors = table.embed(("ꦲꦏ꧀ꦱꦫ", "😂😂", "", "dinner"), "query")
    assert not vectors[:3].any()
    assert vectors[3].any()


def test_a_long_text_counts_as_far_as_it_is_read(table: StaticEmbedder) -> None:
    """100 KB are as much as their first 512 pieces."""
    long, cut = table.embed(("dinner boots " * 8000, "dinner boots " * 256), "passage")
    assert np.abs(long - cut).max() < 1e-5


def test_a_table_that_is_gone_says_what_to_do(tmp_path: Path) -> None:
    """Nothing else could bring it back."""
    with pytest.raises(ModelUnavailable, match="install Jarvis again"):
        StaticEmbedder(STATIC, tmp_path)
