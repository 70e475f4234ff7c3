"""What the documents name is there: a newcomer who reads them finds every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
NAMED = re.compile(r"`((?:\w+/)*\w+/\w+\.(?:py|sql|toml))[:`]")
ROOMS = ("jarvis", "contract", "tests", "fixtures", "training", "benchmarks")


def files() -> list[str]:
    """All that we wrote, by their paths from the top, each behind a slash."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.*"))
    return [f"/{path.relative_to(ROOT)}" for path in found]


def names(document: Path) -> set[str]:
    """The files that a document says, but for those whose NAME is to be filled in."""
    text = document.read_text(encoding="utf-8")
    return {name for name in NAMED.findall(text) if "NAME" not in name}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_document_names_is_there(document: Path) -> None:
    """By its path from the top, or by the end of it."""
    there = files()
    missing = [
        name
        for name in sorted(names(document))
        if not any(path.endswith(f"/{name}") for path in there)
    ]
    assert not missing


def test_the_documents_name_files() -> None:
    """The pattern still finds what it is for."""
    assert len(names(ROOT / "ARCHITECTURE.md")) > 30
