"""The engine that runs models through mlx-lm; the only file that imports mlx_lm."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any, Final

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.control_tokens import Neutraliser
from jarvis.inference.engine import Progress, Prompt, Step, Steps, Turn
from jarvis.inference.models import ModelRecord

_PREFILL_STEP_TOKENS: Final = 256
"""How much of a prompt is read between two looks at whether it is still wanted."""


class MlxGenerator:
    """Writes with one model of mlx-lm; loads, writes and is used on one thread only."""

    def __init__(self) -> None:
        self._loaded: LoadedModel | None = None

    def load(self, model: ModelRecord) -> None:
        """See Generator.load."""
        self._loaded = None
        self._loaded = LoadedModel(model)

    def generate(self, prompt: Prompt, progress: Progress) -> Steps:
        """See Generator.generate."""
        if self._loaded is None:
            raise ModelUnavailable("No model is loaded in this worker.")
        return self._loaded.generate(prompt, progress)


class LoadedModel:
    """A model in memory, with its tokenizer.

    Raises:
        ModelUnavailable: it cannot be loaded; see Generator.load.
    """

    def __init__(self, record: ModelRecord) -> None:
        self._context_tokens = record.context_tokens
        self._model, self._tokenizer = _load(record)
        self._neutralise = Neutraliser(self._tokenizer.get_added_vocab())
        self._control_ids = _control_ids(self._tokenizer)
        self._takes_system_turn = self._check_template(record)

    def _check_template(self, record: ModelRecord) -> bool:
        """Whether the chat template has room for rules of their own."""
        if not self._tokenizer.has_chat_template:
            raise ModelUnavailable(
                f"The model {record.name} has no chat template, so it cannot follow "
                'a conversation: choose an "instruct" or "chat" model.'
            )
        ask = Turn(role="user", content="hello")
        try:
            self._apply_template((ask,), tokenize=False)
        except Exception as error:
            raise ModelUnavailable(
                f"The chat template of {record.name} does not work "
                f"({_first_line(error)}): fetch the model again or choose another."
            ) from error
        try:
            rules = Turn(role="system", content="rules")
            return "rules" in self._apply_template((rules, ask), tokenize=False)
        # Templates say in their own way that they know no system turns.
        except Exception:
            return False

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt; message text gives no control tokens."""
        turns = prompt.turns
        if not self._takes_system_turn:
            turns = _rules_in_first_ask(turns)
        return list(self._apply_template(turns))

    def _apply_template(self, turns: tuple[Turn, ...], *, tokenize: bool = True) -> Any:
        messages = [
            {"role": turn.role, "content": self._neutralise(turn.content)}
            for turn in turns
        ]
        return self._tokenizer.apply_chat_template(
            messages,
            tokenize=tokenize,
            add_generation_prompt=True,
            enable_thinking=False,
        )

    def generate(self, prompt: Prompt, progress: Progress) -> Steps:
        """See Generator.generate."""
        import mlx.core
        from mlx_lm import stream_generate
        from mlx_lm.sample_utils import make_sampler

        ids = self.prompt_ids(prompt)
        sampling = prompt.sampling
        self._check_length(len(ids), sampling.max_tokens)
        if sampling.seed is not None:
            mlx.core.random.seed(sampling.seed)
        responses = stream_generate(
            self._model,
            self._tokenizer,
            ids,
            max_tokens=sampling.max_tokens,
            sampler=make_sampler(temp=sampling.temperature, top_p=sampling.top_p),
            prefill_step_size=_PREFILL_STEP_TOKENS,
            prompt_progress_callback=progress,
        )
        with closing(responses):
            for response in responses:
                # A model that forgets to end begins another turn with one of these.
                is_end = response.token in self._control_ids
                yield _end(response) if is_end else _step(response)
                if is_end:
                    return

    def _check_length(self, prompt_tokens: int, max_tokens: int) -> None:
        if prompt_tokens + max_tokens > self._context_tokens:
            raise InvalidParams(
                f"The prompt has {prompt_tokens} tokens; with {max_tokens} to write, "
                f"the model has room for {self._context_tokens}: ask for fewer messages.",
                field="prompt",
            )


def _step(response: Any) -> Step:
    return Step(
        text=response.text,
        # Before the sampler had its say: what the model thinks at temperature 1.
        logprob=response.logprobs[response.token].item(),
        prompt_tokens=response.prompt_tokens,
        finish_reason=response.finish_reason,
    )


def _end(response: Any) -> Step:
    is_own_end = response.finish_reason == "stop"
    return Step(
        # With its own end come the letters that the detokenizer held back.
        text=response.text if is_own_end else "",
        prompt_tokens=response.prompt_tokens,
        is_token=False,
        finish_reason="stop",
    )


def _control_ids(tokenizer: Any) -> frozenset[int]:
    """The ids that end a text: those of its end, and of any other turn's mark."""
    marks = tokenizer.added_tokens_decoder.items()
    return frozenset(
        {*tokenizer.eos_token_ids, *(number for number, mark in marks if mark.special)}
    )


def _rules_in_first_ask(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same turns for a template without system turns."""
    rules = [turn.content for turn in turns if turn.role == "system"]
    first, *others = [turn for turn in turns if turn.role != "system"]
    content = "\n\n".join([*rules, first.content])
    return Turn(role=first.role, content=content), *others


def _load(record: ModelRecord) -> tuple[Any, Any]:
    if record.path is None:
        raise ModelUnavailable(f"The model {record.name} has no folder to load.")
    try:
        import mlx_lm
    except ImportError as error:
        raise ModelUnavailable(
            f"mlx-lm cannot be imported ({_first_line(error)}): install jarvis[mlx]."
        ) from error
    _leave_memory_unwired()
    try:
        model, tokenizer = mlx_lm.load(record.path)
    # mlx-lm raises what its parsers raise; all of it means the folder is no good.
    except Exception as error:
        raise ModelUnavailable(_explain(error, record)) from error
    return model, tokenizer


def _leave_memory_unwired() -> None:
    """Keep mlx-lm from pinning memory while it writes.

    On Macs, pinning and unpinning around each text has led to kernel panics (reported
    to mlx), and models of the size meant here should do without.
    """
    generate: Any = sys.modules["mlx_lm.generate"]
    generate.maybe_set_recommended_wired_limit = lambda: None


def _explain(error: Exception, record: ModelRecord) -> str:
    """Why a folder cannot be loaded and what to do about it, in one sentence."""
    reason = _first_line(error)
    where = f"The model {record.name}"
    if isinstance(error, MemoryError) or "malloc" in reason:
        return f"{where} does not fit in memory: choose a smaller one."
    if isinstance(error, FileNotFoundError):
        return f"{where} lacks a file ({reason}): fetch it again."
    if "safetensors" in reason or reason.startswith("[read]"):
        return f"{where} has damaged or incomplete weights ({reason}): fetch it again."
    if "not supported" in reason:
        return f"{where} is of a kind mlx-lm does not know ({reason}): choose another."
    return (
        f"{where} cannot be loaded ({type(error).__name__}: {reason}): fetch it again "
        "or choose another."
    )


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")[:200]
