"""Which model: the ones we know, finding one on this machine, and fetching one."""

from __future__ import annotations

from jarvis.inference.models.choosing import (
    chosen_as,
    default_hub_cache,
    mlx_is_installed,
    resolve_model,
)
from jarvis.inference.models.folder import read_model
from jarvis.inference.models.record import SCRIPTED, ModelKind, ModelRecord, PromptForm

__all__ = [
    "SCRIPTED",
    "ModelKind",
    "ModelRecord",
    "PromptForm",
    "chosen_as",
    "default_hub_cache",
    "mlx_is_installed",
    "read_model",
    "resolve_model",
]
