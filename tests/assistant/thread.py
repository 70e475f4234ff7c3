"""Conversations, and a writer that writes what it is told, for the assistant's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager

import msgspec

from jarvis.errors import InvalidParams
from jarvis.inference.background import Background
from jarvis.inference.engine import Generated, Progress, Prompt, Token
from jarvis.inference.models.record import SCRIPTED, ModelRecord
from jarvis.records import ChatId, FinishReason, Message, Timestamp

CHAT = ChatId("iMessage;-;+15550100")
MODEL = msgspec.structs.replace(
    SCRIPTED, name="typist", engine="mlx", path="/models/typist"
)

_MINE = Message(
    id=1,
    guid="m-1",
    chat_id=CHAT,
    sender=None,
    sender_name=None,
    text="",
    line="",
    date=Timestamp("2025-11-18T18:02:09.120Z"),
    is_from_me=True,
    service="iMessage",
    kind="text",
    is_read=True,
)


def thread(*said: str) -> list[Message]:
    """Messages from "Name: text" or "Me: text", with ids from 1."""
    return [_message(number, entry) for number, entry in enumerate(said, start=1)]


def _message(number: int, entry: str) -> Message:
    name, text = entry.split(": ", 1)
    mine = msgspec.structs.replace(
        _MINE, id=number, guid=f"m-{number}", text=text, line=text
    )
    if name == "Me":
        return mine
    return msgspec.structs.replace(
        mine, is_from_me=False, sender=handle_of(name), sender_name=name
    )


def handle_of(name: str) -> str:
    """A number of the fictitious range for each name."""
    return f"+155501{sum(map(ord, name)) % 100:02}"


class TypedText:
    """A text that is given out token by token."""

    def __init__(
        self,
        pieces: Sequence[str],
        logprob: float | None,
        finish_reason: FinishReason = "stop",
    ) -> None:
        self.queued_ms = 1.0
        self.generated: Generated | None = None
        self._pieces = pieces
        self._logprob = logprob
        self._finish_reason = finish_reason

    async def __aiter__(self) -> AsyncIterator[Token]:
        """The tokens; the account is there when they have ended."""
        for index, piece in enumerate(self._pieces):
            yield Token(text=piece, logprob=self._logprob, index=index)
        self.generated = Generated(
            finish_reason=self._finish_reason,
            prompt_tokens=10,
            tokens=len(self._pieces),
            mean_logprob=self._logprob if self._pieces else None,
            first_token_ms=5.0,
            total_ms=5.0 + 10 * len(self._pieces),
        )


class Typist:
    """A writer that writes given texts, one after the other, piece by piece.

    `room` is how many characters of prompt it reads; longer ones it refuses.
    """

    def __init__(
        self,
        *texts: Sequence[str],
        model: ModelRecord = MODEL,
        logprobs: Sequence[float | None] = (-0.5,),
        room: int = 10**6,
        finish_reason: FinishReason = "stop",
    ) -> None:
        self.prompts: list[Prompt] = []
        self.callers: list[tuple[Hashable, Background | None]] = []
        self._texts = list(texts)
        self._model = model
        self._logprobs = list(logprobs)
        self._room = room
        self._finish_reason = finish_reason

    async def model(self) -> ModelRecord:
        """Its model."""
        return self._model

    @asynccontextmanager
    async def generate(
        self,
        prompt: Prompt,
        *,
        caller: Hashable = None,
        background: Background | None = None,
        on_progress: Progress | None = None,
    ) -> AsyncIterator[TypedText]:
        """The next text; told of it is the number of its prompt."""
        self.prompts.append(prompt)
        self.callers.append((caller, background))
        if on_progress is not None:
            on_progress("reading", len(self.prompts), None)
        if sum(len(turn.content) for turn in prompt.turns) > self._room:
            raise InvalidParams("too long", field="prompt")
        number = (len(self._texts) - 1) % len(self._logprobs)
        yield TypedText(
            self._texts.pop(0), self._logprobs[-1 - number], self._finish_reason
        )


def pieces(text: str, size: int = 3) -> list[str]:
    """A text in pieces."""
    return [text[start : start + size] for start in range(0, len(text), size)]


class Screen:
    """Keeps what streams, by suggestion."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}

    def token(self, text: str, suggestion: int) -> None:
        """Takes a piece of text."""
        assert text
        self.texts[suggestion] = self.texts.get(suggestion, "") + text
