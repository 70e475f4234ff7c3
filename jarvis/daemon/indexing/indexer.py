"""The search index as a service: what it is at, steering it, and letting it go."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, Literal

import aiosqlite

from jarvis.daemon.inbox import Committed, Inbox
from jarvis.daemon.inbox.changes import Reset
from jarvis.daemon.indexing.embedding import DRAFT_S, Embedding, news
from jarvis.daemon.indexing.following import WordFollower
from jarvis.daemon.indexing.reading import MailReader
from jarvis.daemon.indexing.segmenting import Segmenter
from jarvis.daemon.indexing.throttle import DRAFTING, FEW_TEXTS, Throttle
from jarvis.daemon.logs import traced
from jarvis.daemon.mail import Mail
from jarvis.errors import JarvisError, NoModelChosen, StoreUnavailable
from jarvis.inference.pool.embedding import EmbedderPool
from jarvis.machine import Machine, give_back_memory
from jarvis.protocol.methods.search import IndexState
from jarvis.stores.index.state import get_state, put_state
from jarvis.stores.jarvisdb import JarvisDb

Action = Literal["start", "pause", "rebuild"]

TELL_S: Final = 0.4
"""Progress is told no more often; another state always is."""
RETRY_S: Final = 60.0
"""How long it waits after a disk that is full, or a model that fails."""
FILE_S: Final = 0.2
"""How often it is looked whether another chat.db is read by now: it takes a moment."""
FILE_RETRY_S: Final = 5.0
"""The same where that file cannot be read."""
HELD: Final = "paused"
"""In the index's state, and kept when it is emptied: who does not want it made, and why."""
USER: Final = "user"
FORGOTTEN: Final = "forgotten"
_REASONS: Final = {
    USER: "You paused it; `jarvis index start` goes on.",
    FORGOTTEN: "It was deleted; `jarvis index start` makes it anew.",
}

BROKEN: Final = "Something is wrong in Jarvis itself; daemon.log says what."

log = logging.getLogger("jarvis.index")


def _waits(objection: str) -> str:
    return f"It waits: {objection}."


class Indexer:
    """Made with the databases; `run` works until cancelled. See the package.

    `publish` hears of progress, a few times a second at most.
    """

    def __init__(
        self,
        inbox: Inbox,
        writer: JarvisDb,
        reader: aiosqlite.Connection,
        pool: EmbedderPool,
        machine: Machine,
        *,
        is_drafting: Callable[[], bool],
        publish: Callable[[IndexState], None],
    ) -> None:
        self._inbox = inbox
        self._writer = writer
        self._reader = reader
        self._publish = publish
        self._mail = MailReader(Mail(inbox, reader))
        self._segmenter = Segmenter(writer)
        self._words = WordFollower(inbox, self._mail, writer, reader, self._segmenter)
        self._is_drafting = is_drafting
        self._throttle = Throttle(machine, is_drafting)
        self._embedding = Embedding(
            pool,
            writer,
            reader,
            self._throttle,
            is_allowed=lambda: self._held is None and self._words.is_whole,
            on_change=self._tell,
        )
        self._held: str | None = None
        self._is_running = False
        self._is_building = False
        self._problem: str | None = None
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()  # a step, or what a person asks for
        self._told: IndexState | None = None
        self._told_s = 0.0
        pool.followers.append(self._another_model)

    def follow(self, committed: Committed) -> None:
        """What was stored is to be found, and what went is not."""
        self._words.note(committed)
        if committed.reset is Reset.EVERYTHING:
            self._held = FORGOTTEN
        self._wake()

    def _another_model(self) -> None:
        self._embedding.problem = None
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._embedding.nudge.set()

    # What a person asks for

    async def control(self, action: Action) -> IndexState:
        """Go on, stop until told to go on, or begin anew; how it then stands.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        async with self._turn:
            await self._hold(USER if action == "pause" else None)
            self._throttle.may_drain = action != "pause"
            self._problem = self._embedding.problem = None
            if action == "rebuild":
                await self._empty()
        self._wake()
        self._tell()
        return self.state()

    async def forget(self) -> None:
        """Delete all of it; it stays away until somebody starts it.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        async with self._turn:
            await self._hold(FORGOTTEN)
            await self._empty()
        self._tell()

    async def _empty(self) -> None:
        await self._words.empty()
        self._embedding.reset()

    async def _hold(self, why: str | None) -> None:
        async with self._writer.transaction() as db:
            await put_state(db, {HELD: why})
        self._held = why

    # How it stands

    def state(self) -> IndexState:
        """How far it is, as it is told."""
        words, embedding = self._words, self._embedding
        stage, reason = self._stage()
        is_at_words = stage == "keywords"
        pace = words.pace if is_at_words else embedding.pace
        is_moving = stage in ("keywords", "vectors")
        left = words.rows_left if is_at_words else embedding.wanted
        return IndexState(
            state=stage,
            indexed=words.messages,
            total=words.messages + words.rows_left,
            embedded=embedding.embedded,
            to_embed=embedding.embedded + embedding.wanted,
            per_s=round(pace.per_s, 1) if is_moving else 0.0,
            eta_s=pace.eta_s(left) if is_moving else None,
            model=embedding.model,
            reason=reason,
        )

    def _stage(
        self,
    ) -> tuple[
        Literal["waiting", "keywords", "vectors", "paused", "ready", "failed"],
        str | None,
    ]:
        embedding = self._embedding
        if self._held is not None:
            return "paused", _REASONS[self._held]
        if self._inbox.problem is not None:
            return "waiting", self._inbox.problem
        if self._problem is not None:
            return "failed", self._problem
        if not self._is_running or not self._words.is_loaded:
            return "waiting", None
        if not self._words.is_whole:
            return (
                ("paused", _waits(DRAFTING))
                if self._is_drafting()
                else ("keywords", None)
            )
        if embedding.no_model is not None:
            return "ready", embedding.no_model
        if embedding.problem is not None:
            return "failed", embedding.problem
        if embedding.is_done:
            return "ready", None
        if embedding.objection is not None:
            return "paused", _waits(embedding.objection)
        return "vectors", None

    def _tell(self) -> None:
        """Publish how it stands, unless that was just done."""
        now_s, state = time.monotonic(), self.state()
        told = self._told
        is_other = told is None or (told.state, told.reason) != (
            state.state,
            state.reason,
        )
        if is_other or (state != told and now_s - self._told_s >= TELL_S):
            self._told, self._told_s = state, now_s
            self._publish(state)

    # The work

    async def run(self) -> None:
        """Make the index and keep it up, until cancelled; nothing happens on a timer."""
        await self._inbox.is_listed.wait()
        self._held = self._held or (await get_state(self._reader)).get(HELD)
        self._is_running = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_words())
                tasks.create_task(self._keep_vectors())
        finally:
            await self._mail.close()

    async def _keep_words(self) -> None:
        while True:
            self._news.clear()
            has_more, again_in_s = False, self._segmenter.due_in_s
            try:
                async with self._turn:
                    has_more = await self._step()
                self._problem = None
                again_in_s = self._due_in_s()
            except StoreUnavailable as error:
                self._problem, again_in_s = str(error), RETRY_S
            except Exception as error:  # a boundary: nobody else waits for it
                log.error("the index cannot go on: %s", traced(error))
                self._problem, again_in_s = BROKEN, RETRY_S
            self._tell()
            self._is_building = self._is_building or not self._words.is_whole
            if has_more:
                await asyncio.sleep(0)
                continue
            if self._is_building and self._words.is_whole:
                self._is_building = False
                await self._mail.close()
                await self._give_back()
            self._embedding.nudge.set()
            await news(self._news, again_in_s)

    def _due_in_s(self) -> float | None:
        """When there will be something to do, if nobody tells of it before."""
        if self._words.is_between_files:
            return FILE_RETRY_S if self._inbox.problem else FILE_S
        if self._is_drafting() and self._held is None and not self._words.is_whole:
            return DRAFT_S
        return self._segmenter.due_in_s

    async def _give_back(self) -> None:
        """Much was done, and what it was done with is not needed for long."""
        await self._writer.shrink()
        await self._reader.execute("PRAGMA shrink_memory")
        await asyncio.to_thread(give_back_memory)

    async def _step(self) -> bool:
        if self._held == FORGOTTEN:
            return False
        is_held = self._held is not None or self._is_drafting()
        return await self._words.step(only_new=is_held)

    async def _keep_vectors(self) -> None:
        embedding = self._embedding
        while True:
            embedding.nudge.clear()
            again_in_s = None
            if self._held is None and self._words.is_whole:
                try:
                    if await embedding.embed_all() > FEW_TEXTS:
                        await self._give_back()
                except NoModelChosen:
                    again_in_s = None
                except JarvisError as error:
                    embedding.problem, again_in_s = str(error), RETRY_S
                except Exception as error:  # a boundary, as above
                    log.error("vectors cannot be made: %s", traced(error))
                    embedding.problem, again_in_s = BROKEN, RETRY_S
                self._tell()
            await news(embedding.nudge, again_in_s)
