"""What `list_models` tells: every model that could write, and how each of them is.

Reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.apple import APPLE
from jarvis.inference.models.embedder_folder import is_embedder_folder
from jarvis.inference.models.embedder_registry import known_embedder
from jarvis.inference.models.folder import PARTIAL, pulled_folders, read_model_card
from jarvis.inference.models.folder import read_model as read_folder
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.models.registry import (
    REGISTRY,
    KnownModel,
    fits_memory,
    known_model,
)
from jarvis.inference.models.selection import resolve_model
from jarvis.inference.states import NO_MODEL, LoadState, ModelState, Selection
from jarvis.protocol.methods.models import ListedModel, ModelStage

_STAGES: Final[dict[LoadState, ModelStage]] = {
    "loading": "loading",
    "ready": "loaded",
    "unloaded": "ready",
    "failed": "failed",
}


class ModelDirectory(msgspec.Struct, frozen=True):
    """Where to look, and what is known without looking."""

    selection: Selection
    state: ModelState
    models_folder: Path
    pulling: frozenset[str]
    machine_bytes: int
    server_ports: tuple[int, ...] = ()


def list_models(directory: ModelDirectory) -> tuple[ListedModel, ...]:
    """The active one first, then those that are here, then the rest of the registry."""
    listed: dict[str, ListedModel] = {}
    for model in (
        *_active(directory),
        *_apple(directory),
        *_running(directory),
        *_pulled(directory),
        *_known(directory),
    ):
        listed.setdefault(model.model, model)
    return tuple(listed.values())


def _active(directory: ModelDirectory) -> list[ListedModel]:
    selection, state = directory.selection, directory.state
    if selection.model == NO_MODEL or not (
        selection.model or selection.engine in ("scripted", "apple")
    ):
        return []
    try:
        record = resolve_model(selection)
    except ModelUnavailable as error:
        return [_broken(selection.model or "", str(error), is_active=True)]
    name = record.name
    if record.engine == "openai":
        name = f"openai:{record.name}@{record.address}"
    elif record.engine == "mlx":
        name = selection.model or record.name
    stage = _STAGES[state.state]
    return [_of_record(directory, record, name, stage, state.reason, is_active=True)]


def _apple(directory: ModelDirectory) -> list[ListedModel]:
    """Apple's own, where this machine's system brings it along."""
    selection = replace(directory.selection, engine="apple", model=APPLE)
    try:
        record = resolve_model(selection)
    except ModelUnavailable:
        return []
    return [_of_record(directory, record, APPLE, "ready")]


def _running(directory: ModelDirectory) -> list[ListedModel]:
    """What the model servers have that run on this machine, by the name to choose it by."""
    # HTTP is imported where it is used: most daemons never ask a server.
    from jarvis.inference.engines.openai.running import running_models

    return [
        ListedModel(
            model=f"openai:{running.name}@{running.address}",
            kind="openai",
            size_bytes=0,
            licence=None,
            state="ready",
            active=False,
            description=f"{running.server} has it.",
        )
        for running in running_models(directory.server_ports)
    ]


def _pulled(directory: ModelDirectory) -> list[ListedModel]:
    listed = []
    for hub_id, folder in pulled_folders(directory.models_folder):
        if known_embedder(hub_id) or is_embedder_folder(folder):
            continue
        if folder.name.endswith(PARTIAL):
            listed.append(_partial(directory, hub_id, folder))
            continue
        try:
            record = read_folder(folder, name=hub_id)
        except ModelUnavailable as error:
            listed.append(_broken(hub_id, str(error)))
        else:
            listed.append(_of_record(directory, record, hub_id, "ready"))
    return listed


def _partial(directory: ModelDirectory, hub_id: str, folder: Path) -> ListedModel:
    known = known_model(hub_id)
    is_coming = hub_id in directory.pulling
    return ListedModel(
        model=hub_id,
        kind="mlx",
        size_bytes=sum(file.stat().st_size for file in folder.iterdir()),
        licence=known.licence if known else None,
        state="downloading" if is_coming else "partial",
        active=False,
        path=str(folder),
        description=known.description if known else None,
    )


def _known(directory: ModelDirectory) -> list[ListedModel]:
    return [
        ListedModel(
            model=known.name,
            kind="mlx",
            size_bytes=known.download_bytes,
            licence=known.licence,
            licence_note=known.licence_note,
            state="downloading" if known.name in directory.pulling else "available",
            active=False,
            memory_bytes=known.memory_bytes,
            fits=fits_memory(known.memory_bytes, directory.machine_bytes),
            description=known.description,
            revision=known.revision,
        )
        for known in REGISTRY
    ]


def _of_record(
    directory: ModelDirectory,
    record: ModelRecord,
    name: str,
    stage: ModelStage,
    reason: str | None = None,
    *,
    is_active: bool = False,
) -> ListedModel:
    known: KnownModel | None = known_model(name)
    memory_bytes = record.memory_bytes
    return ListedModel(
        model=name,
        kind=record.engine,
        size_bytes=record.size_bytes,
        licence=record.licence or (known.licence if known else None),
        licence_note=known.licence_note if known else None,
        state=stage,
        active=is_active,
        path=record.path,
        memory_bytes=memory_bytes,
        fits=fits_memory(memory_bytes, directory.machine_bytes)
        if memory_bytes
        else None,
        description=known.description if known else _description(record),
        revision=_revision(record),
        reason=reason,
    )


def _description(record: ModelRecord) -> str | None:
    if record.engine == "apple":
        return "The model of macOS itself: nothing to download."
    return None


def _revision(record: ModelRecord) -> str | None:
    """The commit of the hub that it was pulled at."""
    if record.engine == "apple" or record.path is None:
        return None
    return read_model_card(Path(record.path)).revision


def _broken(name: str, reason: str, *, is_active: bool = False) -> ListedModel:
    return ListedModel(
        model=name,
        kind="mlx",
        size_bytes=0,
        licence=None,
        state="failed",
        active=is_active,
        reason=reason,
    )
