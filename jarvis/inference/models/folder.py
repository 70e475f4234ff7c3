"""A model's folder: what it says about itself, and where pulled ones lie.

Everything here reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.record import ModelRecord

MODEL_CARD: Final = "jarvis.json"
PARTIAL: Final = ".partial"
"""The ending of a folder whose model is not whole yet."""
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model")
_DEFAULT_CONTEXT_TOKENS: Final = 2048
_PROMPT_TOKENS: Final = 2048
"""The longest prompt that is written; what a model keeps of it counts as its memory."""
_CACHE_VALUE_BYTES: Final = 2


class ModelCard(msgspec.Struct):
    """What a `jarvis.json` in a model's folder may say about it."""

    name: str | None = None
    prompt_style: str = msgspec.field(default="chat", name="prompt_form")
    licence: str | None = None
    context_tokens: int | None = None
    description: str | None = None
    revision: str | None = None
    """The commit of the hub that it was pulled at."""
    # Of a model that makes vectors: see Embedding.
    query_prefix: str | None = None
    passage_prefix: str | None = None
    threshold: float | None = None
    single_weight: float | None = None


def folder_of(models_folder: Path, hub_id: str) -> Path:
    """Where a model of the hub lies once it is pulled."""
    return models_folder / hub_id.replace("/", "--")


def partial_folder_of(models_folder: Path, hub_id: str) -> Path:
    """The folder of its download, until that is complete."""
    return models_folder / (hub_id.replace("/", "--") + PARTIAL)


def pulled_folders(models_folder: Path) -> Iterator[tuple[str, Path]]:
    """Every model below the folder, whole ones and others: hub id and folder, by name."""
    if models_folder.is_dir():
        for path in sorted(models_folder.iterdir()):
            if path.is_dir():
                yield path.name.removesuffix(PARTIAL).replace("--", "/", 1), path


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
    card = read_model_card(folder)
    size_bytes = sum(file.stat().st_size for file in weights)
    return ModelRecord(
        name=name or card.name or folder.name,
        path=str(folder),
        engine="mlx",
        prompt_style=card.prompt_style,
        licence=card.licence,
        context_tokens=card.context_tokens or _context_tokens(config),
        size_bytes=size_bytes,
        memory_bytes=size_bytes + _PROMPT_TOKENS * _cache_bytes_a_token(config),
    )


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


def read_model_card(folder: Path) -> ModelCard:
    """What its jarvis.json says; an empty one where there is none.

    Raises:
        ModelUnavailable: it cannot be understood.
    """
    path = folder / MODEL_CARD
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except FileNotFoundError:
        return ModelCard()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelUnavailable(
            f"{path} does not describe the model as Jarvis expects it ({error}): "
            "correct or remove it."
        ) from None


def _context_tokens(config: Mapping[str, Any]) -> int:
    return _number(config, "max_position_embeddings") or _DEFAULT_CONTEXT_TOKENS


def _cache_bytes_a_token(config: Mapping[str, Any]) -> int:
    """Keys and values of every layer, as far as config.json names their sizes; else 0."""
    heads = _number(config, "num_attention_heads")
    width = _number(config, "head_dim")
    if not width and heads:
        width = _number(config, "hidden_size") // heads
    kept_heads = _number(config, "num_key_value_heads") or heads
    layers = _number(config, "num_hidden_layers")
    return 2 * layers * kept_heads * width * _CACHE_VALUE_BYTES


def _number(config: Mapping[str, Any], name: str) -> int:
    """A size of config.json; models that also see keep them one level further down."""
    for part in (config, config.get("text_config")):
        if isinstance(part, dict):
            value = part.get(name)
            if isinstance(value, int) and value > 0:
                return value
    return 0
