"""Columns that an older system lacks, stood in for, so that a query may name them all."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def stand_in(
    table: str, there: Collection[str], wanted: Mapping[str, str]
) -> str | None:
    """A temporary view in front of a table that lacks some of its wanted columns.

    It hides the table of its name, and SQLite reads through it at no cost. None when
    nothing is missing; empty where the table itself is.

    Args:
        table: its name.
        there: the columns that it has.
        wanted: SQL of the value to stand in, by column.
    """
    if all(name in there for name in wanted):
        return None
    chosen = ", ".join(
        f"{name if name in there else value} AS {name}"
        for name, value in wanted.items()
    )
    source = f"FROM main.{table}" if there else "WHERE 0"
    return f"CREATE TEMP VIEW {table} AS SELECT {chosen} {source}"
