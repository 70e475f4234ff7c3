"""One draft, written or being written, for all who read it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from weakref import WeakSet

from jarvis.assistant.generation.generate import OnToken
from jarvis.errors import ServerCancelled
from jarvis.inference.background import Background
from jarvis.inference.engine import Progress
from jarvis.records import Draft, PrefetchOrigin, StreamPhase

Write = Callable[[OnToken, Progress], Awaitable[Draft]]
"""Has a draft written, and tells of it on the way."""


class CachedDraft:
    """Is read from its first word on while it is written, and whole after that.

    Args:
        num_suggestions: how many were asked for; there may be fewer.
        connections: those it is made ready for; None: it was asked for in person.
        background: that of its texts, as long as nobody waits for it.
        origin: what had it made, where that is prefetch.
    """

    def __init__(
        self,
        num_suggestions: int,
        connections: Iterable[object] | None = None,
        *,
        background: Background | None = None,
        origin: PrefetchOrigin | None = None,
    ) -> None:
        self.num_suggestions = num_suggestions
        self.is_made_ready = connections is not None
        self.origin = origin
        self.background = background
        self.is_kept = False
        """Whether the cache holds it, so that somebody may find it."""
        self.is_used = False
        """Whether it was given to somebody."""
        self.is_counted = False
        """Whether whoever had it made has counted it as made."""
        self.kept_s = 0.0
        self.context_bytes = 0
        self._draft: asyncio.Future[Draft] = asyncio.get_running_loop().create_future()
        self._connections = WeakSet(connections or ())
        self._unanswered = WeakSet(self._connections)
        self._is_for_a_later_one = self.is_made_ready
        self._pieces: list[tuple[str, int]] = []
        self._readers: list[tuple[OnToken, Progress]] = []
        self._writing: asyncio.Task[None] | None = None
        self._on_end: Callable[[], None] = lambda: None

    @property
    def written(self) -> Draft | None:
        """The draft, once it is whole."""
        is_whole = self._draft.done() and self._draft.exception() is None
        return self._draft.result() if is_whole else None

    @property
    def is_lost(self) -> bool:
        """Whether it has come to nothing, although nobody who reads it was told yet."""
        is_preempted = self.background is not None and self.background.is_preempted
        return is_preempted and not self._draft.done()

    @property
    def cost_ms(self) -> float:
        """How long it took to be made, without the waiting for others; 0 until it is."""
        if self.written is None:
            return 0.0
        return self.written.timing.total_ms - self.written.timing.queued_ms

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        texts = self.written.suggestions if self.written else ()
        return self.context_bytes + sum(len(each.text.encode()) for each in texts)

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
        self, tasks: asyncio.TaskGroup, write: Write, on_end: Callable[[], None]
    ) -> None:
        """Have it written; it is stopped, and has failed, when nobody reads it any more.

        `on_end` is told when it is whole or has failed.
        """
        self._on_end = on_end
        self._writing = tasks.create_task(self._write(write))

    def await_for(self, caller: Hashable) -> None:
        """Somebody waits for it: what is left to write takes that caller's turn."""
        if self.background is not None:
            self.background.await_for(caller)

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
        self._on_end()
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self, write: Write) -> None:
        try:
            self._draft.set_result(await write(self._pass_on, self._progress))
            self._pieces.clear()
            self._on_end()
        except asyncio.CancelledError:
            self._fail(ServerCancelled("The draft was stopped; ask again in a moment."))
            raise
        except Exception as error:  # whoever reads it gets it
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._on_end()
        self._draft.set_exception(error)
        self._draft.exception()  # there may be nobody left to whom it matters

    def _pass_on(self, text: str, suggestion: int) -> None:
        self._pieces.append((text, suggestion))
        for on_token, _ in self._readers:
            on_token(text, suggestion)

    def _progress(self, phase: StreamPhase, done: int, total: int | None) -> None:
        for _, on_progress in self._readers:
            on_progress(phase, done, total)
