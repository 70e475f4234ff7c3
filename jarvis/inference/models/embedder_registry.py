"""The models that make vectors which we know: pinned, measured, and for whose mail.

What is measured is measured on questions to messages: docs/models.md shows the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jarvis.inference.models.record import Embedding, EngineName, ModelRecord
from jarvis.records import Record

STATIC: Final = ModelRecord(
    name="static",
    path=None,
    engine="static",
    prompt_style="chat",
    licence="Apache-2.0",
    context_tokens=512,
    size_bytes=4_029_160,
    memory_bytes=20_000_000,
    embedding=Embedding(
        dims=128, max_tokens=512, threshold=0.28, single_weight=0.6, revision="1"
    ),
)
"""The shipped table, which is always there."""


class KnownEmbedder(Record, frozen=True, kw_only=True):
    """A model of the hub that was looked at; `name` is its id there."""

    name: str
    revision: str
    """The commit that is pulled, even when the repository has newer ones."""
    licence: str
    download_bytes: int
    memory_bytes: int
    description: str
    engine: EngineName = "bert"
    embedding: Embedding


KNOWN_EMBEDDERS: Final = (
    KnownEmbedder(
        name="sentence-transformers/all-MiniLM-L6-v2",
        revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        licence="Apache-2.0",
        download_bytes=91_400_000,
        memory_bytes=120_000_000,
        description="For English mail.",
        embedding=Embedding(
            dims=384, max_tokens=256, threshold=0.19, single_weight=0.6
        ),
    ),
    KnownEmbedder(
        name="intfloat/multilingual-e5-small",
        revision="614241f622f53c4eeff9890bdc4f31cfecc418b3",
        licence="MIT",
        download_bytes=488_200_000,
        memory_bytes=480_000_000,
        description="For mail in other languages, and questions in another one.",
        embedding=Embedding(
            dims=384,
            query_prefix="query: ",
            passage_prefix="passage: ",
            max_tokens=512,
            threshold=0.8,
            single_weight=0.6,
            languages="many",
        ),
    ),
    KnownEmbedder(
        name="ibm-granite/granite-embedding-97m-multilingual-r2",
        revision="835ad14087e140460703cf0fae09f97d469d65c2",
        licence="Apache-2.0",
        download_bytes=220_200_000,
        memory_bytes=1_000_000_000,
        engine="sentence",
        description="Newer, for many languages; needs sentence-transformers installed.",
        embedding=Embedding(
            dims=384,
            pooling="cls",
            max_tokens=512,
            threshold=0.3,
            single_weight=0.6,
            languages="many",
        ),
    ),
)

_ENGLISH, _MANY = KNOWN_EMBEDDERS[:2]
_MOSTLY: Final = 0.95
"""From this share of English on, what a model knows of other languages is not missed."""


class SuitedEmbedder(Record, frozen=True):
    """The model that somebody's mail calls for, and why, as the end of a sentence."""

    model: KnownEmbedder
    reason: str


def suited_embedder(languages: Mapping[str, int]) -> SuitedEmbedder:
    """What suits mail of which so many messages are in which language, by its name."""
    known = sum(languages.values())
    if not known:
        return SuitedEmbedder(
            _MANY, "too little mail is here to tell its language, and it knows many"
        )
    english = languages.get("English", 0) / known
    if english >= _MOSTLY:
        return SuitedEmbedder(
            _ENGLISH, f"{_percent(english)} of your mail is in English"
        )
    ranked = sorted(languages.items(), key=lambda each: -each[1])
    shares = [
        f"{_percent(count / known)} {name}" for name, count in ranked[:3] if count
    ]
    return SuitedEmbedder(_MANY, f"of your mail {' and '.join(shares)}")


def _percent(share: float) -> str:
    """In whole percent, never rounded up to all."""
    return f"{int(share * 100)} %"


def known_embedder(name: str) -> KnownEmbedder | None:
    """The one of that id, or of that name within its organisation, in any case."""
    wanted = name.casefold()
    for model in KNOWN_EMBEDDERS:
        full = model.name.casefold()
        if wanted in (full, full.partition("/")[2]):
            return model
    return None
