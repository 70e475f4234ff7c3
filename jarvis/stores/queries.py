"""The SQL of the stores by name; each query is one file in sql/, read when imported."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


def load_query(name: str) -> str:
    """The text of sql/<name>.sql."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
