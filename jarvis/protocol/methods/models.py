"""Models: which there are, which one writes and which searches, fetching, removing."""

from __future__ import annotations

from typing import Annotated, Literal

from jarvis.protocol.methods.base import Params, described
from jarvis.records import Record

ModelName = Annotated[
    str,
    described(
        "As list_models names it; a hub id, a folder, openai:NAME@ADDRESS for a model "
        "of a server, or none. One that makes vectors is to search; embedder:NAME says "
        "so of any, and of none."
    ),
]
ModelStage = Literal[
    "available", "partial", "downloading", "ready", "loading", "loaded", "failed"
]


class ModelParams(Params, frozen=True):
    model: ModelName


class PullModelParams(Params, frozen=True):
    model: Annotated[str, described("A hub id, or a name of the registry.")]
    look_only: Annotated[
        bool, described("Only say what it would be; nothing is fetched.")
    ] = False


class ListedModel(Record, frozen=True, kw_only=True):
    """A model that could write, or search, or does (`active`).

    `available`: can be pulled. `partial`: a download stopped half way; pulling goes on.
    `downloading`: it is on its way. `ready`: can be used. `loading`, `loaded`: into memory,
    of the active one. `failed`: it cannot be used; `reason` says why.
    `size_bytes`: on the disk, or to download. `memory_bytes`: what it takes when loaded.
    `fits`: whether that leaves this machine enough, 60 % of its memory; null: unknown.
    `revision`: the commit of the hub.
    """

    model: str
    kind: str
    size_bytes: int
    licence: str | None
    state: ModelStage
    active: bool
    path: str | None = None
    memory_bytes: int | None = None
    fits: bool | None = None
    description: str | None = None
    licence_note: str | None = None
    revision: str | None = None
    reason: str | None = None


class ListModels(Record, frozen=True, kw_only=True):
    """`models` write, `embedders` find what a search means.

    `suited`: the one that would be taken on a machine like this; `suited_embedder`: for
    the languages of this mail, as `suited_embedder_reason` says; null while that is not
    known. `chosen`: whether anybody said what writes; to have no model is a choice, too.
    """

    models: tuple[ListedModel, ...]
    suited: str | None = None
    embedders: tuple[ListedModel, ...] = ()
    suited_embedder: str | None = None
    suited_embedder_reason: str | None = None
    chosen: bool = True


class PulledModel(Record, frozen=True, kw_only=True):
    """A model of the hub; `active` when it writes, or searches, from now on."""

    model: str
    path: str
    size_bytes: int
    licence: str | None = None
    active: bool = False
