"""A model as `list_models` tells of it, whether it writes or makes vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from jarvis.inference.models.embedder_registry import KnownEmbedder
from jarvis.inference.models.folder import read_model_card
from jarvis.inference.models.record import EngineName, ModelRecord
from jarvis.inference.models.registry import KnownModel, fits_memory
from jarvis.protocol.methods.models import ListedModel, ModelStage

_BROUGHT_ALONG: Final[dict[EngineName, str]] = {
    "apple": "The model of macOS itself: nothing to download.",
    "static": "Comes with Jarvis, knows English, and needs no memory.",
}


def of_record(
    record: ModelRecord,
    stage: ModelStage,
    known: KnownModel | KnownEmbedder | None,
    machine_bytes: int,
    *,
    is_active: bool = False,
) -> ListedModel:
    """One that is here; reads its folder. `known`: what the registry says of it."""
    licence = record.licence or (known.licence if known else None)
    memory_bytes = record.memory_bytes
    is_folder = record.path is not None and record.engine != "apple"
    return ListedModel(
        model=record.name,
        kind=record.engine,
        size_bytes=record.size_bytes,
        licence=licence,
        licence_note=_note(known),
        state=stage,
        active=is_active,
        path=record.path,
        memory_bytes=memory_bytes,
        fits=fits_memory(memory_bytes, machine_bytes) if memory_bytes else None,
        description=known.description if known else _BROUGHT_ALONG.get(record.engine),
        revision=read_model_card(Path(record.path or "")).revision
        if is_folder
        else None,
    )


def of_known(
    known: KnownModel | KnownEmbedder, stage: ModelStage, machine_bytes: int
) -> ListedModel:
    """One of a registry, which is not whole on this disk."""
    return ListedModel(
        model=known.name,
        kind=known.engine if isinstance(known, KnownEmbedder) else "mlx",
        size_bytes=known.download_bytes,
        licence=known.licence,
        licence_note=_note(known),
        state=stage,
        active=False,
        memory_bytes=known.memory_bytes,
        fits=fits_memory(known.memory_bytes, machine_bytes),
        description=known.description,
        revision=known.revision,
    )


def broken(
    name: str, kind: EngineName, reason: str, *, is_active: bool = False
) -> ListedModel:
    """One that cannot be used."""
    return ListedModel(
        model=name,
        kind=kind,
        size_bytes=0,
        licence=None,
        state="failed",
        active=is_active,
        reason=reason,
    )


def named(listed: ListedModel, name: str, reason: str | None = None) -> ListedModel:
    """The same by the name that a person chose it with; `reason`: what is wrong."""
    return msgspec.structs.replace(listed, model=name, reason=reason)


def _note(known: KnownModel | KnownEmbedder | None) -> str | None:
    return known.licence_note if isinstance(known, KnownModel) else None
