"""What goes to a model and what comes back: prompts, tokens, and what an engine is.

These records travel between the daemon and its worker process; an engine honours
`Generator` inside the worker. Who waits for whom is the business of supervisor.py.
"""

from __future__ import annotations

import collections.abc
from collections.abc import Callable
from typing import Final, Literal, Protocol, runtime_checkable

from jarvis.records import ChatId, FinishReason, Record, StreamPhase

THOUGHT_TOKENS: Final = 2048
"""How many tokens a model may spend on a thought, beside those of its text."""

Opening = Literal["reply", "thought", "presumed", "unknown"]
"""What a model's output begins with: `thought` where the template opens one itself.

`presumed`: with the text, as far as one can tell from an earlier one.
"""


class Turn(Record, frozen=True):
    """One message of a prompt, as chat templates know them."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(Record, frozen=True):
    """How tokens are chosen; `temperature` 0 always takes the likeliest."""

    max_tokens: int = 96
    """The longest text; the tokens of a thought do not count."""
    temperature: float = 0.3
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()
    """The text ends before the first of these; none of them is ever part of it."""


class Prompt(Record, frozen=True):
    """Everything an engine needs to write one text."""

    task: Literal["reply", "summary"]
    turns: tuple[Turn, ...]
    chat_id: ChatId
    """Prompts of one conversation begin alike where their task is the same."""
    suggestion: int = 0
    """Which of several texts for the same ask this is, from 0."""
    sampling: Sampling = Sampling()


class EngineOutput(Record, frozen=True):
    """What an engine gives for each step of its model; `text` may be empty."""

    text: str
    logprob: float | None = None
    """Natural logarithm of the token's probability; null where it is not known."""
    prompt_tokens: int = 0
    reused_tokens: int = 0
    """How many of the prompt's tokens the engine had read before."""
    is_token: bool = True
    """False for control tokens, which are no part of a text."""
    is_mark: bool = False
    """Whether `text` is that of a control token."""
    finish_reason: FinishReason | None = None
    is_filtered: bool = False
    """Whether a safety filter of the model ended the text here."""


class Token(Record, frozen=True):
    """A piece of text that is final, made of one or more tokens of the model."""

    text: str
    logprob: float | None
    """The sum over the tokens it is made of; null where it is not known."""
    index: int
    """Which token of the model completed it, from 0."""


class Generated(Record, frozen=True):
    """What a finished text took; the text itself is its tokens, joined.

    `mean_logprob` is over the tokens whose text is in it, null without log-probs.
    `first_token_ms` and `total_ms` count from when the worker began with it.
    """

    finish_reason: FinishReason
    prompt_tokens: int
    tokens: int
    mean_logprob: float | None
    first_token_ms: float | None
    total_ms: float
    reused_tokens: int = 0
    """How many of the prompt's tokens the engine had read before."""
    is_filtered: bool = False
    """Whether a safety filter of the model broke it off; what there is, is half a text."""
    has_thought: bool = False
    """Whether some of what the model wrote was a thought, which is not in the text."""


class ScoreAsk(Record, frozen=True):
    """A text that somebody else wrote, and the prompt it is to be found likely after."""

    prompt: Prompt
    text: str


class Scored(Record, frozen=True):
    """How likely a model finds a text after a prompt, which it only reads.

    `nats` is minus the natural logarithm of the text's probability at temperature 1; that
    the text ends there is not counted.
    """

    nats: float
    tokens: int
    prompt_tokens: int


Outputs = collections.abc.Generator[EngineOutput, None, None]
"""A text being written; closing it stops the model."""

Progress = Callable[[StreamPhase, int, int | None], None]
"""Receives the phase a text is in, and its progress: `done` of `total`, if known.

What is counted in each phase, StreamProgress of the protocol says. An engine that waits
for something calls it again and again, as a sign of life; in the worker it raises
Cancelled when nobody wants the text any more.
"""


def rules_in_first_ask(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same turns for a model that takes no system turns."""
    rules = [turn.content for turn in turns if turn.role == "system"]
    first, *others = [turn for turn in turns if turn.role != "system"]
    content = "\n\n".join([*rules, first.content])
    return Turn(role=first.role, content=content), *others


class Generator(Protocol):
    """A loaded model that writes; it lives in a worker, on the thread that made it.

    Making one loads its model: see build in worker/generator.py.
    """

    opening: Opening
    """How the model's texts begin; the worker puts it right when it has seen one."""

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """Write at most max_tokens and THOUGHT_TOKENS; the last output says why it ends.

        Stop strings and max_tokens are looked to by output/accumulator.py.

        Raises:
            InvalidParams: the prompt does not fit the model (field "prompt").
            ModelUnavailable: the model fails.
        """


@runtime_checkable
class Scorer(Protocol):
    """A loaded model that also says how likely it finds what somebody else wrote."""

    def score(self, ask: ScoreAsk, progress: Progress) -> Scored:
        """Read the prompt and the text, and say how likely the text is.

        Raises:
            InvalidParams: they do not fit the model (field "prompt").
            ModelUnavailable: the model fails, or its server does not tell.
        """
