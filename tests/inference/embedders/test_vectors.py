"""Vectors in eight bits."""

from __future__ import annotations

import numpy as np

from jarvis.inference.embedders.vectors import stored, unit


def test_a_row_of_eight_bits_is_the_vector_to_one_part_in_two_hundred() -> None:
    """With a scale of its own, whatever its size; zeros stay zeros."""
    random = np.random.default_rng(1)
    vectors = random.standard_normal((50, 24)).astype(np.float32)
    vectors *= 10.0 ** random.integers(-3, 3, (50, 1)).astype(np.float32)
    vectors[7] = 0
    kept = stored(vectors, np.zeros(24, np.float32))
    rows = np.frombuffer(kept.rows, np.int8).reshape(50, 24)
    scales = np.frombuffer(kept.scales, "<f4")[:, None]
    worst = np.abs(rows * scales - vectors).max(axis=1)
    assert np.all(worst <= np.abs(vectors).max(axis=1) / 254 + 1e-9)
    assert not rows[7].any()


def test_no_vectors_are_nothing() -> None:
    """An empty batch is a batch."""
    nothing = stored(np.empty((0, 24), np.float32), np.zeros(24, np.float32))
    assert (nothing.rows, nothing.scales, nothing.codes) == (b"", b"", b"")


def test_every_vector_gets_length_one_but_zeros() -> None:
    """So that a product of two is their cosine."""
    vectors = unit(np.array([[3, 4], [0, 0], [1e-6, 0]], np.float32))
    assert np.allclose(vectors, np.array([[0.6, 0.8], [0, 0], [1, 0]]))
