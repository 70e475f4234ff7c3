"""The models of this machine: listed, chosen, fetched, removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jarvis.config import Settings
from jarvis.daemon.embedders import Embedders
from jarvis.daemon.model_list import ModelDirectory, list_models
from jarvis.errors import Busy, InvalidParams, ModelUnavailable, NoModelChosen
from jarvis.inference.models.embedder_folder import is_embedder_folder
from jarvis.inference.models.embedder_registry import known_embedder
from jarvis.inference.models.embedder_selection import named_embedder
from jarvis.inference.models.folder import (
    folder_of,
    partial_folder_of,
    read_model,
    read_model_card,
)
from jarvis.inference.models.progress import ProgressLine
from jarvis.inference.models.pulling import pull_model
from jarvis.inference.models.registry import default_model, known_model
from jarvis.inference.models.selection import (
    is_hub_id,
    keep_selection,
    selected_model,
    selection_of,
)
from jarvis.inference.pool.supervisor import Supervisor
from jarvis.inference.states import FM_PROGRAM, NO_MODEL, Selection
from jarvis.later import later
from jarvis.letters import head
from jarvis.protocol.events import ModelProgress
from jarvis.protocol.methods.models import ListedModel, PulledModel

if TYPE_CHECKING:
    import shutil

    import psutil
else:
    shutil, psutil = later("shutil"), later("psutil")


def configured_selection(settings: Settings) -> Selection:
    """What the settings alone choose."""
    return Selection(
        engine=settings.engine,
        model=settings.model,
        server=settings.server,
        allow_remote_server=settings.allow_remote_server,
        server_patience_s=settings.server_patience_s,
        scripted_token_ms=settings.scripted_token_ms,
        fm_program=settings.fm_program or FM_PROGRAM,
        fm_socket=settings.fm_socket,
        models_folder=settings.models_folder,
    )


def first_selection(settings: Settings) -> tuple[Selection, str | None]:
    """What writes when the daemon starts, and a notice where a selection was lost.

    A model of flags or environment goes before what a person chose, and that before
    config.toml.
    """
    selection = configured_selection(settings)
    needs_no_name = settings.engine in ("scripted", "apple")
    names_one = settings.model is not None or needs_no_name
    if settings.is_model_given and names_one:
        return selection, None
    model, notice = selected_model(settings.model_file)
    return (selection_of(model, selection) if model else selection), notice


class Models:
    """What the four methods do. `publish` hears how far a download is."""

    def __init__(
        self,
        supervisor: Supervisor,
        embedders: Embedders,
        settings: Settings,
        publish: Callable[[ModelProgress], None],
        notice: str | None = None,
    ) -> None:
        self.notice = notice
        """What became of an earlier selection, if it was lost."""
        self.embedders = embedders
        """Those that make vectors."""
        self.on_used: Callable[[], None] = lambda: None
        """Told when another model is to write from then on."""
        self._supervisor = supervisor
        self._settings = settings
        self._publish = publish
        self._pulling: set[str] = set()
        self._choosing = asyncio.Lock()
        """What is kept for the next start is what was chosen last."""

    @property
    def suited(self) -> str:
        """What we would take on a machine like this."""
        return default_model(psutil.virtual_memory().total).name

    @property
    def is_chosen(self) -> bool:
        """Whether anybody said what writes; to have no model is a choice, too."""
        return self._supervisor.selection.is_made

    async def listed(self) -> tuple[ListedModel, ...]:
        """The active one, what is on this disk, and what could be."""
        directory = ModelDirectory(
            selection=self._supervisor.selection,
            state=self._supervisor.state,
            models_folder=self._settings.models_folder,
            pulling=frozenset(self._pulling),
            machine_bytes=psutil.virtual_memory().total,
            server_ports=self._settings.server_ports,
        )
        return await asyncio.to_thread(list_models, directory)

    async def listed_embedders(self) -> tuple[ListedModel, ...]:
        """The same of those that make vectors."""
        return await self.embedders.listed(frozenset(self._pulling))

    async def use(self, text: str) -> None:
        """Let another model write from the next text on, and after a restart too.

        Or search, where the text names one that makes vectors.

        Raises:
            ModelUnavailable: it cannot be used; the one before goes on.
        """
        embedder = await asyncio.to_thread(named_embedder, text)
        if embedder is not None:
            await self.embedders.use(embedder)
            self.notice = None
            return
        async with self._choosing:
            await self._supervisor.use(
                selection_of(text, configured_selection(self._settings))
            )
            self.on_used()
            await asyncio.to_thread(keep_selection, self._settings.model_file, text)
            self.notice = None

    async def pull(self, text: str, *, look_only: bool) -> PulledModel:
        """Fetch a model; where none was chosen yet, it is used from then on.

        Raises:
            InvalidParams: it is no hub id.
            Busy: it is on its way already.
            ModelUnavailable: it cannot be fetched; what came so far is kept.
        """
        hub_id = _hub_id(text)
        folder = folder_of(self._settings.models_folder, hub_id)
        if not await asyncio.to_thread(folder.is_dir):
            found = await self._fetch(hub_id, look_only)
            if look_only:
                return found
        size_bytes, licence = await asyncio.to_thread(_size_and_licence, folder)
        is_embedder = await asyncio.to_thread(is_embedder_folder, folder)
        if not look_only and is_embedder:
            await self.embedders.use_if_none_is_chosen(hub_id)
        elif not look_only:
            await self._use_if_none_is_chosen(hub_id)
        return PulledModel(
            model=hub_id,
            path=str(folder),
            size_bytes=size_bytes,
            licence=licence,
            active=self.embedders.is_active(hub_id)
            if is_embedder
            else self._supervisor.selection.model == hub_id,
        )

    async def _fetch(self, hub_id: str, look_only: bool) -> PulledModel:
        if hub_id in self._pulling:
            raise Busy(f"{hub_id} is being fetched already; wait for that.")
        if not look_only:
            self._pulling.add(hub_id)
        try:
            found = await pull_model(
                hub_id,
                self._settings.models_folder,
                self._settings.home / "pull.log",
                on_progress=lambda line: self._tell(hub_id, line),
                look_only=look_only,
            )
        finally:
            self._pulling.discard(hub_id)
        return PulledModel(
            model=hub_id,
            path=found.path,
            size_bytes=found.size_bytes,
            licence=found.licence,
        )

    def _tell(self, hub_id: str, line: ProgressLine) -> None:
        self._publish(
            ModelProgress(
                model=hub_id,
                state="downloading",
                done_bytes=line.done_bytes,
                total_bytes=line.total_bytes,
            )
        )

    async def _use_if_none_is_chosen(self, hub_id: str) -> None:
        if self._supervisor.selection.model == NO_MODEL:
            return
        try:
            await self._supervisor.model()
        except NoModelChosen:
            await self.use(hub_id)
        except ModelUnavailable:
            return

    async def remove(self, text: str) -> None:
        """Delete a model that was pulled, whole or not. Others are never touched.

        Raises:
            InvalidParams: no such model was pulled.
            Busy: it writes, or is on its way.
        """
        hub_id = _hub_id(text)
        if hub_id in self._pulling:
            raise Busy(f"{hub_id} is being fetched: stop that first.")
        if self._supervisor.selection.model == hub_id:
            raise Busy(
                f"{hub_id} is the model that writes: choose another first, or "
                "`jarvis models use none`."
            )
        self.embedders.check_unused(hub_id)
        models_folder = self._settings.models_folder
        paths = (
            folder_of(models_folder, hub_id),
            partial_folder_of(models_folder, hub_id),
        )
        if not any(await asyncio.to_thread(_remove, paths)):
            raise InvalidParams(
                f"{hub_id} was not pulled, so there is nothing to remove.", "model"
            )


def _hub_id(text: str) -> str:
    known = known_model(text) or known_embedder(text)
    if known is not None:
        return known.name
    if not is_hub_id(text):
        raise InvalidParams(
            f'"{head(text, 100)}" is no model of the hub: write it like org/name, or see '
            "`jarvis models list`.",
            "model",
        )
    return text


def _size_and_licence(folder: Path) -> tuple[int, str | None]:
    """What a whole model takes on the disk, and under which terms it came."""
    read_model(folder)
    size_bytes = sum(file.stat().st_size for file in folder.iterdir())
    return size_bytes, read_model_card(folder).licence


def _remove(paths: tuple[Path, ...]) -> list[bool]:
    """Delete those that are there; a link only as a link. Whether each was there."""
    were_there = [path.is_symlink() or path.exists() for path in paths]
    for path in paths:
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
    return were_there
