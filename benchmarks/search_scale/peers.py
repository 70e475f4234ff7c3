"""What else could search the same vectors: plain numpy, and usearch where it is installed.

In a process of its own, one thread, the same queries, the same true nearest.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import jarvis.search  # before numpy does anything, one thread
from benchmarks.search_scale.data import (
    DIMS,
    NEAREST,
    Generated,
    Vectors,
    generated,
    vectors,
)
from benchmarks.search_scale.ours import Figures, private_mb

GRAPH_UP_TO: Final = 200_000
"""To build usearch's graph over a million takes more than ten minutes here."""
FLOATS_UP_TO: Final = 1_000_000
"""More would take five gigabytes."""

ASKED: Final = 30
"""Queries: some of the peers take most of a second."""

Find = Callable[[Vectors], NDArray[np.int64]]


def measure(data: Generated, size: int) -> Figures:
    """Each peer's time of a query, its memory and how many of the true ten it finds."""
    assert jarvis.search.__doc__, "imported for what it does"
    figures = Figures()
    if size <= FLOATS_UP_TO:
        _take(figures, "numpy float32", data, lambda: _floats(size))
    _take(figures, "numpy int8", data, lambda: _bytes(size))
    if importlib.util.find_spec("usearch") is not None:
        _take(figures, "usearch, exact int8", data, lambda: _usearch_exact(size))
        if size <= GRAPH_UP_TO:
            _take(figures, "usearch, graph of int8", data, lambda: _usearch_graph(size))
    return figures


def _take(
    figures: Figures, name: str, data: Generated, build: Callable[[], Find]
) -> None:
    before = private_mb()
    began = time.process_time()
    find = build()
    figures[f"{name}: build s"] = time.process_time() - began
    figures[f"{name}: memory MB"] = private_mb() - before
    right = 0
    samples = []
    asked = zip(data.queries[:ASKED], data.nearest[:ASKED], strict=True)
    for query, nearest in asked:
        wall, used = time.perf_counter(), time.process_time()
        found = find(query)
        used = time.process_time() - used
        samples.append(((time.perf_counter() - wall) * 1000, used * 1000))
        right += len({*found.tolist()} & {*nearest.tolist()})
    figures[name] = samples
    figures[f"{name}: recall"] = right / (ASKED * NEAREST)


def _floats(size: int) -> Find:
    kept = np.empty((size, DIMS), np.float32)
    _fill(kept, size, lambda made: made)

    def find(query: Vectors) -> NDArray[np.int64]:
        cosines = kept @ query
        best = np.argpartition(-cosines, NEAREST)[:NEAREST]
        return best[np.argsort(-cosines[best])]

    return find


def _bytes(size: int) -> Find:
    kept = np.empty((size, DIMS), np.int8)
    _fill(kept, size, _in_bytes)
    scales = np.concatenate([np.abs(made).max(axis=1) for made in vectors(size)])

    def find(query: Vectors) -> NDArray[np.int64]:
        cosines = scales * np.concatenate(
            [
                kept[at : at + 4096].astype(np.float32) @ query
                for at in range(0, size, 4096)
            ]
        )
        return np.argpartition(-cosines, NEAREST)[:NEAREST]

    return find


def _usearch_exact(size: int) -> Find:
    from usearch.index import MetricKind, search

    kept = np.empty((size, DIMS), np.int8)
    _fill(kept, size, _in_bytes)

    def find(query: Vectors) -> NDArray[np.int64]:
        asked = _in_bytes(query[None])
        found: Any = search(kept, asked, NEAREST, MetricKind.Cos, exact=True, threads=1)
        return np.asarray(found.keys).reshape(-1).astype(np.int64)

    return find


def _usearch_graph(size: int) -> Find:
    from usearch.index import Index

    index: Any = Index(ndim=DIMS, metric="cos", dtype="i8")
    first = 0
    for made in vectors(size):
        index.add(np.arange(first, first + len(made)), made, threads=2)
        first += len(made)

    def find(query: Vectors) -> NDArray[np.int64]:
        keys: NDArray[np.int64] = np.asarray(
            index.search(query, NEAREST, threads=1).keys, np.int64
        )
        return keys

    return find


def _fill(
    kept: NDArray[Any], size: int, kind: Callable[[Vectors], NDArray[Any]]
) -> None:
    first = 0
    for made in vectors(size):
        kept[first : first + len(made)] = kind(made)
        first += len(made)


def _in_bytes(made: Vectors) -> NDArray[np.int8]:
    scales = np.abs(made).max(axis=1, keepdims=True) / 127
    return np.asarray(np.rint(made / scales), np.int8)


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(json.dumps(measure(generated(asked), asked)))
