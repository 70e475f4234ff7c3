"""Models that search: what is known of them, and which suits whose mail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from jarvis.inference.models.embedder_registry import (
    KNOWN_EMBEDDERS,
    STATIC,
    KnownEmbedder,
    known_embedder,
    suited_embedder,
)
from jarvis.inference.models.registry import known_model

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "models.md"
MINILM, E5, GRANITE = (known.name for known in KNOWN_EMBEDDERS)


@pytest.mark.parametrize(
    ("languages", "suits", "because"),
    [
        ({"English": 95, "German": 5}, MINILM, "95 % of your mail is in English"),
        ({"English": 94, "German": 6}, E5, "of your mail 94 % English and 6 % German"),
        ({"English": 999, "German": 1}, MINILM, "99 % of your mail is in English"),
        ({"Spanish": 10}, E5, "of your mail 100 % Spanish"),
        ({}, E5, "too little mail is here"),
    ],
)
def test_mail_that_is_nearly_all_english_calls_for_another_model(
    languages: dict[str, int], suits: str, because: str
) -> None:
    """From 95 of a hundred on; the reason says what was counted."""
    found = suited_embedder(languages)
    assert found.model.name == suits
    assert found.reason.startswith(because)


@pytest.mark.parametrize("known", KNOWN_EMBEDDERS, ids=lambda known: known.name)
def test_the_document_shows_it_as_it_is(known: KnownEmbedder) -> None:
    """Size, memory, licence and the sentence for a person."""
    row = (
        f"| `{known.name}` | {known.licence}. | {known.download_bytes / 1e9:.2f} GB | "
        f"{known.memory_bytes / 1e9:.1f} GB | {known.description} |"
    )
    assert row in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_each_is_pinned_and_described() -> None:
    """A commit, terms, sizes, and what it needs before its texts."""
    for known in KNOWN_EMBEDDERS:
        assert re.fullmatch("[0-9a-f]{40}", known.revision)
        assert known.licence in ("Apache-2.0", "MIT")
        assert known.download_bytes > 10**7
        assert 0 < known.embedding.threshold < 1
        assert 0 < known.embedding.single_weight <= 1
        assert known_model(known.name) is None
    assert known_embedder("ALL-minilm-l6-v2") is known_embedder(MINILM)
    assert known_embedder("static") is None
    e5 = known_embedder(E5)
    assert e5 is not None
    assert e5.embedding.prefix("query") == "query: "
    assert e5.embedding.prefix("passage") == "passage: "
    assert STATIC.embedding is not None
    assert STATIC.embedding.prefix("query") == ""
