"""Schema shims: a table of an older system, read as if it had the newest columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def schema_shim(
    table: str, columns: Collection[str], defaults: Mapping[str, str]
) -> str | None:
    """SQL of a temporary view in front of a table that lacks some columns.

    The view hides the table of its name, and SQLite reads through it at no cost. None
    when nothing is missing; the view is empty where the table itself is missing.

    Args:
        table: its name.
        columns: those that it has.
        defaults: SQL of the value that a missing column reads as, by wanted column.
    """
    if all(name in columns for name in defaults):
        return None
    selected = ", ".join(
        f"{name if name in columns else default} AS {name}"
        for name, default in defaults.items()
    )
    source = f"FROM main.{table}" if columns else "WHERE 0"
    return f"CREATE TEMP VIEW {table} AS SELECT {selected} {source}"
