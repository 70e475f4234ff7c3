"""What search is held against: full text as SQLite has it, and a look at every vector."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from jarvis.search.ranking import own_weight
from jarvis.stores.index.segments import MEMBERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOTHING: Final = -1.0


class PlainFullText:
    """FTS5 with its own tokenizer and bm25; any word of the question will do."""

    def __init__(self, says: Mapping[int, str]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
        rows = says.items()
        self._db.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows)

    def find(self, question: str) -> list[int]:
        """Messages, best first."""
        words = re.findall(r"\w+", question)
        query = " OR ".join(f'"{word}"' for word in words)
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 100"
        return [row[0] for row in self._db.execute(sql, (query,))]


class Scanned(NamedTuple):
    """Messages by meaning when every vector is looked at, best first each."""

    single: list[int]
    segment: list[int]
    both: list[int]
    similarities: Mapping[int, float]
    """The higher of its own cosine and of its segments', of each message."""


class Scan:
    """All vectors of an index, read from its jarvis.db."""

    def __init__(self, path: Path, single_weight: float) -> None:
        with closing(sqlite3.connect(path)) as db:
            self._texts, self._text_rows = _vectors(db, 0)
            self._segments, self._segment_rows = _vectors(db, 1)
            self._text_of = dict(db.execute("SELECT id, text_id FROM search_message"))
            self._letters = dict(db.execute("SELECT id, length(body) FROM search_text"))
            self._over = defaultdict(list)
            for segment, message in db.execute(f"SELECT g.id, m.id {MEMBERS}"):
                self._over[message].append(segment)
        self._single_weight = single_weight

    def find(self, question: NDArray[np.float32]) -> Scanned:
        """Messages near the question's vector; none is left out."""
        own = dict(zip(self._texts, self._text_rows @ question, strict=True))
        around = dict(zip(self._segments, self._segment_rows @ question, strict=True))
        single = {
            message: float(own.get(text, _NOTHING))
            for message, text in self._text_of.items()
        }
        segment = {
            message: max(
                float(around.get(each, _NOTHING)) for each in self._over[message]
            )
            for message in single
            if self._over[message]
        }
        both = {
            message: segment.get(message, cosine)
            + self._single_weight
            * own_weight(self._letters[self._text_of[message]])
            * max(cosine, 0.0)
            for message, cosine in single.items()
        }
        nearest = {
            message: max(cosine, segment.get(message, _NOTHING))
            for message, cosine in single.items()
        }
        return Scanned(_ordered(single), _ordered(segment), _ordered(both), nearest)


def _ordered(scores: Mapping[int, float]) -> list[int]:
    """Best first; of equal ones the newer, which has the higher id in the set."""
    return sorted(scores, key=lambda each: (-scores[each], -each))


def _vectors(
    db: sqlite3.Connection, kind: int
) -> tuple[list[int], NDArray[np.float32]]:
    rows: Iterable[tuple[int, float, bytes]] = db.execute(
        "SELECT ref, scale, v FROM search_vector WHERE kind = ?", (kind,)
    )
    refs, scales, values = zip(*rows, strict=True)
    matrix = np.frombuffer(b"".join(values), np.int8).reshape(len(refs), -1)
    return [*refs], matrix * np.array(scales, np.float32)[:, None]
