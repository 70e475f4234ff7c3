"""Messages by their words: the newest that have them, the best of those first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, Final

import aiosqlite

from jarvis.stores.index.fold import fold
from jarvis.stores.index.records import USER, Filters, KeywordHit
from jarvis.stores.index.texts import restored
from jarvis.stores.queries import listed

RANKED: Final = 3_000
"""So many of the newest matches are ranked: of a common word that is time enough."""
TYPED: Final = 3
"""From so many letters on a word that is being typed is looked for by its beginning."""
MAY_GO_ON: Final = 4
"""From so many letters on a word counts as had where a longer one begins with it."""
_COUNTED: Final = 30_000
"""A word that more messages have is as common as any."""
_KEPT: Final = 0.5
"""So much of the query's weight a hit has, or it is none."""

_RANK: Final = """
SELECT id, score FROM (
  SELECT search_words.rowid AS id, -bm25(search_words, 1.0, 0.0) AS score
  FROM search_words {join}
  WHERE search_words MATCH ? {where}
  ORDER BY search_words.rowid DESC LIMIT ?
) ORDER BY score DESC, id DESC LIMIT ?
"""
_NEWEST: Final = """
SELECT search_words.rowid FROM search_words {join}
WHERE search_words MATCH ? {where} ORDER BY search_words.rowid DESC LIMIT ?
"""
_JOIN: Final = "JOIN search_message AS m ON m.id = search_words.rowid"
_COUNT: Final = """
SELECT count(*) FROM (SELECT 1 FROM search_words WHERE search_words MATCH ? LIMIT ?)
"""
_FOUND: Final = """
SELECT m.id, t.body, m.extra FROM search_message AS m
JOIN search_text AS t ON t.id = m.text_id
WHERE m.id IN (SELECT value FROM json_each(?))
"""


async def word_weights(
    db: aiosqlite.Connection, words: Sequence[str]
) -> dict[str, float]:
    """What each word of a query weighs, in their order: by how few messages have it."""
    ((newest,),) = await db.execute_fetchall("SELECT max(id) FROM search_message")
    weights = {}
    for word in words:
        asked = (_match(_quoted(word), Filters()), _COUNTED)
        ((count,),) = await db.execute_fetchall(_COUNT, asked)
        weights[word] = log(1 + max(newest or 0, count) / (count + 1))
    return weights


async def keyword_hits(
    db: aiosqlite.Connection,
    words: Sequence[str],
    filters: Filters,
    limit: int,
    *,
    weights: Mapping[str, float] | None = None,
) -> list[KeywordHit]:
    """Messages that have words of the query (`words_of`), the best first.

    Those with all words come first, wherever they stand in the history; then those that
    have at least half of the query's weight. `weights` are those of `word_weights`, for
    whoever has them already.
    """
    if not words:
        return []
    if weights is None:
        one = {words[0]: 1.0}
        weights = one if len(words) == 1 else await word_weights(db, words)
    scores = await _ranked(db, _joined(words, "AND"), filters, limit)
    if len(words) > 1 and len(scores) < limit:
        some = await _ranked(db, _joined(_heavy(weights), "OR"), filters, limit)
        scores = some | scores
    return await _hits(db, scores, weights, limit)


async def typed_hits(
    db: aiosqlite.Connection, words: Sequence[str], filters: Filters, limit: int
) -> list[int]:
    """Ids of messages that have all words, the last one perhaps not typed to its end.

    The newest first; nothing is ranked, so that every key is answered at once.
    """
    if not words or len(words[-1]) < TYPED:
        return []
    sql, tail = _sql(_NEWEST, filters)
    match = _match(f"{_joined(words, 'AND')} *", filters)
    rows = await db.execute_fetchall(sql, (match, *tail, limit))
    return [row[0] for row in rows]


def has_word(folded: str, word: str) -> bool:
    """Whether a folded text has the word, or from four letters on a longer one."""
    text = f" {folded} "
    return f" {word} " in text or (len(word) >= MAY_GO_ON and f" {word}" in text)


async def _ranked(
    db: aiosqlite.Connection, expression: str, filters: Filters, limit: int
) -> dict[int, float]:
    sql, tail = _sql(_RANK, filters)
    asked = (_match(expression, filters), *tail, RANKED, limit)
    rows = await db.execute_fetchall(sql, asked)
    return {row[0]: row[1] for row in rows}


def _heavy(weights: Mapping[str, float]) -> list[str]:
    """The words of which a hit must have one: the others together weigh too little."""
    light = 0.0
    least = _KEPT * sum(weights.values())
    heavy = sorted(weights, key=weights.__getitem__)
    while light + weights[heavy[0]] < least:
        light += weights[heavy.pop(0)]
    return heavy


async def _hits(
    db: aiosqlite.Connection,
    scores: Mapping[int, float],
    weights: Mapping[str, float],
    limit: int,
) -> list[KeywordHit]:
    rows = await db.execute_fetchall(_FOUND, (listed(scores),))
    # In a thread: to fold a thousand texts would hold everybody else.
    return await asyncio.to_thread(_best, rows, scores, weights, limit)


def _best(
    rows: Iterable[Any],
    scores: Mapping[int, float],
    weights: Mapping[str, float],
    limit: int,
) -> list[KeywordHit]:
    hits = [_hit(row, scores[row[0]], weights) for row in rows]
    kept = [hit for hit in hits if hit.coverage >= _KEPT]
    kept.sort(key=lambda hit: (hit.coverage == 1.0, hit.score, hit.id), reverse=True)
    return kept[:limit]


def _hit(row: Any, score: float, weights: Mapping[str, float]) -> KeywordHit:
    id_, body, extra = row
    folded = fold(f"{restored(body)}\n{restored(extra or '')}")
    matched = {at for at, word in enumerate(weights) if has_word(folded, word)}
    if len(matched) == len(weights):
        return KeywordHit(id_, score, frozenset(matched), 1.0)
    weight = list(weights.values())
    coverage = sum(weight[at] for at in matched) / sum(weight)
    return KeywordHit(id_, score, frozenset(matched), coverage)


def _joined(words: Sequence[str], operator: str) -> str:
    return f" {operator} ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """A folded word holds letters and spaces only, so nothing of it is an operator."""
    return f'"{word}"'


def _match(expression: str, filters: Filters) -> str:
    """What FTS5 is asked: the words in `text`, and what the message must be in `meta`."""
    match = f"(text : ({expression}))"
    if filters.chats is not None:
        match += f" AND {_any(f'c{chat}' for chat in filters.chats)}"
    if filters.senders is not None:
        match += f" AND {_any(f's{sender}' for sender in filters.senders)}"
    for is_asked, token in (
        (filters.from_me, f"s{USER}"),
        (filters.has_attachment, "a"),
    ):
        if is_asked is not None:
            match = f"({match}) {'AND' if is_asked else 'NOT'} {_any([token])}"
    return match


def _any(tokens: Iterable[str]) -> str:
    """A token no message has stands for none of them."""
    return f"(meta : ({' OR '.join(map(_quoted, tokens)) or _quoted('none')}))"


def _sql(query: str, filters: Filters) -> tuple[str, list[int]]:
    """The query with the filters that are no words, and their values."""
    where, values = "", []
    for test, value in (
        ("m.date_ms >=", filters.after_ms),
        ("m.date_ms <", filters.before_ms),
    ):
        if value is not None:
            where += f" AND {test} ?"
            values.append(value)
    return query.format(join=_JOIN if where else "", where=where), values
