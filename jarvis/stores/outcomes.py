"""What was offered and what became of it, in jarvis.db: hashes and figures, no text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import aiosqlite

from jarvis.later import later

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = later("hashlib")

KEPT_OFFERS: Final = 2_000
KEPT_OUTCOMES: Final = 2_000
"""So many of the newest are kept."""

_HASH_BYTES: Final = 8


async def hash_key(db: aiosqlite.Connection) -> bytes:
    """The random key of this jarvis.db for hashes of texts."""
    for (key,) in await db.execute_fetchall("SELECT hash_key FROM hashing"):
        return bytes(key)
    raise AssertionError("the migration puts a key there")


def text_hash(key: bytes, text: str) -> bytes:
    """What stands for a text; without the key nobody can tell which."""
    data = text.strip().encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_HASH_BYTES, key=key).digest()


async def note_offers(
    db: aiosqlite.Connection, offers: Iterable[tuple[bytes, float]], now_ms: int
) -> None:
    """Suggestions were shown: their hashes and computed confidences. In a transaction."""
    await db.executemany(
        "INSERT INTO offer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
        " confidence = excluded.confidence, offered_ms = excluded.offered_ms",
        [(hashed, confidence, now_ms) for hashed, confidence in offers],
    )
    await db.execute(
        "DELETE FROM offer WHERE text_hash IN"
        " (SELECT text_hash FROM offer ORDER BY offered_ms DESC LIMIT -1 OFFSET ?)",
        (KEPT_OFFERS,),
    )


async def note_outcome(
    db: aiosqlite.Connection, hashed: bytes, action: str, now_ms: int
) -> None:
    """Somebody said what became of a suggestion. Inside a transaction.

    The first word on an offer counts for its confidence; later ones are kept without.
    """
    sql = "DELETE FROM offer WHERE text_hash = ? RETURNING confidence"
    offered = list(await db.execute_fetchall(sql, (hashed,)))
    confidence = offered[0][0] if offered else None
    await db.execute(
        "INSERT INTO outcome (action, confidence, made_ms) VALUES (?, ?, ?)",
        (action, confidence, now_ms),
    )
    await db.execute(
        "DELETE FROM outcome WHERE id <= (SELECT max(id) FROM outcome) - ?",
        (KEPT_OUTCOMES,),
    )


async def all_outcomes(db: aiosqlite.Connection) -> list[tuple[str, int]]:
    """Action and moment, in milliseconds since 1970, of all that are kept, oldest first."""
    rows = await db.execute_fetchall("SELECT action, made_ms FROM outcome ORDER BY id")
    return [(action, made_ms) for action, made_ms in rows]


async def has_let_go(db: aiosqlite.Connection) -> bool:
    """Whether there were older outcomes than those that are kept."""
    for (oldest,) in await db.execute_fetchall("SELECT min(id) FROM outcome"):
        return oldest is not None and oldest > 1
    raise AssertionError("a minimum is one row")


async def known_outcomes(db: aiosqlite.Connection) -> list[tuple[float, str]]:
    """Computed confidence and action of those whose offer was known, oldest first."""
    rows = await db.execute_fetchall(
        "SELECT confidence, action FROM outcome WHERE confidence IS NOT NULL ORDER BY id"
    )
    return [(confidence, action) for confidence, action in rows]
