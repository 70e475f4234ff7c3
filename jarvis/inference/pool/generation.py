"""A text that a worker is writing, as those who asked for it see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Self

import msgspec

from jarvis.errors import Busy, JarvisError, ModelUnavailable
from jarvis.inference.engine import Generated, Progress, Prompt, Token
from jarvis.inference.pool.link import WorkerLink
from jarvis.inference.wire import ProgressLine, TokenLine
from jarvis.protocol.jsonrpc import Notification
from jarvis.protocol.peer import Pending

PATIENCE_S: Final = 300.0
"""How long a worker may be silent while it reads a part of a prompt or makes a token."""
CANCEL_PATIENCE_S: Final = 30.0
"""How long it may take to let go of a text that nobody wants: at most as long as a large
model on a small machine takes for a part of a prompt."""


class Generation:
    """Iterate over it for its tokens; `generated` is there when they have ended.

    Raises from the iteration:
        ModelUnavailable: the worker died or the model failed.
        InvalidParams: the prompt is too long for the model (field "prompt").
        Busy: this was background work, and a person's wish came first.
    """

    def __init__(
        self,
        link: WorkerLink,
        prompt: Prompt,
        *,
        queued_ms: float,
        on_end: Callable[[], None],
        on_progress: Progress,
    ) -> None:
        self.queued_ms = queued_ms
        """From the request until the model began: waiting for others, and for loading."""
        self.generated: Generated | None = None
        self.tokens = 0
        """How many tokens the model has made so far."""
        self._link = link
        self._on_end = on_end
        self._on_progress = on_progress
        self._most_tokens = prompt.sampling.max_tokens
        # Holds at most the tokens of one text: _take_note sees to that.
        self._events: asyncio.Queue[Token | Generated | JarvisError] = asyncio.Queue()
        self._id = link.call(
            "generate",
            prompt,
            Pending(self._take_answer, self._take_note, PATIENCE_S),
        )

    def __aiter__(self) -> Self:
        """The tokens, as they are made."""
        return self

    async def __anext__(self) -> Token:
        """The next token."""
        if self.generated is not None:
            raise StopAsyncIteration
        event = await self._events.get()
        if isinstance(event, Token):
            return event
        if isinstance(event, JarvisError):
            raise event
        self.generated = event
        raise StopAsyncIteration

    def stop(self) -> None:
        """Nobody wants it any more; the worker is free again after its current token."""
        self._link.take_back(self._id, patience_s=CANCEL_PATIENCE_S)

    def preempt(self) -> None:
        """End it because a person waits for the model."""
        self.stop()
        reason = "A person's request came before this background work."
        self._events.put_nowait(Busy(reason))

    def _take_note(self, note: Notification) -> None:
        try:
            if note.method == "token":
                self._take_token(msgspec.convert(note.params, TokenLine))
            elif note.method == "progress":
                line = msgspec.convert(note.params, ProgressLine)
                self._on_progress(line.phase, line.done, line.total)
        except msgspec.ValidationError:
            self._link.break_off(f"sent a {note.method} that is none")

    def _take_token(self, line: TokenLine) -> None:
        if self._events.qsize() > self._most_tokens:
            self._link.break_off("made more tokens than were asked for")
            return
        self.tokens = line.index + 1
        self._on_progress("writing", self.tokens, None)
        token = Token(text=line.text, logprob=line.logprob, index=line.index)
        self._events.put_nowait(token)

    def _take_answer(self, answer: object) -> None:
        self._events.put_nowait(self._read_answer(answer))
        self._on_end()

    def _read_answer(self, answer: object) -> Generated | JarvisError:
        if isinstance(answer, JarvisError):
            return answer
        try:
            generated = msgspec.convert(answer, Generated)
        except msgspec.ValidationError:
            self._link.break_off("gave an answer that is none")
            return ModelUnavailable("The model's process gave an answer that is none.")
        self.tokens = generated.tokens
        return generated
