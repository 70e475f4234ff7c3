"""A few bits of a vector tell well enough which ones are near."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from jarvis.inference.embedders.codes import code_bytes, encoded, reach
from jarvis.inference.embedders.vectors import unit


def made(count: int, dims: int) -> NDArray[np.float32]:
    """In clusters, and away from zero as many models' vectors are."""
    chance = np.random.default_rng(dims)
    centres = chance.normal(size=(40, dims))
    vectors = centres[chance.integers(0, 40, count)] + chance.normal(size=(count, dims))
    return unit((vectors + 2 * chance.normal(size=dims)).astype(np.float32))


def test_a_code_says_of_each_number_whether_it_is_over_the_mean() -> None:
    """The first is the highest bit; the last byte is how far away the whole lies."""
    vectors = np.zeros((1, 200), np.float32)
    vectors[0, :3] = 0.6, -0.8, 0.1
    mean = np.zeros(200, np.float32)
    mean[2] = 0.2
    (code,) = encoded(vectors, mean)
    assert code[0] == 0b10000000
    assert not code[1:-1].any()
    assert code[-1] == round(127 * (0.6**2 + 0.8**2 + 0.1**2) ** 0.5)


@pytest.mark.parametrize(("dims", "size"), [(128, 33), (192, 49), (384, 49), (20, 6)])
def test_a_model_of_few_numbers_has_two_signs_for_each(dims: int, size: int) -> None:
    """So that what is kept of a vector in memory is about as much for any model."""
    vectors = made(50, dims)
    codes = encoded(vectors, vectors.mean(axis=0))
    assert codes.shape == (50, size)
    assert code_bytes(dims) == size


@pytest.mark.parametrize("dims", [128, 384])
def test_the_nearest_are_among_the_first_by_their_codes(dims: int) -> None:
    """All but a few of the ten nearest of 5,000 are among the first two hundred."""
    vectors = made(5_000, dims)
    mean = vectors.mean(axis=0)
    codes = encoded(vectors, mean)
    found = 0
    for query in vectors[::100]:
        nearest = np.argsort(-(vectors @ query))[:10]
        by_code = np.argsort(-reach(query, mean, codes[:, :-1], codes[:, -1]))[:200]
        found += len({*nearest} & {*by_code})
    assert found >= 0.97 * 500
