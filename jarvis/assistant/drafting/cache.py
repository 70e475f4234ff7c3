"""Drafts that were written and are still true, or are being written at this moment.

Who asks in person gets a draft that was made ready for such an ask, once; what is asked
for on the way, such as when a conversation is opened, may be whatever was written before.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple
from weakref import WeakSet

from jarvis.assistant.context import Context
from jarvis.assistant.generation.generate import OnToken
from jarvis.errors import ServerCancelled
from jarvis.inference.engine import Progress
from jarvis.records import ChatId, Draft, StreamPhase

MOST_DRAFTS: Final = 64
"""So many of those asked for last are kept, in memory only."""

Write = Callable[[OnToken, Progress], Awaitable[Draft]]
"""Has a draft written, and tells of it on the way."""


class DraftKey(NamedTuple):
    """All that a draft is written from; another key, another draft.

    The context holds the messages with their edits and reactions. `revision` is the reply
    history's: another one where words in it were changed or taken back.
    """

    chat_id: ChatId
    context: Context
    context_messages: int
    instruction: str | None
    model: str | None
    revision: int


class CachedDraft:
    """One draft, written or being written, for all who read it."""

    def __init__(
        self, num_suggestions: int, connections: Iterable[object] | None = None
    ) -> None:
        """`connections`: those it is made ready for; None: it was asked for in person."""
        self.num_suggestions = num_suggestions
        """How many were asked for; there may be fewer."""
        self.is_made_ready = connections is not None
        self._draft: asyncio.Future[Draft] = asyncio.get_running_loop().create_future()
        self._connections = WeakSet(connections or ())
        self._unanswered = WeakSet(self._connections)
        self._is_for_a_later_one = self.is_made_ready
        self._pieces: list[tuple[str, int]] = []
        self._readers: list[tuple[OnToken, Progress]] = []
        self._writing: asyncio.Task[None] | None = None
        self._on_failed: Callable[[], None] = lambda: None

    @property
    def written(self) -> Draft | None:
        """The draft, once it is whole."""
        is_whole = self._draft.done() and self._draft.exception() is None
        return self._draft.result() if is_whole else None

    def claim(self, connection: object) -> bool:
        """Whether it answers an ask in person, and does not the next time.

        That is once for each connection that was open when it was made ready, and once for
        one that was opened later.
        """
        if connection in self._connections:
            is_first = connection in self._unanswered
            self._unanswered.discard(connection)
            return is_first
        is_first, self._is_for_a_later_one = self._is_for_a_later_one, False
        return is_first

    def is_whole(self, draft: Draft) -> None:
        """It was written elsewhere."""
        self._draft.set_result(draft)

    def begin(
        self, tasks: asyncio.TaskGroup, write: Write, on_failed: Callable[[], None]
    ) -> None:
        """Have it written; it is stopped, and has failed, when nobody reads it any more."""
        self._on_failed = on_failed
        self._writing = tasks.create_task(self._write(write))

    async def read(self, on_token: OnToken, on_progress: Progress) -> Draft:
        """Wait for the whole draft; while it is being written, told of it from its begin.

        Raises:
            JarvisError: it could not be written.
        """
        if (written := self.written) is not None:
            return written
        for text, suggestion in self._pieces:
            on_token(text, suggestion)
        reader = (on_token, on_progress)
        self._readers.append(reader)
        try:
            return await asyncio.shield(self._draft)
        finally:
            self._readers.remove(reader)
            if not self._readers and not self._draft.done():
                self._stop()

    def _stop(self) -> None:
        self._on_failed()
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self, write: Write) -> None:
        try:
            self._draft.set_result(await write(self._pass_on, self._progress))
            self._pieces.clear()
        except asyncio.CancelledError:
            self._fail(ServerCancelled("The draft was stopped; ask again in a moment."))
            raise
        except Exception as error:  # whoever reads it gets it
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._on_failed()
        self._draft.set_exception(error)
        self._draft.exception()  # there may be nobody left to whom it matters

    def _pass_on(self, text: str, suggestion: int) -> None:
        self._pieces.append((text, suggestion))
        for on_token, _ in self._readers:
            on_token(text, suggestion)

    def _progress(self, phase: StreamPhase, done: int, total: int | None) -> None:
        for _, on_progress in self._readers:
            on_progress(phase, done, total)


class DraftCache:
    """The drafts asked for last, by all that they depend on.

    A new or changed message, here or in the past, makes another key, so nothing here can
    be out of date.

    Args:
        tasks: where drafts are made ready.
        connections: those that are open now.
        most: how many drafts are kept.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        connections: Callable[[], Iterable[object]] = lambda: (),
        most: int = MOST_DRAFTS,
    ) -> None:
        self._tasks = tasks
        self._connections = connections
        self._most = most
        self._drafts: OrderedDict[DraftKey, CachedDraft] = OrderedDict()

    def claim(
        self, key: DraftKey, num_suggestions: int, connection: object
    ) -> CachedDraft | None:
        """The draft that answers this ask in person; the next one is written anew.

        Where it has fewer suggestions than are asked for, a model writes the rest.
        """
        cached = self._drafts.get(key)
        if cached is None or (
            key.model is None and num_suggestions > cached.num_suggestions
        ):
            return None
        return cached if cached.claim(connection) else None

    def make_ready(
        self, key: DraftKey, num_suggestions: int, write: Write
    ) -> tuple[CachedDraft, bool]:
        """The draft that there is, or one that is begun now; whether it is a new one."""
        cached = self._drafts.get(key)
        if cached is not None and num_suggestions <= cached.num_suggestions:
            self._drafts.move_to_end(key)
            return cached, False
        cached = CachedDraft(num_suggestions, self._connections())
        self._keep(key, cached)
        cached.begin(self._tasks, write, lambda: self._discard(key, cached))
        return cached, True

    def put(self, key: DraftKey, draft: Draft, num_suggestions: int) -> None:
        """Keep what was written for somebody who asked in person."""
        cached = self._drafts.get(key)
        if cached is None or not cached.is_made_ready:
            cached = CachedDraft(num_suggestions)
            cached.is_whole(draft)
            self._keep(key, cached)

    def written_for(self, chat_id: ChatId, revision: int) -> dict[int, Draft]:
        """The whole drafts of a chat, not instructed, by the ROWID of what they answer."""
        return {
            key.context.lines[-1].message_id: draft
            for key, cached in self._drafts.items()
            if (key.chat_id, key.instruction, key.revision) == (chat_id, None, revision)
            and (draft := cached.written) is not None
        }

    def clear(self) -> None:
        """Forget them all."""
        self._drafts.clear()

    def _discard(self, key: DraftKey, cached: CachedDraft) -> None:
        if self._drafts.get(key) is cached:
            del self._drafts[key]

    def _keep(self, key: DraftKey, cached: CachedDraft) -> None:
        """Keep it; the one not asked for longest goes when there are too many."""
        self._drafts[key] = cached
        self._drafts.move_to_end(key)
        if len(self._drafts) > self._most:
            self._drafts.popitem(last=False)
