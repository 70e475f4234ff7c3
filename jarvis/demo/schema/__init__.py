"""Apple's table definitions, cut to what one version of macOS has.

The SQL beside this file marks each column and index with the versions it belongs to;
chatdb() keeps what a profile knows and splits it into the order of a fast build.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

PROFILES = (13, 14, 15, 26, 27)
"""The versions of macOS whose shape is known; 27 stands for the late builds of 26."""

_MARK = re.compile(r"\s*-- (\d+)(?: (\d+))?$")
_COLUMN = re.compile(r"  (?!UNIQUE|PRIMARY KEY|CHECK)\w+ ")


@dataclass(frozen=True, slots=True)
class Schema:
    """The statements of one profile: indexes and triggers go in after the rows."""

    tables: tuple[str, ...]
    indexes: tuple[str, ...]
    triggers: tuple[str, ...]


def chatdb(profile: int) -> Schema:
    """Messages' chat.db as that version of macOS creates it.

    Raises:
        ValueError: profile is not one of PROFILES.
    """
    if profile not in PROFILES:
        known = ", ".join(map(str, PROFILES))
        raise ValueError(f"no schema for macOS {profile}: choose one of {known}")
    kept = [fitted for s in _statements("chatdb.sql") if (fitted := _fit(s, profile))]
    return Schema(
        *(
            tuple(s for s in kept if s.startswith(f"CREATE {kind} "))
            for kind in ("TABLE", "INDEX", "TRIGGER")
        )
    )


def addressbook() -> str:
    """One store of the Contacts app, as a script for executescript."""
    return "\n".join(_statements("addressbook.sql"))


def _statements(name: str) -> Iterator[str]:
    """Each statement of the file with its marks, other comments left out."""
    statement = ""
    for line in (files(__name__) / name).read_text("utf-8").splitlines(keepends=True):
        if line.startswith("--"):
            continue
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""


def _fit(statement: str, profile: int) -> str | None:
    """The statement without its marks and foreign lines; None if nothing is left."""
    is_table = statement.startswith("CREATE TABLE ")
    kept = []
    for line in statement.splitlines():
        mark = _MARK.search(line)
        if not mark or int(mark[1]) <= profile <= int(mark[2] or profile):
            kept.append(_MARK.sub("", line))
        elif not is_table:
            return None
    if is_table and not any(_COLUMN.match(line) for line in kept):
        return None
    return re.sub(r",\n\)", "\n)", "\n".join(kept))
