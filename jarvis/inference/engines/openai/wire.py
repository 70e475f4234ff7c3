"""What is said to a server that speaks OpenAI's protocol, and what of its answers counts.

Source: the reference of POST /chat/completions and GET /models, and the servers of
Ollama, LM Studio, llama.cpp, vLLM and mlx-lm, which leave out what they do not know, and
say null where others say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from jarvis.inference.engine import (
    THOUGHT_TOKENS,
    EngineOutput,
    Prompt,
    rules_in_first_ask,
)
from jarvis.inference.output.control_tokens import COMMON_MARKS, Neutraliser
from jarvis.records import FinishReason

neutralise: Final = Neutraliser(COMMON_MARKS)
"""Breaks what common models read as control tokens; no server says its model's own."""

_EXTRAS: Final[dict[str, Any]] = {
    "logprobs": True,
    "stream_options": {"include_usage": True},
    # llama.cpp then tells how much of the prompt is read.
    "return_progress": True,
    # mlx-lm, vLLM and llama.cpp hand it to the template, which calls it one or the other.
    "chat_template_kwargs": {"enable_thinking": False, "thinking": False},
}
_NO_EFFORT: Final[dict[str, Any]] = {"reasoning_effort": "none"}
"""How Ollama is asked not to think; elsewhere "none" may be no effort, and refused."""

_READ_SO_FAR: Final = re.compile(r"keepalive (\d+)/(\d+)")
"""In a comment of mlx-lm's server, while it reads a prompt."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Manner:
    """How a server wants to be asked: with which extras, and where the rules stand."""

    has_extras: bool = True
    has_effort: bool = True
    has_system_turn: bool = True


MANNERS: Final = tuple(
    Manner(has_extras, has_effort, has_system_turn)
    for has_system_turn in (True, False)
    for has_extras, has_effort in ((True, True), (True, False), (False, False))
)
"""What to try after a refusal, the most that can be asked for first."""


class _Delta(msgspec.Struct):
    """What a chunk adds; thoughts stand in members of their own, by three names."""

    content: Any = None
    reasoning: Any = None
    reasoning_content: Any = None
    thinking: Any = None

    @property
    def text(self) -> str:
        """The text; some servers send it in parts, with thoughts between them."""
        if isinstance(self.content, str):
            return self.content
        parts = _read(self.content, list[_Part]) or []
        return "".join(part.text for part in parts if part.type == "text")

    @property
    def is_thought(self) -> bool:
        """Whether it adds to a thought and not to the text."""
        thought = self.reasoning or self.reasoning_content or self.thinking
        return not self.text and bool(thought or self.content)


class _Part(msgspec.Struct):
    type: str
    text: str = ""


class _LogProb(msgspec.Struct):
    logprob: float | None = None


class _LogProbs(msgspec.Struct):
    content: list[_LogProb] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    logprobs: Any = None
    finish_reason: Any = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class ReadSoFar(msgspec.Struct, frozen=True):
    """How many tokens of a prompt a server has read, as llama.cpp says it."""

    processed: int
    total: int


class Chunk(msgspec.Struct):
    """One event of a streamed completion; `error` in place of the rest.

    What stands beside the text may be of any form: the text counts all the same.
    """

    choices: list[_Choice | None] | None = None
    usage: Any = None
    prompt_progress: Any = None
    error: Any = None

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the text is over; null: it is not."""
        reasons = [choice.finish_reason for choice in self._choices]
        if not any(reasons):
            return None
        return "length" if "length" in reasons else "stop"

    @property
    def is_filtered(self) -> bool:
        """Whether a safety filter ended the text."""
        return any(each.finish_reason == "content_filter" for each in self._choices)

    @property
    def read_so_far(self) -> ReadSoFar | None:
        """How much of the prompt is read; null where it does not say."""
        return _read(self.prompt_progress, ReadSoFar)

    @property
    def is_thought(self) -> bool:
        """Whether all it adds is a thought."""
        return any(choice.delta and choice.delta.is_thought for choice in self._choices)

    def outputs(self) -> Iterator[EngineOutput]:
        """An output for each token that is in it, its text in the last of them."""
        for choice in self._choices:
            text = choice.delta.text if choice.delta else ""
            if not text:
                continue
            logprobs = _read(choice.logprobs, _LogProbs) or _LogProbs()
            entries = logprobs.content or [_LogProb()]
            *before, last = [entry.logprob for entry in entries]
            for logprob in before:
                yield EngineOutput(text="", logprob=logprob)
            yield EngineOutput(text=text, logprob=last)

    @property
    def _choices(self) -> list[_Choice]:
        return [choice for choice in self.choices or [] if choice is not None]


class Account:
    """What the chunks of one text say about its prompt and its end."""

    def __init__(self) -> None:
        self.finish_reason: FinishReason | None = None
        self.is_filtered = False
        """Whether a safety filter ended the text, or let none begin."""
        self.tokens = 0
        """How many tokens the text has; counted by whoever passes them on."""
        self._thoughts = 0
        self._usage = _Usage()

    def add(self, chunk: Chunk) -> None:
        """Take what this one says."""
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.is_filtered |= chunk.is_filtered
        self._thoughts += chunk.is_thought
        self._usage = _read(chunk.usage, _Usage) or self._usage

    @property
    def made(self) -> int:
        """How many tokens were made, those of thoughts too."""
        return self.tokens + self._thoughts

    @property
    def has_only_thoughts(self) -> bool:
        """Whether the model thought, and no text came of it."""
        return bool(self._thoughts) and not self.tokens

    def end(self) -> EngineOutput:
        """The output that ends the text; counts that the server did not give are 0."""
        details = self._usage.prompt_tokens_details
        return EngineOutput(
            text="",
            is_token=False,
            prompt_tokens=self._usage.prompt_tokens or 0,
            reused_tokens=(details.cached_tokens or 0) if details else 0,
            finish_reason=self.finish_reason or "stop",
            is_filtered=self.is_filtered,
        )


class ServedModel(msgspec.Struct, frozen=True):
    """A model as a server lists it."""

    id: str
    owned_by: Any = None


class _Models(msgspec.Struct):
    data: list[ServedModel] | None


_chunks: Final = msgspec.json.Decoder(Chunk)


def read_chunk(data: str) -> Chunk:
    """One event's data.

    Raises:
        msgspec.MsgspecError: it is no chunk; the error may quote it.
    """
    return _chunks.decode(data)


def read_comment(comment: str) -> Chunk | None:
    """What a comment between the events says of the prompt, as a chunk; null: nothing."""
    match = _READ_SO_FAR.search(comment)
    if match is None:
        return None
    processed, total = map(int, match.groups())
    return Chunk(prompt_progress={"processed": processed, "total": total})


def read_models(body: bytes) -> list[ServedModel]:
    """The models a server has.

    Raises:
        msgspec.MsgspecError, UnicodeDecodeError: it is no list of models.
    """
    return msgspec.json.decode(body, type=_Models).data or []


def completion_request(prompt: Prompt, model: str, manner: Manner) -> bytes:
    """The body of the request for a text.

    No stop strings: a server would find them in a thought. The worker knows better.

    Args:
        prompt: what to write. Marks that common models read as control tokens are
            broken in it; those of this very model are not known here.
        model: its name at the server.
        manner: how the server wants to be asked.
    """
    sampling = prompt.sampling
    turns = prompt.turns
    if not manner.has_system_turn:
        turns = rules_in_first_ask(turns)
    wanted: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": turn.role, "content": neutralise(turn.content)} for turn in turns
        ],
        "stream": True,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.seed is not None:
        wanted["seed"] = sampling.seed
    if manner.has_extras:
        # Room for a thought, which a model may have that was asked for none. A server that
        # is strict about its window refuses that.
        wanted["max_tokens"] += THOUGHT_TOKENS
        wanted |= _EXTRAS
    if manner.has_effort:
        wanted |= _NO_EFFORT
    return msgspec.json.encode(wanted)


def not_streamed(body: bytes) -> bytes:
    """The same request for one token, whose answer comes whole."""
    wanted = msgspec.json.decode(body)
    wanted.pop("stream_options", None)
    return msgspec.json.encode(wanted | {"stream": False, "max_tokens": 1})


def _read(value: object, kind: type[_T]) -> _T | None:
    """The value as this kind; null where it is of another form."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
