"""The SQL of the stores by name; each query is one file in sql/, read when imported.

`{name}` in a file stands for another file, so that what several queries share, a condition
or the columns of a message, is written once. What contract/sql/ shows is the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

JOINED: Final = 50
"""So many queries are joined into one: SQLite takes 500, and a million letters of them."""

_FOLDER: Final = Path(__file__).parent / "sql"
_PART: Final = re.compile(r"\{(?P<name>\w+)\}")
_COMMENT: Final = re.compile(r"^--.*\n", re.MULTILINE)


def load_query(name: str) -> str:
    """The text of sql/<name>.sql, with its parts in their places."""
    return _PART.sub(_part, _read(name))


def several(query: Callable[[int], str], rowids: Sequence[int]) -> Iterator[str]:
    """The query of each of these rows, together in as few statements as SQLite takes."""
    for at in range(0, len(rowids), JOINED):
        yield " UNION ALL ".join(
            f"SELECT * FROM ({query(rowid)})" for rowid in rowids[at : at + JOINED]
        )


def listed(values: Iterable[int | str]) -> str:
    """The value for `IN (SELECT value FROM json_each(?))`."""
    return msgspec.json.encode([*values]).decode()


def _part(reference: re.Match[str]) -> str:
    """A part says what it is in its own file; in a query it would only be in the way."""
    return _COMMENT.sub("", _PART.sub(_part, _read(reference["name"]))).rstrip()


@cache
def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
