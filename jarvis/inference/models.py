"""Which model: from a setting to a folder that is known to hold one. Never downloads.

Everything here reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.records import Record

ModelKind = Literal["mlx", "scripted"]
PromptForm = Literal["chat", "thread"]
"""`chat`: rules and a transcript through the tokenizer's chat template; `thread`: the
plain lines that the demo's own model was trained on (assistant/prompts.py)."""

_DEFAULT_CONTEXT_TOKENS: Final = 2048
_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


class ModelRecord(Record, frozen=True):
    """A model that is on this machine, and how to speak to it."""

    name: str
    path: str | None
    """Its folder; null for the scripted engine, which has none."""
    kind: ModelKind
    prompt_form: PromptForm
    licence: str | None
    context_tokens: int
    """How much it can read and write together."""
    size_bytes: int


SCRIPTED: Final = ModelRecord(
    name="scripted",
    path=None,
    kind="scripted",
    prompt_form="chat",
    licence=None,
    context_tokens=8192,
    size_bytes=0,
)
"""The engine of tests and pictures, as a model."""


class _Card(msgspec.Struct):
    """What a `jarvis.json` in a model's folder may say about it."""

    name: str | None = None
    prompt_form: PromptForm = "chat"
    licence: str | None = None
    context_tokens: int | None = None
    description: str | None = None


def mlx_is_installed() -> bool:
    """Whether the mlx engine can be imported; does not import it."""
    return importlib.util.find_spec("mlx_lm") is not None


def default_hub_cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where other programs keep the models they fetched from the hub."""
    variables = os.environ if environment is None else environment
    if variables.get("HF_HUB_CACHE"):
        return Path(variables["HF_HUB_CACHE"])
    home = variables.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
    return Path(home) / "hub"


def resolve_model(
    engine: str | None, model: str | None, *, hub_cache: Path | None = None
) -> ModelRecord:
    """The model that the settings `engine` and `model` choose.

    Args:
        engine: "mlx" (also when null) or "scripted".
        model: a folder, or a hub id like `org/name` whose files are in `hub_cache`.
        hub_cache: `default_hub_cache()` when left out.

    Raises:
        ModelUnavailable: none is chosen, or it is not whole on this machine.
    """
    if engine == "scripted":
        return SCRIPTED
    if not mlx_is_installed():
        raise ModelUnavailable(
            "mlx-lm is not installed here, so no model can run: install jarvis[mlx], "
            "or set JARVIS_ENGINE=scripted to try Jarvis without a model."
        )
    if not model:
        raise ModelUnavailable(
            'No model is chosen: set model = "FOLDER" in config.toml to the folder of '
            "a model for mlx-lm, or start with --model."
        )
    if _is_path(model):
        return read_model(Path(model).expanduser())
    if not _HUB_ID.fullmatch(model):
        raise ModelUnavailable(
            f'The model "{model}" is neither a folder nor a hub id like org/name.'
        )
    folder = _cached_snapshot(model, hub_cache or default_hub_cache())
    return read_model(folder, name=model)


def _is_path(model: str) -> bool:
    return model.startswith(("/", "~", ".")) or Path(model).exists()


def _cached_snapshot(hub_id: str, hub_cache: Path) -> Path:
    """The folder of a hub model in the cache: its main revision."""
    root = hub_cache / f"models--{hub_id.replace('/', '--')}"
    try:
        revision = (root / "refs" / "main").read_text().strip()
    except OSError:
        raise ModelUnavailable(
            f"The model {hub_id} is not on this machine, and Jarvis never downloads "
            f"one by itself: fetch it with `hf download {hub_id}`, or set model to a "
            "folder."
        ) from None
    return root / "snapshots" / revision


def read_model(folder: Path, *, name: str | None = None) -> ModelRecord:
    """What a model's folder says about itself.

    Raises:
        ModelUnavailable: the folder is missing, or something in it is.
    """
    if not folder.is_dir():
        raise ModelUnavailable(
            f"There is no model folder {folder}: check the setting model."
        )
    config = _read_config(folder)
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelUnavailable(
            f"The model folder {folder} has no weights (*.safetensors): fetch it again."
        )
    if not any((folder / file).is_file() for file in _TOKENIZERS):
        raise ModelUnavailable(
            f"The model folder {folder} has no tokenizer.json: fetch it again."
        )
    card = _read_card(folder)
    return ModelRecord(
        name=name or card.name or folder.name,
        path=str(folder),
        kind="mlx",
        prompt_form=card.prompt_form,
        licence=card.licence,
        context_tokens=card.context_tokens or _context_tokens(config),
        size_bytes=sum(file.stat().st_size for file in weights),
    )


_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model")


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        reason = "has no config.json, so it is no model for mlx-lm"
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
    except (msgspec.MsgspecError, UnicodeDecodeError):
        reason = "has a config.json that is not a JSON object"
    raise ModelUnavailable(f"The model folder {folder} {reason}: fetch it again.")


def _read_card(folder: Path) -> _Card:
    path = folder / "jarvis.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Card)
    except FileNotFoundError:
        return _Card()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelUnavailable(
            f"{path} does not describe the model as Jarvis expects it ({error}): "
            "correct or remove it."
        ) from None


def _context_tokens(config: Mapping[str, Any]) -> int:
    """What config.json says; models that also see keep it one level further down."""
    for part in (config, config.get("text_config")):
        if isinstance(part, dict):
            tokens = part.get("max_position_embeddings")
            if isinstance(tokens, int) and tokens > 0:
                return tokens
    return _DEFAULT_CONTEXT_TOKENS
