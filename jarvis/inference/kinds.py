"""The kinds of worker, as the daemon starts them: what the pool is told of each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.selection import resolve_model
from jarvis.inference.pool.model_process import WorkerKind


def _check(model: ModelRecord) -> None:
    if model.engine == "openai":
        # HTTP is imported where it is used: most daemons never ask a server.
        from jarvis.inference.engines.openai.server import see_model

        see_model(model)
    if model.engine == "apple" and model.path is not None:
        from jarvis.inference.models.apple import check_apple_model

        check_apple_model(Path(model.path))


GENERATOR: Final = WorkerKind(
    resolve=resolve_model,
    check=_check,
    command=("-m", "jarvis.inference.worker", "generator"),
)
"""Writes texts."""
