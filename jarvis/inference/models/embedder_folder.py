"""A folder of a model that makes vectors, as sentence-transformers writes them.

Old folders and new ones name the same things differently; both are read. Everything here
reads the disk, so the daemon calls it off its event loop.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from jarvis.errors import ModelUnavailable

Pooling = Literal["mean", "cls"]

_BERTS: Final = ("bert", "roberta", "xlm-roberta", "camembert")
"""What `model_type` says where embedders/bert.py knows the layers."""
_WITH_OFFSET: Final = frozenset(_BERTS[1:])
"""Those that count positions from behind the number of their padding."""
_LONGEST: Final = 512
"""Tokens that are looked at where a folder names no end, or one of a context window."""


class EmbedderFolder(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder says of its model."""

    path: Path
    config: dict[str, Any]
    """The transformer's own config.json."""
    transformer: Path
    """The folder with the transformer's files: this one, or one within."""
    pooling: Pooling | None
    """Null: another way than the two known here."""
    is_plain: bool
    """Transformer and pooling, and nothing behind them but making the length 1."""
    dims: int
    max_tokens: int
    lowers: bool
    """Whether texts are put in small letters first, beside what the tokenizer does."""
    prompts: dict[str, str]
    """What is put before a text, by its kind."""

    @property
    def is_bert(self) -> bool:
        """Whether embedders/bert.py can run it."""
        config = self.config
        return (
            self.is_plain
            and self.pooling is not None
            and config.get("model_type") in _BERTS
            and config.get("position_embedding_type", "absolute") == "absolute"
            and (self.transformer / "tokenizer.json").is_file()
        )

    @property
    def first_position(self) -> int:
        """The number of a text's first position."""
        is_offset = self.config.get("model_type") in _WITH_OFFSET
        return int(self.config.get("pad_token_id") or 0) + 1 if is_offset else 0


def is_embedder_folder(folder: Path) -> bool:
    """Whether it holds a model that makes vectors, as far as one sees from outside."""
    if (folder / "modules.json").is_file():
        return True
    try:
        return _object(folder / "config.json").get("model_type") in _BERTS
    except ModelUnavailable:
        return False


def read_embedder_folder(folder: Path) -> EmbedderFolder:
    """What the folder says about its model.

    Raises:
        ModelUnavailable: the folder is missing, or something in it is.
    """
    if not folder.is_dir():
        raise ModelUnavailable(
            f"There is no model folder {folder}: check the setting embedder."
        )
    modules = _modules(folder)
    transformer = _folder_of(folder, modules, "Transformer") or folder
    config = _object(transformer / "config.json")
    if not any(transformer.glob("*.safetensors")):
        raise ModelUnavailable(
            f"The model folder {folder} has no weights (*.safetensors): fetch it again."
        )
    pooling_folder = _folder_of(folder, modules, "Pooling")
    pooled = _object(pooling_folder / "config.json") if pooling_folder else {}
    kinds = [_kind(module) for module in modules]
    return EmbedderFolder(
        path=folder,
        config=config,
        transformer=transformer,
        pooling=_pooling(pooled),
        is_plain=all(kind in ("Transformer", "Pooling", "Normalize") for kind in kinds),
        dims=_dims(folder, modules, config),
        max_tokens=_max_tokens(transformer, config),
        lowers=bool(
            _optional(transformer / "sentence_bert_config.json").get("do_lower_case")
        ),
        prompts=_prompts(folder),
    )


def _modules(folder: Path) -> list[dict[str, Any]]:
    path = folder / "modules.json"
    if not path.is_file():
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise _unreadable(path) from None


def _kind(module: dict[str, Any]) -> str:
    return str(module.get("type", "")).rpartition(".")[2]


def _folder_of(folder: Path, modules: list[dict[str, Any]], kind: str) -> Path | None:
    for module in modules:
        if _kind(module) == kind:
            inner = folder / str(module.get("path", ""))
            # A folder that somebody made leads nowhere but into itself.
            if inner.resolve().is_relative_to(folder.resolve()):
                return inner
    return None


def _pooling(pooled: dict[str, Any]) -> Pooling | None:
    """Mean where nothing is said; the older files name each way and whether it is used."""
    mode = pooled.get("pooling_mode")
    if mode is None:
        used = [
            name.removeprefix("pooling_mode_")
            for name, value in pooled.items()
            if name.startswith("pooling_mode_") and value is True
        ]
        mode = "+".join(used) or "mean_tokens"
    elif isinstance(mode, list):
        mode = "+".join(map(str, mode))
    match mode:
        case "mean" | "mean_tokens":
            return "mean"
        case "cls" | "cls_token":
            return "cls"
        case _:
            return None


def _dims(folder: Path, modules: list[dict[str, Any]], config: dict[str, Any]) -> int:
    dense = _folder_of(folder, modules, "Dense")
    dims = _object(dense / "config.json").get("out_features") if dense else None
    dims = dims or config.get("hidden_size")
    if not isinstance(dims, int) or dims < 1:
        raise _unreadable(folder / "config.json")
    return dims


def _max_tokens(folder: Path, config: dict[str, Any]) -> int:
    limits = [
        _optional(folder / "sentence_bert_config.json").get("max_seq_length"),
        _optional(folder / "tokenizer_config.json").get("model_max_length"),
        config.get("max_position_embeddings"),
    ]
    known = [limit for limit in limits if isinstance(limit, int) and 0 < limit <= 2**20]
    return min([known[0] if known else _LONGEST, _LONGEST])


def _prompts(folder: Path) -> dict[str, str]:
    said = _optional(folder / "config_sentence_transformers.json").get("prompts")
    if not isinstance(said, dict):
        return {}
    return {kind: text for kind, text in said.items() if isinstance(text, str)}


def _optional(path: Path) -> dict[str, Any]:
    return _object(path) if path.is_file() else {}


def _object(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        raise ModelUnavailable(
            f"The model folder {path.parent} has no {path.name}: fetch it again."
        ) from None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> ModelUnavailable:
    return ModelUnavailable(
        f"{path} does not describe a model that makes vectors: fetch it again."
    )
