"""The models we know, and what the document says of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jarvis.inference.models.registry import REGISTRY, KnownModel, fits_memory
from jarvis.inference.models.selection import is_hub_id

DOCUMENT = Path(__file__).parents[3] / "docs" / "models.md"


@pytest.mark.parametrize("known", REGISTRY, ids=lambda known: known.name)
def test_every_model_we_know_is_pinned(known: KnownModel) -> None:
    """To a commit in full: a branch, or a part of a commit, may come to mean another."""
    assert re.fullmatch("[0-9a-f]{40}", known.revision)
    assert is_hub_id(known.name)
    assert 0 < known.download_bytes < known.memory_bytes


@pytest.mark.parametrize("known", REGISTRY, ids=lambda known: known.name)
def test_the_document_shows_it_as_it_is(known: KnownModel) -> None:
    """Size, memory, licence and the sentence for a person."""
    licence = " ".join(filter(None, (f"{known.licence}.", known.licence_note)))
    row = (
        f"| `{known.name}` | {licence} | {known.download_bytes / 1e9:.2f} GB | "
        f"{known.memory_bytes / 1e9:.1f} GB | {known.description} |"
    )
    assert row in DOCUMENT.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("known", REGISTRY, ids=lambda known: known.name)
def test_a_model_fits_the_machines_it_is_said_to_be_for(known: KnownModel) -> None:
    """With 60 % of their memory left to everything else."""
    for sold_with in re.findall(r"([0-9]+) GB", known.description):
        assert fits_memory(known.memory_bytes, int(sold_with) * 2**30)
