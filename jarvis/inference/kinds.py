"""The kinds of worker, as the daemon starts them: what the pool is told of each."""

from __future__ import annotations

import os
from typing import Final

from msgspec.structs import replace

from jarvis.inference.embedder import Embedder
from jarvis.inference.models.embedder_selection import resolve_embedder, resolve_in_bulk
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.selection import resolve_model
from jarvis.inference.pool.embedding import EmbedderKinds
from jarvis.inference.pool.model_process import WorkerKind


def _check(model: ModelRecord) -> None:
    if model.engine == "openai":
        # HTTP is imported where it is used: most daemons never ask a server.
        from jarvis.inference.engines.openai.server import see_model

        see_model(model)
    if model.engine == "apple":
        from jarvis.inference.models.apple import check_apple_model

        check_apple_model(model)


GENERATOR: Final = WorkerKind(
    resolve=resolve_model,
    check=_check,
    command=("-m", "jarvis.inference.worker", "generator"),
)
"""Writes texts."""


def _need_nothing(model: ModelRecord) -> None:
    """A folder was read to be resolved; there is no server to ask."""


def _table(model: ModelRecord) -> Embedder:
    from jarvis.inference.embedders.static import StaticEmbedder

    return StaticEmbedder(model)


def _threads(count: int) -> dict[str, str]:
    """How many threads a worker's arithmetic takes, whichever library does it."""
    families = ("OMP", "OPENBLAS", "MKL")
    counts = {f"{family}_NUM_THREADS": str(count) for family in families}
    return {**counts, "VECLIB_MAXIMUM_THREADS": str(count)}


_BULK: Final = WorkerKind(
    resolve=resolve_in_bulk,
    check=_need_nothing,
    command=("-m", "jarvis.inference.worker", "embedder", "--aside"),
    environment=_threads(max(1, (os.cpu_count() or 1) - 1)),
)

EMBEDDER: Final = EmbedderKinds(
    # One text is too little to share: several threads only wait for each other.
    queries=WorkerKind(
        resolve=resolve_embedder,
        check=_need_nothing,
        command=("-m", "jarvis.inference.worker", "embedder"),
        environment=_threads(1),
    ),
    few=replace(_BULK, resolve=resolve_embedder),
    bulk=_BULK,
    table=_table,
)
"""Makes vectors of texts."""
