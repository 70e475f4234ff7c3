"""Messages that stand in a chat a second time, under another guid."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final

import msgspec

from jarvis.stores.apple_time import NS_PER_S
from jarvis.stores.chatdb.opening import ChatDb
from jarvis.stores.chatdb.rows import URL_BALLOON
from jarvis.stores.queries import load_query

_TWINS: Final = load_query("chatdb_twins")
_LINK_NS: Final = 90 * NS_PER_S
"""A link may be written a second time, with its preview, within this."""


async def twins_of(db: ChatDb, rowids: Sequence[int]) -> dict[int, int]:
    """Which of these rows say what an earlier row says: its ROWID by theirs.

    Raises:
        StoreUnavailable: chat.db can no longer be read.
    """
    asked = {"rowids": msgspec.json.encode(list(rowids)).decode()}
    suspects = frozenset(rowids)

    def make(rows: list[tuple[Any, ...]]) -> dict[int, int]:
        return _paired(rows, suspects)

    return await db.made(_TWINS, asked, make)


def _paired(
    rows: Sequence[tuple[Any, ...]], suspects: frozenset[int]
) -> dict[int, int]:
    """Rows, lowest first, held against those before them that say the same."""
    twins: dict[int, int] = {}
    said: dict[Hashable, list[tuple[int, int]]] = {}
    for chat, date, rowid, *content in rows:
        span = _LINK_NS if URL_BALLOON in content else 0
        earlier = said.setdefault((chat, *content), [])
        if rowid in suspects:
            near = [at for moment, at in earlier if 0 <= date - moment <= span]
            twins.update({rowid: near[-1]} if near else {})
        earlier.append((date, rowid))
    return twins
