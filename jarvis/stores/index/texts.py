"""Each text once: how a message finds its text, and when the last one lets go of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import aiosqlite

from jarvis.stores.index.chunks import remove_vectors
from jarvis.stores.index.records import IndexedMessage, Kind, Ref

_HASH_BYTES: Final = 16
_USE: Final = """
INSERT INTO search_text (hash, body, uses, embed) VALUES (?, ?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET
  uses = uses + excluded.uses, embed = max(embed, excluded.embed)
"""
_WANT: Final = """
INSERT INTO search_wanted
SELECT 0, id, ?2 FROM search_text
WHERE id = ?1 AND embed AND NOT EXISTS (
  SELECT 1 FROM search_vector
  WHERE kind = 0 AND ref = ?1
    AND slot >> 32 = (SELECT coalesce(max(id), 0) FROM search_model)
)
ON CONFLICT DO UPDATE SET date_ms = max(date_ms, excluded.date_ms)
"""


def text_hash(text: str) -> bytes:
    """What a text is found by."""
    data = text.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=_HASH_BYTES).digest()


def stored(text: str) -> str | bytes:
    """A text as SQLite takes it: bytes where it is no Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def restored(value: str | bytes) -> str:
    """The text that was stored so."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


async def use_texts(
    db: aiosqlite.Connection, messages: Sequence[IndexedMessage]
) -> dict[bytes, int]:
    """One use more for the text of each message; their ids by hash. In a transaction."""
    hashes = [text_hash(message.text) for message in messages]
    uses = Counter(hashes)
    bodies = dict(zip(hashes, (message.text for message in messages), strict=True))
    embed = {
        hashed
        for hashed, message in zip(hashes, messages, strict=True)
        if message.embed
    }
    await db.executemany(
        _USE,
        [(key, stored(text), uses[key], key in embed) for key, text in bodies.items()],
    )
    ids = await text_ids(db, bodies)
    newest: dict[int, int] = {}
    for hashed, message in zip(hashes, messages, strict=True):
        if message.embed:
            text_id = ids[hashed]
            newest[text_id] = max(message.date_ms, newest.get(text_id, message.date_ms))
    await db.executemany(_WANT, newest.items())
    return ids


async def text_ids(
    db: aiosqlite.Connection, hashes: Collection[bytes]
) -> dict[bytes, int]:
    """The ids of those that are there, by hash; at most 1,000 at a time."""
    places = ", ".join("?" * len(hashes))
    sql = f"SELECT hash, id FROM search_text WHERE hash IN ({places})"
    return {bytes(key): id_ for key, id_ in await db.execute_fetchall(sql, [*hashes])}


async def release_texts(db: aiosqlite.Connection, uses: Mapping[int, int]) -> None:
    """So many uses fewer; what nobody says any more goes. In a transaction."""
    await db.executemany(
        "UPDATE search_text SET uses = uses - ?2 WHERE id = ?1", uses.items()
    )
    places = ", ".join("?" * len(uses))
    sql = f"SELECT id FROM search_text WHERE id IN ({places}) AND uses <= 0"
    unused = [row[0] for row in await db.execute_fetchall(sql, [*uses])]
    if unused:
        await remove_vectors(db, [Ref(Kind.TEXT, id_) for id_ in unused])
        await _delete(db, unused)


async def _delete(db: aiosqlite.Connection, ids: Iterable[int]) -> None:
    await db.executemany(
        "DELETE FROM search_text WHERE id = ?", [(id_,) for id_ in ids]
    )
