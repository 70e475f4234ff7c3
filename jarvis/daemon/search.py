"""Search as a service: on connections of its own, so that no page waits for a search."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final

import aiosqlite

from jarvis.daemon.mail import Mail
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.protocol.methods.search import (
    IndexState,
    SearchResults,
    SemanticSearchParams,
)
from jarvis.records import Message
from jarvis.search.looking import Looker
from jarvis.search.meaning import Meaning
from jarvis.search.searching import Searcher
from jarvis.stores.chatdb import Directory, messages_by_id
from jarvis.stores.jarvisdb import open_reader

MOST_CONNECTIONS: Final = 3
"""Searches that look at a time: who types on does not wait for the question before."""
STOP_S: Final = 0.005
"""So long a statement may still take before it is interrupted, and again."""


class Search:
    """Answers searches from the index as it is; `mail` is for it alone."""

    def __init__(
        self,
        path: Path,
        mail: Mail,
        pool: EmbedderPool,
        progress: Callable[[], IndexState],
    ) -> None:
        self._mail = mail
        self._connections = Connections(path)
        self._meaning = Meaning(self._connections.connect)
        looker = Looker(self._meaning, pool)
        self._searcher = Searcher(self._connections.connect, looker, self, progress)

    async def search(self, params: SemanticSearchParams) -> SearchResults:
        """See Searcher."""
        return await self._searcher.search(params)

    @property
    def directory(self) -> Directory:
        """See Mailbox."""
        return self._mail.directory

    async def messages(self, rowids: Sequence[int]) -> list[Message]:
        """See Mailbox."""
        return await messages_by_id(
            await self._mail.chat_db(), self._mail.directory, rowids
        )

    def forget(self) -> None:
        """Let go of what is in memory of an index that was emptied."""
        self._searcher.forget()
        self._meaning.drop()

    async def close(self) -> None:
        """Let go of the databases."""
        await self._meaning.close()
        await self._connections.close()
        await self._mail.close()


class Connections:
    """To jarvis.db, for reading; opened as they are needed, and kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._free: list[aiosqlite.Connection] = []

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[aiosqlite.Connection]:
        """One that sees jarvis.db as it is now, for the length of the block.

        Raises:
            StoreUnavailable: jarvis.db cannot be read.
        """
        async with self._turns:
            db = self._free.pop() if self._free else await open_reader(self._path)
            try:
                await db.execute("BEGIN")
                yield db
            finally:
                await asyncio.shield(self._give_back(db))

    async def _give_back(self, db: aiosqlite.Connection) -> None:
        # Waits its turn behind what the block had begun, which nobody waits for any more.
        idle = asyncio.ensure_future(db.execute("SELECT 1"))
        while not (await asyncio.wait([idle], timeout=STOP_S))[0]:
            await db.interrupt()
        with contextlib.suppress(sqlite3.OperationalError):  # it was interrupted itself
            await idle
        if db.in_transaction:
            await db.execute("ROLLBACK")
        self._free.append(db)

    async def close(self) -> None:
        """Let go of them."""
        while self._free:
            await self._free.pop().close()
