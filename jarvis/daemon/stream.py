"""The stream of one request: its tokens, numbered, and a memory of the text so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from jarvis.protocol.events import (
    STREAM_PROGRESS,
    STREAM_TOKEN,
    StreamProgress,
    StreamToken,
)
from jarvis.protocol.jsonrpc import RequestId
from jarvis.records import Record, StreamPhase

PROGRESS_EVERY_S: Final = 0.25
"""The least time between two reports of progress: more cannot be read."""
SAME_EVERY_S: Final = 3.0
"""The least time between two reports that are the same: they are a sign of life."""

_PHASES: Final[tuple[StreamPhase, ...]] = ("queued", "loading", "reading", "writing")

Send = Callable[[str, Record], None]


class TokenStream:
    """Numbers the tokens of one request and hands them to its connection.

    It never waits: a client that does not read loses its stream, and the model goes on.

    Args:
        request_id: of the request.
        send: takes a notification that must arrive.
        send_if_read: takes one that a client which lags can do without.
        clock: seconds that never jump.
    """

    def __init__(
        self,
        request_id: RequestId,
        send: Send,
        send_if_read: Send,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request_id = request_id
        self._send = send
        self._send_if_read = send_if_read
        self._clock = clock
        self._index = 0
        self._suggestion = 0
        self._parts: list[str] = []
        self._last_progress: tuple[StreamPhase, int, int | None] | None = None
        self._last_sign_s = 0.0

    @property
    def tokens(self) -> int:
        """How many pieces of text have been sent."""
        return self._index

    @property
    def partial(self) -> str:
        """The text of the suggestion being written, as far as it was sent."""
        return "".join(self._parts)

    def token(self, text: str, suggestion: int = 0) -> None:
        """Send the next piece of a suggestion; an empty piece is not sent."""
        if not text:
            return
        if suggestion != self._suggestion:
            self._suggestion = suggestion
            self._parts.clear()
        self._parts.append(text)
        self._emit(text, final=False)
        self._index += 1
        # A token is a sign of life, too.
        self._last_sign_s = self._clock()

    def progress(self, phase: StreamPhase, done: int, total: int | None) -> None:
        """Report what the request is at, unless it was reported just now."""
        now_s = self._clock()
        if now_s - self._last_sign_s < self._pause_s(phase, done, total):
            return
        self._last_progress, self._last_sign_s = (phase, done, total), now_s
        self._send_if_read(
            STREAM_PROGRESS,
            StreamProgress(
                request_id=self._request_id, phase=phase, done=done, total=total
            ),
        )

    def _pause_s(self, phase: StreamPhase, done: int, total: int | None) -> float:
        """The least time since the last sign of life; a next phase is reported at once."""
        if self._last_progress is None:
            return float("-inf")
        if (phase, done, total) == self._last_progress:
            return SAME_EVERY_S
        is_next = _PHASES.index(phase) > _PHASES.index(self._last_progress[0])
        return float("-inf") if is_next else PROGRESS_EVERY_S

    def finish(self) -> None:
        """Send the final, empty token; the response follows."""
        self._emit("", final=True)

    def _emit(self, text: str, *, final: bool) -> None:
        token = StreamToken(
            token=text,
            index=self._index,
            final=final,
            request_id=self._request_id,
            suggestion=self._suggestion,
        )
        self._send(STREAM_TOKEN, token)
