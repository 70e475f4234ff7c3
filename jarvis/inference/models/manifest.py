"""A model's manifest: the files of a repository that make it, and their hashes; no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jarvis.errors import ModelUnavailable
from jarvis.inference.models.hub import Listing, Sibling

_NAMES: Final = frozenset(
    {
        *("config.json", "generation_config.json", "model.safetensors.index.json"),
        *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
        *("added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model"),
        *("chat_template.jinja", "chat_template.json", "README.md"),
        # of a model that makes vectors
        *("modules.json", "sentence_bert_config.json"),
        "config_sentence_transformers.json",
    }
)
_MODULE: Final = re.compile(
    r"[0-9]{1,2}_[A-Za-z]{1,20}/(?:config\.json|model\.safetensors)", re.ASCII
)
"""What stands behind the transformer in a model that makes vectors: how it is pooled."""
_WEIGHTS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.safetensors", re.ASCII)
_LICENCE: Final = re.compile(r"LICEN[CS]E[A-Za-z0-9_.-]{0,40}", re.ASCII)
_CODE: Final = (".py", ".bin", ".pkl", ".pt", ".so")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ManifestFile:
    """A file to fetch: its name, its size, and the one hash it must have.

    The name is plain, or one below a folder's plain name.
    """

    name: str
    size_bytes: int
    sha256: str | None = None
    git_sha1: str | None = None


def manifest_of(listing: Listing, hub_id: str) -> Sequence[ManifestFile]:
    """What a model needs of a repository, small files first; code is never among them.

    A name with a folder in it is left out too, but for those of modules, so nothing can
    be written elsewhere.

    Raises:
        ModelUnavailable: it holds no model that can be used, or the hub does not say by
            what its files are known.
    """
    if not _COMMIT.fullmatch(listing.commit):
        raise ModelUnavailable(f"The hub names no commit of {hub_id}: try again later.")
    names = {sibling.name for sibling in listing.siblings}
    if not any(_WEIGHTS.fullmatch(name) for name in names):
        raise ModelUnavailable(
            f"{hub_id} has no weights as safetensors, and others may carry programs, so "
            "Jarvis leaves them alone: choose a model converted for mlx."
        )
    missing = {"config.json"} - names
    if missing or not names & {"tokenizer.json", "tokenizer.model"}:
        lacking = "config.json" if missing else "tokenizer.json"
        raise ModelUnavailable(
            f"{hub_id} has no {lacking}, so it is no model for mlx-lm: choose another."
        )
    manifest = [
        _known(sibling, hub_id) for sibling in listing.siblings if _is_part(sibling)
    ]
    return sorted(manifest, key=lambda file: file.size_bytes)


def _is_part(sibling: Sibling) -> bool:
    name = sibling.name
    if name.endswith(_CODE):
        return False
    patterns = (_WEIGHTS, _LICENCE, _MODULE)
    return name in _NAMES or any(each.fullmatch(name) for each in patterns)


def _known(sibling: Sibling, hub_id: str) -> ManifestFile:
    if sibling.lfs is not None:
        size, sha256, git_sha1 = sibling.lfs.size, sibling.lfs.sha256, None
        is_known = bool(_SHA256.fullmatch(sha256))
    else:
        size, sha256 = sibling.size if sibling.size is not None else -1, None
        git_sha1 = sibling.git_sha1 or ""
        is_known = bool(_COMMIT.fullmatch(git_sha1))
    if not is_known or size < 0:
        raise ModelUnavailable(
            f"The hub does not say how to check {sibling.name} of {hub_id}, so it is not "
            "fetched: try again later."
        )
    return ManifestFile(sibling.name, size, sha256, git_sha1)
