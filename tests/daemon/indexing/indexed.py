"""An indexer on an inbox that follows Messages, and what can be found in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiosqlite
from msgspec.structs import replace

from jarvis.daemon.indexing import Indexer
from jarvis.inference.kinds import EMBEDDER
from jarvis.inference.models.embedder_selection import resolve_embedder
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.machine import Condition, Machine
from jarvis.protocol.methods.search import IndexState
from jarvis.records import ChatId
from jarvis.stores.index.keywords import keyword_hits
from jarvis.stores.index.reading import messages
from jarvis.stores.index.records import Filters, StoredMessage
from jarvis.stores.jarvisdb import open_reader
from tests.daemon.inbox.followed import Followed

WAIT_S: Final = 60.0
KINDS: Final = replace(EMBEDDER, bulk=replace(EMBEDDER.bulk, resolve=resolve_embedder))
"""As they are, but numpy makes all vectors: torch takes long to begin."""
IDLE: Final = Condition(memory_bytes=16 * 10**9, available_bytes=12 * 10**9)


class Indexed:
    """An indexer while it runs; `told` is all that it published."""

    def __init__(self, followed: Followed, reader: aiosqlite.Connection) -> None:
        self.followed = followed
        self.reader = reader
        self.condition = IDLE
        self.is_drafting = False
        self.told: list[IndexState] = []
        self._news = asyncio.Event()

    def begin(self, pool: EmbedderPool) -> None:
        """Make the indexer, which hears of every commit from now on."""
        self.pool = pool
        self.indexer = Indexer(
            self.followed.inbox,
            self.followed.writer,
            self.reader,
            pool,
            Machine(read=lambda: self.condition, clock=_Clock()),
            is_drafting=lambda: self.is_drafting,
            publish=self._tell,
        )
        self.followed.inbox.follow(self.indexer.follow)

    def _tell(self, state: IndexState) -> None:
        self.told.append(state)
        self._news.set()

    async def is_at(self, state: str) -> IndexState:
        """Wait until it is so far."""
        async with asyncio.timeout(WAIT_S):
            while (now := self.indexer.state()).state != state:
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await self._news.wait()
        return now

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """For as long as a test waits for anything."""
        async with asyncio.timeout(WAIT_S):
            yield

    async def settled(self) -> IndexState:
        """Wait until everything is indexed, what came last too."""
        state = await self.is_at("ready")
        async with asyncio.timeout(WAIT_S):
            while await self.wanted():
                continue  # each question takes a while
        return state

    async def wanted(self) -> int:
        """How many texts and segments are without a vector."""
        return await self.count("search_wanted")

    async def count(self, table: str, where: str = "1") -> int:
        """Rows of a table of the index."""
        sql = f"SELECT count(*) FROM {table} WHERE {where}"
        ((number,),) = await self.reader.execute_fetchall(sql)
        return int(number)

    async def found(self, *words: str) -> list[StoredMessage]:
        """The messages that hold all of these words."""
        hits = await keyword_hits(self.reader, words, Filters(), 100)
        ids = [hit.id for hit in hits if len(hit.matched) == len(words)]
        return [*(await messages(self.reader, ids)).values()]

    async def finds(self, word: str, times: int) -> None:
        """Wait until the word is found so often."""
        async with asyncio.timeout(WAIT_S):
            while len(await self.found(word)) != times:
                continue

    async def ends_in(self, chat_id: ChatId, *last: list[str]) -> None:
        """Wait until these are the last segments of a conversation."""
        async with asyncio.timeout(WAIT_S):
            while (await self.segments(chat_id))[-len(last) :] != [*last]:
                continue

    async def segments(self, chat_id: ChatId) -> list[list[str]]:
        """The texts of each segment of a conversation, oldest first."""
        sql = """
        SELECT g.id, t.body FROM search_segment AS g
        JOIN search_chat AS c ON c.number = g.chat
        JOIN search_message AS m ON m.chat = g.chat
          AND (m.date_ms, m.id) BETWEEN (g.first_ms, g.first_id) AND (g.last_ms, g.last_id)
        JOIN search_text AS t ON t.id = m.text_id
        WHERE c.chat_id = ? ORDER BY g.first_ms, g.first_id, m.date_ms, m.id
        """
        made: dict[int, list[str]] = {}
        for id_, body in await self.reader.execute_fetchall(sql, (chat_id,)):
            made.setdefault(id_, []).append(body)
        return [*made.values()]


class _Clock:
    """Goes on so fast that the machine's condition is read each time."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def __call__(self) -> float:
        self._now_s += 3600
        return self._now_s


@asynccontextmanager
async def running(followed: Followed, pool: EmbedderPool) -> AsyncIterator[Indexed]:
    """An indexer at work for as long as the block runs."""
    reader = await open_reader(followed.writer.path)
    try:
        indexed = Indexed(followed, reader)
        indexed.begin(pool)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(indexed.indexer.run())
            yield indexed
            work.cancel()
    finally:
        await reader.close()
