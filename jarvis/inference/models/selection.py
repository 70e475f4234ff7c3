"""From a selection to a model that can be used from this machine. Never downloads.

Everything here reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.apple import APPLE, apple_is_here, apple_model
from jarvis.inference.models.folder import folder_of, read_model
from jarvis.inference.models.record import SCRIPTED, ModelRecord
from jarvis.inference.models.registry import default_model, known_model
from jarvis.inference.models.servers import DEFAULT_SERVER, checked_address, named_at
from jarvis.inference.states import NO_MODEL, Selection
from jarvis.later import later

if TYPE_CHECKING:
    import psutil
else:
    psutil = later("psutil")

_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_AT_SERVER: Final = "openai:"
_SERVER_CONTEXT_TOKENS: Final = 4096
"""What Ollama gives a model unless told otherwise; no server says it of itself."""


def mlx_is_installed() -> bool:
    """Whether the mlx engine can be imported; does not import it."""
    return importlib.util.find_spec("mlx_lm") is not None


def is_hub_id(name: str) -> bool:
    """Whether it is a hub id, org/name; those never hold "--", as folders here do."""
    return bool(_HUB_ID.fullmatch(name)) and "--" not in name and ".." not in name


def default_hub_cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where other programs keep the models they fetched from the hub."""
    variables = os.environ if environment is None else environment
    if variables.get("HF_HUB_CACHE"):
        return Path(variables["HF_HUB_CACHE"])
    home = variables.get("HF_HOME") or os.path.expanduser("~/.cache/huggingface")
    return Path(home) / "hub"


def selection_of(text: str, settings: Selection) -> Selection:
    """The selection that a person's text names; the rest comes from the settings.

    `text` is a folder, a hub id, a name of the registry, "openai:NAME" or
    "openai:NAME@ADDRESS" for a model of a server (see named_at), "apple" for that of
    macOS, or "none". "scripted" is taken only where the settings say so already.
    """
    if text == NO_MODEL or (text == "scripted" == settings.engine):
        return replace(settings, model=text)
    if text == APPLE:
        return replace(settings, engine="apple", model=APPLE)
    if text.startswith(_AT_SERVER):
        name, server = named_at(text.removeprefix(_AT_SERVER))
        return replace(
            settings,
            engine="openai",
            model=name,
            server=settings.server if server is None else server,
        )
    recommended = known_model(text)
    return replace(
        settings, engine="mlx", model=recommended.name if recommended else text
    )


def resolve_model(selection: Selection) -> ModelRecord:
    """The model that a selection names.

    Raises:
        NoModelChosen: none is, or it was chosen to have none.
        ModelUnavailable: it is not whole on this machine, or its server not allowed.
    """
    if selection.model == NO_MODEL:
        raise NoModelChosen(
            "You chose to have no model; another is chosen with `jarvis models use`."
        )
    if selection.engine == "scripted":
        return replace(SCRIPTED, token_ms=selection.scripted_token_ms)
    if selection.engine == "openai":
        return _at_server(selection)
    if selection.engine == "apple":
        return apple_model(selection.fm_program, selection.fm_socket or Path())
    if not selection.model:
        raise NoModelChosen(_what_to_type(selection))
    if not mlx_is_installed():
        raise ModelUnavailable(f"{_NO_MLX}, or choose a model of a server.")
    return _on_disk(selection.model, selection)


_NO_MLX: Final = (
    "mlx-lm is not installed here, so no model on this disk can run: "
    "install jarvis[mlx]"
)


def _what_to_type(selection: Selection) -> str:
    if apple_is_here(selection.fm_program):
        return (
            "No model is chosen: `jarvis models use apple` takes the one that macOS "
            "brings along, and nothing is downloaded."
        )
    if not mlx_is_installed():
        return (
            f"No model is chosen. {_NO_MLX}, or choose a model of a server: "
            "`jarvis models use openai:NAME`."
        )
    suited = default_model(psutil.virtual_memory().total)
    return (
        f"No model is chosen: `jarvis models pull {suited.name}` fetches one that suits "
        f"this machine ({suited.download_bytes / 1e9:.1f} GB), and it is used from then "
        "on."
    )


def _at_server(selection: Selection) -> ModelRecord:
    """A model of a server, which is not asked: it may be started later."""
    if not selection.model:
        raise NoModelChosen(
            "No model of the server is chosen: set model to a name that it knows, or "
            "`jarvis models use openai:NAME`."
        )
    server = DEFAULT_SERVER if selection.server is None else selection.server
    address = checked_address(server, allow_remote=selection.allow_remote_server)
    return ModelRecord(
        name=selection.model,
        path=None,
        engine="openai",
        prompt_style="chat",
        licence=None,
        context_tokens=_SERVER_CONTEXT_TOKENS,
        size_bytes=0,
        address=address,
        chat_template=selection.chat_template,
        address_is_trusted=selection.allow_remote_server,
        silence_s=selection.server_patience_s,
    )


def _on_disk(model: str, selection: Selection) -> ModelRecord:
    if model.startswith(("/", "~", ".")) or Path(model).exists():
        return read_model(Path(os.path.abspath(os.path.expanduser(model))))
    if not is_hub_id(model):
        raise ModelUnavailable(
            f'The model "{model}" is neither a folder nor a hub id like org/name.'
        )
    return read_model(hub_folder(model, selection), name=model)


def hub_folder(hub_id: str, selection: Selection) -> Path:
    """Where a hub model lies: pulled, or in the cache of other programs.

    Raises:
        ModelUnavailable: in neither.
    """
    if selection.models_folder is not None:
        pulled = folder_of(selection.models_folder, hub_id)
        if pulled.is_dir():
            return pulled
    return _cached_snapshot(hub_id, selection.hub_cache or default_hub_cache())


def _cached_snapshot(hub_id: str, hub_cache: Path) -> Path:
    """The folder of a hub model in the cache: its main revision."""
    root = hub_cache / f"models--{hub_id.replace('/', '--')}"
    try:
        revision = (root / "refs" / "main").read_text().strip()
    except OSError:
        raise ModelUnavailable(
            f"The model {hub_id} is not on this machine, and Jarvis never downloads "
            f"one by itself: `jarvis models pull {hub_id}` does, or give a folder."
        ) from None
    return root / "snapshots" / revision


class _Selection(msgspec.Struct, frozen=True):
    model: str


def selected_model(path: Path) -> tuple[str | None, str | None]:
    """What was chosen, if anything; and what is wrong with the file, for a person."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Selection).model, None
    except FileNotFoundError:
        return None, None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None, (
            f"{path} cannot be read, so the model you chose is forgotten: choose it "
            "again with `jarvis models use`."
        )


def keep_selection(path: Path, model: str) -> None:
    """Keep the selection; after a kill there is the old file or the new one."""
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(_Selection(model)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
