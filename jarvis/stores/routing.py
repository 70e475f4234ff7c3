"""How answers came about, in jarvis.db: so that the metrics outlive the daemon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiosqlite

KEPT_REQUESTS: Final = 1_000
"""So many of the newest are kept."""


async def append(db: aiosqlite.Connection, request: bytes) -> None:
    """Keep one more, as JSON; the oldest go. Inside a transaction."""
    await db.execute("INSERT INTO routed (request) VALUES (?)", (request.decode(),))
    await db.execute(
        "DELETE FROM routed WHERE id <= (SELECT max(id) FROM routed) - ?",
        (KEPT_REQUESTS,),
    )


async def requests(db: aiosqlite.Connection) -> list[str]:
    """All that are kept, as JSON, oldest first."""
    rows = await db.execute_fetchall("SELECT request FROM routed ORDER BY id")
    return [request for (request,) in rows]


async def write_use(db: aiosqlite.Connection, use: Mapping[str, bytes]) -> None:
    """How methods were used, as JSON by name. Inside a transaction."""
    await db.executemany(
        "INSERT INTO method_use VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET use = excluded.use",
        [(method, encoded.decode()) for method, encoded in use.items()],
    )


async def read_use(db: aiosqlite.Connection) -> dict[str, str]:
    """How methods were used, as JSON by name."""
    rows = await db.execute_fetchall("SELECT method, use FROM method_use")
    return {str(method): str(use) for method, use in rows}


async def write_dropped(db: aiosqlite.Connection, dropped: Mapping[str, int]) -> None:
    """How many texts were not offered, by reason. Inside a transaction."""
    await db.executemany(
        "INSERT INTO dropped_texts VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET count = excluded.count",
        list(dropped.items()),
    )


async def read_dropped(db: aiosqlite.Connection) -> dict[str, int]:
    """How many texts were not offered, by reason."""
    rows = await db.execute_fetchall("SELECT reason, count FROM dropped_texts")
    return {str(reason): int(count) for reason, count in rows}
