"""What was submitted to Messages, in jarvis.db: noted before it is done, so never twice."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, Literal

import aiosqlite
import msgspec

from jarvis.later import later
from jarvis.records import ChatId

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = later("hashlib")

SendState = Literal[
    "begun", "accepted", "sent", "delivered", "read", "failed", "unknown"
]
KEPT_MS: Final = 30 * 24 * 3600 * 1000
"""How long a key is remembered: a month."""

NOT_YET_OUT: Final = "Messages has it, and it has not gone out yet."
"""Why a message is unknown that stands in chat.db."""

_COLUMNS: Final = (
    "idempotency_key, chat_id, text_hash, after_rowid, status, guid, reason, begun_ms"
)


class SendingRow(msgspec.Struct, frozen=True):
    """One act of sending. `begun`: it may or may not have been submitted."""

    idempotency_key: str
    chat_id: ChatId
    text_hash: bytes
    after_rowid: int
    status: SendState
    guid: str | None
    reason: str | None
    begun_ms: int


def hash_of(text: str) -> bytes:
    """What a text is found again by; blanks at its ends do not matter, Messages trims."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).digest()


async def find(db: aiosqlite.Connection, idempotency_key: str) -> SendingRow | None:
    """The act that has this key."""
    sql = f"SELECT {_COLUMNS} FROM sending WHERE idempotency_key = ?"
    for row in await db.execute_fetchall(sql, (idempotency_key,)):
        return SendingRow(*row)
    return None


async def unsettled(db: aiosqlite.Connection) -> list[SendingRow]:
    """Those of which nobody has said what became of them."""
    sql = f"SELECT {_COLUMNS} FROM sending WHERE status IN ('begun', 'accepted')"
    return [SendingRow(*row) for row in await db.execute_fetchall(sql)]


async def unknown(db: aiosqlite.Connection) -> list[SendingRow]:
    """Those whose message has not appeared."""
    sql = f"SELECT {_COLUMNS} FROM sending WHERE status = 'unknown' AND guid IS NULL"
    return [SendingRow(*row) for row in await db.execute_fetchall(sql)]


async def known_guids(db: aiosqlite.Connection) -> frozenset[str]:
    """The messages that came of acts of sending."""
    sql = "SELECT guid FROM sending WHERE guid IS NOT NULL"
    return frozenset(guid for (guid,) in await db.execute_fetchall(sql))


_RANKS: Final[tuple[SendState, ...]] = (
    "begun",
    "accepted",
    "unknown",
    "sent",
    "delivered",
    "read",
)


def is_further(now: SendState, before: SendState) -> bool:
    """Whether `now` is news to who knows `before`; what failed has failed."""
    if before == "failed" or now == before:
        return False
    if now == "failed":
        return True
    return _RANKS.index(now) > _RANKS.index(before)


async def by_guid(
    db: aiosqlite.Connection, guids: Collection[str]
) -> dict[str, SendingRow]:
    """Acts by the guid of the message that came of them."""
    sql = (
        f"SELECT {_COLUMNS} FROM sending WHERE guid IN (SELECT value FROM json_each(?))"
    )
    asked = (msgspec.json.encode(list(guids)).decode(),)
    rows = [SendingRow(*row) for row in await db.execute_fetchall(sql, asked)]
    return {row.guid: row for row in rows if row.guid is not None}


async def write(db: aiosqlite.Connection, row: SendingRow) -> None:
    """Note how far it is; very old ones are forgotten. Inside a transaction."""
    await db.execute(
        "INSERT OR REPLACE INTO sending VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.idempotency_key,
            row.chat_id,
            row.text_hash,
            row.after_rowid,
            row.status,
            row.guid,
            row.reason,
            row.begun_ms,
        ),
    )
    await db.execute(
        "DELETE FROM sending WHERE begun_ms < ?", (row.begun_ms - KEPT_MS,)
    )
