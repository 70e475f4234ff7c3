"""The addresses of whoever owns the mail, as chats and messages note them."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.queries import load_query

ROWS_SAMPLED: Final = 2_000
"""So many rows, spread over all years, are looked at where the newest tell no number."""

_OWN: Final = load_query("chatdb_own_addresses")
_OLDER: Final = load_query("chatdb_own_addresses_sampled")


async def own_addresses(db: ChatDb) -> tuple[str, ...]:
    """Numbers and e-mail addresses of the owner, the most used first.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    addresses = await _counted(db, _OWN, {})
    if not any(address.startswith("+") for address in addresses):
        ((newest,),) = await db.rows("SELECT max(ROWID) FROM main.message")
        step = max(1, (newest or 0) // ROWS_SAMPLED)
        rowids = list(range(1, (newest or 0) + 1, step))
        asked = {"rowids": msgspec.json.encode(rowids).decode()}
        addresses += await _counted(db, _OLDER, asked)
    return tuple(address for address, _ in addresses.most_common())


async def _counted(db: ChatDb, sql: str, asked: dict[str, str]) -> Counter[str]:
    """Addresses without the mark of their account: "P:+1555…", "E:me@…", "tel:+1555…"."""
    addresses = Counter[str]()
    for (address,) in await db.rows(sql, asked):
        mark, _, rest = str(address or "").strip().rpartition(":")
        if rest and mark.casefold() in ("", "p", "e", "tel", "mailto"):
            addresses[rest] += 1
    return addresses
