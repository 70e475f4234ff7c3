"""Having the chosen model write one text, from as much of a conversation as it reads."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from jarvis.assistant.context import Context
from jarvis.assistant.generation.prompt_style import PromptStyle
from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.background import Background
from jarvis.inference.engine import Generated, Progress, Prompt, Token
from jarvis.inference.models.record import ModelRecord
from jarvis.records import Record

_MOST_PROMPT_TOKENS: Final = 2048
"""Longer prompts cost seconds and add little to a short text."""
_SURE_CHARACTERS: Final = 2
"""Characters a token holds at least, in most scripts; where not, the prompt is cut."""
_FEWEST_CHARACTERS: Final = 20
_TOO_LITTLE_ROOM: Final = (
    "The model reads too little at a time: not even the newest message fits in, beside "
    "what it has to be told. Shorten the instruction if there is one, or choose a model "
    "with a longer context."
)

OnToken = Callable[[str, int], None]
"""Takes a piece of text and the number of the suggestion it belongs to; never waits."""


class TextStream(Protocol):
    """A text being written: its tokens, then what it took."""

    @property
    def queued_ms(self) -> float:
        """How long others and the loading of the model were waited for."""

    @property
    def generated(self) -> Generated | None:
        """What it took; null until the tokens have ended."""

    def __aiter__(self) -> AsyncIterator[Token]:
        """Its tokens."""


class LanguageModel(Protocol):
    """The model that is chosen, as the assistant uses it; a Supervisor is one."""

    async def model(self) -> ModelRecord:
        """What is known of the model.

        Raises:
            NoModelChosen: nobody has chosen one.
            ModelUnavailable: it is not whole on this machine.
        """

    def generate(
        self,
        prompt: Prompt,
        *,
        caller: Hashable = None,
        background: Background | None = None,
        on_progress: Progress | None = None,
    ) -> AbstractAsyncContextManager[TextStream]:
        """Write a text; leaving the block stops the model."""


class GenerationResult(Record, frozen=True):
    """A text that is finished, or was broken off when enough of it had come."""

    generated: Generated
    context: Context
    """The part of the conversation that fitted into the prompt."""
    queued_ms: float
    least_logprob: float | None
    """Of its least likely token; null without log-probs."""


def fitting(
    context: Context, style: PromptStyle, model: ModelRecord, max_tokens: int
) -> Context:
    """As much of a conversation as a prompt for this model should hold."""
    return style.window(context).within(room_for(style, model, max_tokens))


def room_for(style: PromptStyle, model: ModelRecord, max_tokens: int) -> int:
    """How many characters of conversation a prompt for this model may hold."""
    tokens = min(model.context_tokens - max_tokens, _MOST_PROMPT_TOKENS)
    tokens -= style.rules_tokens
    return max(tokens * _SURE_CHARACTERS, _FEWEST_CHARACTERS)


async def generate_text(
    language_model: LanguageModel,
    context: Context,
    build: Callable[[Context], Prompt],
    on_piece: Callable[[str], bool],
    *,
    caller: Hashable,
    background: Background | None,
    on_progress: Progress | None,
) -> GenerationResult:
    """Write one text, from as much of the conversation as the model can read.

    Args:
        language_model: what writes.
        context: the conversation; its oldest lines go when the model finds it too long.
        build: makes the prompt.
        on_piece: takes each piece of the text as it comes; returns whether it wants more.
        caller: for whom.
        background: nobody waits for it, as long as that says so.
        on_progress: told what the text is at; never waits.

    Raises:
        ModelUnavailable, Busy: see Supervisor.generate.
        ModelUnavailable: even with one short line the prompt is too long for the model.
    """
    characters = sum(len(line.text) for line in context.lines)
    while True:
        prompt = build(context)
        try:
            async with language_model.generate(
                prompt,
                caller=caller,
                background=background,
                on_progress=on_progress,
            ) as text:
                return await _read(text, context, on_piece)
        except InvalidParams as error:
            # The model counted the tokens and said no before it wrote anything.
            if error.field != "prompt":
                raise
            if characters <= _FEWEST_CHARACTERS:
                raise ModelUnavailable(_TOO_LITTLE_ROOM) from error
            characters //= 2
            context = context.within(characters)


async def _read(
    text: TextStream, context: Context, on_piece: Callable[[str], bool]
) -> GenerationResult:
    begun_s, first_ms = time.perf_counter(), None
    tokens: list[Token] = []
    async for token in text:
        if first_ms is None:
            first_ms = _ms_since(begun_s)
        tokens.append(token)
        if not on_piece(token.text):
            break
    logprobs = [each.logprob for each in tokens if each.logprob is not None]
    return GenerationResult(
        generated=text.generated or _account(tokens, begun_s, first_ms),
        context=context,
        queued_ms=text.queued_ms,
        least_logprob=min(logprobs, default=None),
    )


def _account(tokens: list[Token], begun_s: float, first_ms: float | None) -> Generated:
    """What is known of a text that was broken off when enough of it had come."""
    made = tokens[-1].index + 1
    logprobs = [each.logprob for each in tokens if each.logprob is not None]
    is_known = len(logprobs) == len(tokens)
    return Generated(
        finish_reason="stop",
        prompt_tokens=0,
        tokens=made,
        mean_logprob=sum(logprobs) / made if is_known else None,
        first_token_ms=first_ms,
        total_ms=_ms_since(begun_s),
    )


def _ms_since(begun_s: float) -> float:
    return (time.perf_counter() - begun_s) * 1000
