"""What is said to a server that speaks OpenAI's protocol, and what of its answers counts.

Source: the reference of POST /chat/completions and GET /models, and the servers of
Ollama, LM Studio and mlx-lm, which leave out what they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from jarvis.inference.control_tokens import COMMON_MARKS, Neutraliser
from jarvis.inference.engine import Prompt, Step
from jarvis.records import FinishReason

_MOST_STOPS: Final = 4
"""As many stop strings as the protocol allows; the worker holds to all of them."""

_neutralise: Final = Neutraliser(COMMON_MARKS)

_EXTRAS: Final[dict[str, Any]] = {
    "logprobs": True,
    "stream_options": {"include_usage": True},
    # mlx-lm, vLLM and llama.cpp hand it to the template; others read over it.
    "chat_template_kwargs": {"enable_thinking": False},
}


class _LogProb(msgspec.Struct):
    logprob: float | None = None


class _LogProbs(msgspec.Struct):
    content: list[_LogProb] | None = None


class _Delta(msgspec.Struct):
    """What a chunk adds; reasoning stands in members of its own and is read over."""

    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    logprobs: _LogProbs | None = None
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class Chunk(msgspec.Struct):
    """One event of a streamed completion; `error` in place of the rest."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: object = None

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the text is over; null: it is not."""
        reasons = [choice.finish_reason for choice in self.choices]
        if not any(reasons):
            return None
        return "length" if "length" in reasons else "stop"

    def steps(self) -> Iterator[Step]:
        """A step for each token that is in it, its text in the last of them."""
        for choice in self.choices:
            if not choice.delta.content:
                continue
            told = (choice.logprobs.content if choice.logprobs else None) or []
            *before, last = [each.logprob for each in told] or [None]
            for logprob in before:
                yield Step(text="", logprob=logprob)
            yield Step(text=choice.delta.content, logprob=last)


class Account:
    """What the chunks of one text say about its prompt and its end."""

    def __init__(self) -> None:
        self.finish_reason: FinishReason | None = None
        self._usage = _Usage()

    def add(self, chunk: Chunk) -> None:
        """Take what this one says."""
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self._usage = chunk.usage or self._usage

    def end(self, reason: FinishReason) -> Step:
        """The step that ends the text; counts that the server did not give are 0."""
        details = self._usage.prompt_tokens_details
        return Step(
            text="",
            is_token=False,
            prompt_tokens=self._usage.prompt_tokens,
            reused_tokens=(details.cached_tokens or 0) if details else 0,
            finish_reason=reason,
        )


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


_chunks: Final = msgspec.json.Decoder(Chunk)


def read_chunk(data: str) -> Chunk:
    """One event's data.

    Raises:
        msgspec.MsgspecError: it is no chunk; the error may quote it.
    """
    return _chunks.decode(data)


def read_models(body: bytes) -> list[str]:
    """The names of the models a server has.

    Raises:
        msgspec.MsgspecError, UnicodeDecodeError: it is no list of models.
    """
    return [model.id for model in msgspec.json.decode(body, type=_Models).data]


def completion_request(prompt: Prompt, model: str, *, with_extras: bool) -> bytes:
    """The body of the request for a text.

    Args:
        prompt: what to write. Marks that common models read as control tokens are
            broken in it; those of this very model are not known here.
        model: its name at the server.
        with_extras: whether to ask for what strict servers refuse.
    """
    sampling = prompt.sampling
    wanted: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": turn.role, "content": _neutralise(turn.content)}
            for turn in prompt.turns
        ],
        "stream": True,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.seed is not None:
        wanted["seed"] = sampling.seed
    if sampling.stop:
        wanted["stop"] = sampling.stop[:_MOST_STOPS]
    return msgspec.json.encode(wanted | _EXTRAS if with_extras else wanted)
