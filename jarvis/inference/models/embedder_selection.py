"""From a selection to a model that makes vectors here. Never downloads.

Everything here reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.embedder_folder import (
    EmbedderFolder,
    is_embedder_folder,
    read_embedder_folder,
)
from jarvis.inference.models.embedder_registry import STATIC, known_embedder
from jarvis.inference.models.folder import ModelCard, read_model_card
from jarvis.inference.models.record import Embedding, ModelRecord
from jarvis.inference.models.selection import hub_folder, is_hub_id
from jarvis.inference.states import NO_MODEL, Selection
from jarvis.later import later

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = later("hashlib")

EMBEDDER_PREFIX: Final = "embedder:"
"""Before a name that is to search and not to write: "embedder:none"."""
_UNMEASURED: Final = (0.3, 0.6)
"""Threshold and single weight of a model that nobody has measured."""


def sentence_transformers_is_installed() -> bool:
    """Whether any model of theirs can be loaded; does not import it."""
    return importlib.util.find_spec("sentence_transformers") is not None


def named_embedder(text: str) -> str | None:
    """The embedder that a person's text names; null where it names none.

    `text` is a name of the registry, "static", a folder that holds such a model, or
    anything after "embedder:", where it may also be a hub id or "none".
    """
    name = text.removeprefix(EMBEDDER_PREFIX)
    if known := known_embedder(name):
        return known.name
    if _is_path(name):
        folder = Path(os.path.abspath(os.path.expanduser(name)))
        if name != text or is_embedder_folder(folder):
            return str(folder)
        return None
    return name if name != text or name == STATIC.name else None


def resolve_embedder(selection: Selection) -> ModelRecord:
    """The model that a selection names, run in numpy where that is known to do.

    Its name names it again: a folder of one's own is called by its path.

    Raises:
        NoModelChosen: it was chosen to have none.
        ModelUnavailable: it is not whole on this machine.
    """
    name = selection.model
    if name == NO_MODEL:
        raise NoModelChosen(
            "You chose to search by words alone; `jarvis models use static` brings back "
            "search by meaning."
        )
    if name is None or name == STATIC.name:
        return STATIC
    if _is_path(name):
        path = Path(os.path.abspath(os.path.expanduser(name)))
        return _in_folder(path, str(path))
    if not is_hub_id(name):
        raise ModelUnavailable(
            f'The model "{name}" is neither a folder nor a hub id like org/name.'
        )
    return _in_folder(hub_folder(name, selection), name)


def resolve_in_bulk(selection: Selection) -> ModelRecord:
    """The same, run by what is quickest with many texts."""
    model = resolve_embedder(selection)
    if model.engine == "bert" and sentence_transformers_is_installed():
        return replace(model, engine="sentence")
    return model


def _is_path(name: str) -> bool:
    return name.startswith(("/", "~", "."))


def _in_folder(path: Path, name: str) -> ModelRecord:
    folder = read_embedder_folder(path)
    if not (folder.is_bert or sentence_transformers_is_installed()):
        raise ModelUnavailable(
            f"{name} needs sentence-transformers, which is not installed here: "
            "pip install 'jarvis[sentence]', or choose another model."
        )
    card = read_model_card(path)
    known = known_embedder(name) or known_embedder(re.sub("--|__", "/", path.name))
    embedding = _embedding(folder, known.embedding if known else None, card)
    size_bytes = sum(each.stat().st_size for each in _weights(folder))
    return ModelRecord(
        name=name,
        path=str(path),
        engine="bert" if folder.is_bert else "sentence",
        prompt_style="chat",
        licence=card.licence or (known.licence if known else None),
        context_tokens=embedding.max_tokens,
        size_bytes=size_bytes,
        memory_bytes=known.memory_bytes if known else size_bytes,
        embedding=embedding,
    )


def _embedding(
    folder: EmbedderFolder, known: Embedding | None, card: ModelCard
) -> Embedding:
    """What we measured goes before what the folder says, its card before both."""
    threshold, single_weight = _UNMEASURED
    if known is not None:
        threshold, single_weight = known.threshold, known.single_weight
        query, passage = known.query_prefix, known.passage_prefix
    else:
        query = folder.prompts.get("query", "")
        passage = folder.prompts.get("passage", folder.prompts.get("document", ""))
    return Embedding(
        dims=folder.dims,
        query_prefix=query if card.query_prefix is None else card.query_prefix,
        passage_prefix=passage if card.passage_prefix is None else card.passage_prefix,
        pooling=folder.pooling or "mean",
        max_tokens=folder.max_tokens,
        threshold=threshold if card.threshold is None else card.threshold,
        single_weight=single_weight
        if card.single_weight is None
        else card.single_weight,
        languages=known.languages if known else "many",
        revision=card.revision or _digest(folder),
    )


def _weights(folder: EmbedderFolder) -> list[Path]:
    return sorted(folder.path.rglob("*.safetensors"))


def _digest(folder: EmbedderFolder) -> str:
    """Tells a folder from what it was before it was written anew; reads no weights."""
    parts = [str(sorted(folder.config.items())), str(folder.pooling)]
    for path in _weights(folder):
        stat = path.stat()
        parts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
