"""What `list_models` tells: every model that could write, and how each of them is.

Reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from jarvis.daemon.listed_models import broken, named, of_known, of_record
from jarvis.errors import ModelUnavailable
from jarvis.inference.models.apple import APPLE
from jarvis.inference.models.embedder_folder import is_embedder_folder
from jarvis.inference.models.embedder_registry import known_embedder
from jarvis.inference.models.folder import PARTIAL, pulled_folders
from jarvis.inference.models.folder import read_model as read_folder
from jarvis.inference.models.registry import REGISTRY, known_model
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
    if selection.model == NO_MODEL or not selection.is_made:
        return []
    try:
        record = resolve_model(selection)
    except ModelUnavailable as error:
        return [broken(selection.model or "", "mlx", str(error), is_active=True)]
    name = record.name
    if record.engine == "openai":
        name = f"openai:{record.name}@{record.address}"
    elif record.engine == "mlx":
        name = selection.model or record.name
    listed = of_record(
        record,
        _STAGES[state.state],
        known_model(name),
        directory.machine_bytes,
        is_active=True,
    )
    return [named(listed, name, state.reason)]


def _apple(directory: ModelDirectory) -> list[ListedModel]:
    """Apple's own, where this machine's system brings it along."""
    selection = replace(directory.selection, engine="apple", model=APPLE)
    try:
        record = resolve_model(selection)
    except ModelUnavailable:
        return []
    return [of_record(record, "ready", None, directory.machine_bytes)]


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
            listed.append(broken(hub_id, "mlx", str(error)))
        else:
            here = of_record(
                record, "ready", known_model(hub_id), directory.machine_bytes
            )
            listed.append(named(here, hub_id))
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
        of_known(
            known,
            "downloading" if known.name in directory.pulling else "available",
            directory.machine_bytes,
        )
        for known in REGISTRY
    ]
