"""The engine that runs models through mlx-lm; the only file that imports mlx_lm."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psutil

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.engine import (
    THOUGHT_TOKENS,
    Opening,
    Progress,
    Prompt,
    Step,
    Steps,
)
from jarvis.inference.engines.load_errors import explain, first_line
from jarvis.inference.engines.mlx.layer_caches import LayerCaches
from jarvis.inference.engines.mlx.pace import ReadingPace
from jarvis.inference.engines.mlx.words import Allowing, WordList
from jarvis.inference.engines.prompt_cache import (
    Loan,
    PromptCaches,
    cache_budget_bytes,
)
from jarvis.inference.engines.templates import ChatTemplate, control_ids
from jarvis.inference.models.record import ModelRecord

_MOST_STEP_TOKENS: Final = 256
_METAL_MOST_STEP_TOKENS: Final = 512
"""How much of a prompt is read at a time at most; larger steps are no faster."""

_LIKELIEST: Final = 40
"""How many tokens are looked at for one that is allowed."""


class MlxGenerator:
    """A model in memory, with its tokenizer and what it has read of each chat.

    Loaded, used and given up on one thread only.

    Raises:
        ModelUnavailable: it cannot be loaded; the sentence says why and what to do.
    """

    def __init__(
        self, record: ModelRecord, *, cache_budget_bytes: int | None = None
    ) -> None:
        """Load it; `cache_budget_bytes` null: as the machine's memory allows."""
        self._context_tokens = record.context_tokens
        self._model, self._tokenizer = _load(record)
        self._template = ChatTemplate(self._tokenizer, record.name)
        self.opening: Opening = self._template.opening
        self._control_ids = control_ids(self._tokenizer)
        self._words = WordList.of_folder(Path(record.path or ""), self._tokenizer)
        self._pace = ReadingPace(_most_step_tokens())
        self._beside = _stream_beside()
        self.caches = _prompt_caches(self._model, cache_budget_bytes)

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt; message text gives no control tokens."""
        return self._template.ids(prompt)

    def generate(self, prompt: Prompt, progress: Progress) -> Steps:
        """See Generator.generate.

        Where the model is held to words, a token's probability is that among the tokens
        which were allowed at its place.
        """
        ids = self.prompt_ids(prompt)
        self._check_length(len(ids), prompt.sampling.max_tokens)

        def stable_tokens() -> int:
            return self._template.stable_tokens(prompt, ids)

        with self.caches.lent(prompt.chat_key, ids, stable_tokens) as loan:
            self._read(loan, progress)
            responses = self._responses(prompt, loan)
            with closing(responses):
                for response in responses:
                    loan.written.append(response.token)
                    if response.token in self._control_ids:
                        yield _mark(response, loan)
                    else:
                        yield self._step(response, loan)

    def _step(self, response: Any, loan: Loan[LayerCaches]) -> Step:
        import mlx.core

        # The next token is being computed already; on its stream this would wait for it.
        with mlx.core.stream(self._beside):
            # Before the sampler had its say: what the model thinks at temperature 1.
            logprob: float = response.logprobs[response.token].item()
        return Step(
            text=response.text,
            logprob=logprob,
            prompt_tokens=len(loan.ids),
            reused_tokens=loan.reused_tokens,
            finish_reason=response.finish_reason,
        )

    def _check_length(self, prompt_tokens: int, max_tokens: int) -> None:
        if prompt_tokens + max_tokens > self._context_tokens:
            raise InvalidParams(
                f"The prompt has {prompt_tokens} tokens; with {max_tokens} to write, "
                f"the model has room for {self._context_tokens}: ask for fewer messages.",
                field="prompt",
            )

    def _read(self, loan: Loan[LayerCaches], progress: Progress) -> None:
        """Feed the prompt to the cache, all but its last token, which is left to write on.

        On the way the snapshot is taken that is wanted.
        """
        import mlx.core

        begin, end = loan.reused_tokens, len(loan.ids) - 1
        while begin < end:
            progress("reading", begin, len(loan.ids))
            upto = min(begin + self._pace.tokens, end)
            place = loan.snapshot_tokens
            if place is not None and begin < place < upto:
                upto = place
            began_s = time.monotonic()
            self._model(mlx.core.array([loan.ids[begin:upto]]), cache=loan.cache.layers)
            mlx.core.eval([cache.state for cache in loan.cache.layers])
            mlx.core.clear_cache()
            self._pace.note(upto - begin, time.monotonic() - began_s)
            begin = upto
            if begin == place:
                loan.take_snapshot()
        progress("reading", begin, len(loan.ids))

    def _responses(self, prompt: Prompt, loan: Loan[LayerCaches]) -> Any:
        """What mlx-lm writes after the prompt, whose last token is still to be fed."""
        import mlx.core
        from mlx_lm import stream_generate
        from mlx_lm.sample_utils import make_sampler

        sampling = prompt.sampling
        if sampling.seed is not None:
            mlx.core.random.seed(sampling.seed)
        return stream_generate(
            self._model,
            self._tokenizer,
            loan.ids[-1:],
            max_tokens=min(
                sampling.max_tokens + THOUGHT_TOKENS,
                self._context_tokens - len(loan.ids),
            ),
            sampler=make_sampler(temp=sampling.temperature, top_p=sampling.top_p),
            logits_processors=self._processors(prompt),
            prompt_cache=loan.cache.layers,
        )

    def _processors(self, prompt: Prompt) -> list[Callable[[Any, Any], Any]]:
        if self._words is None:
            return []
        return [_Mask(self._words.ask(prompt, self._control_ids))]


class _Mask:
    """Leaves of the likeliest tokens those that are allowed; see lexicon.py.

    Where none of them is, the likeliest of all others that is; where none is at all, which
    an odd vocabulary may bring about, everything.
    """

    def __init__(self, allowing: Allowing) -> None:
        self._allowing = allowing
        self._prompt_tokens: int | None = None

    def __call__(self, tokens: Any, logits: Any) -> Any:
        """The logits of a step (1 x vocabulary) after all tokens so far."""
        import mlx.core as mx

        if self._prompt_tokens is None:
            self._prompt_tokens = tokens.size
        written: Any = tokens[self._prompt_tokens :].tolist()
        most = min(_LIKELIEST, logits.shape[-1])
        order: Any = mx.argpartition(-logits, kth=most - 1, axis=-1)[0, :most].tolist()
        is_allowed = self._allowing(written)
        allowed = [*filter(is_allowed, order)]
        if not allowed:
            rest: Any = mx.argsort(-logits, axis=-1)[0, most:].tolist()
            allowed = [*islice(filter(is_allowed, rest), 1)]
        if not allowed:
            return logits
        kept = mx.array([allowed])
        values = mx.take_along_axis(logits, kept, axis=-1)
        return mx.put_along_axis(
            mx.full(logits.shape, -mx.inf, dtype=logits.dtype), kept, values, axis=-1
        )


def _mark(response: Any, loan: Loan[LayerCaches]) -> Step:
    """A step for a control token; with the model's own end come letters held back."""
    return Step(
        text=response.text,
        prompt_tokens=len(loan.ids),
        reused_tokens=loan.reused_tokens,
        is_token=False,
        is_mark=response.finish_reason != "stop",
        finish_reason=response.finish_reason,
    )


def _stream_beside() -> Any:
    import mlx.core

    return mlx.core.new_stream(mlx.core.cpu)


def _most_step_tokens() -> int:
    import mlx.core

    has_metal = mlx.core.metal.is_available()
    return _METAL_MOST_STEP_TOKENS if has_metal else _MOST_STEP_TOKENS


def _prompt_caches(model: Any, budget_bytes: int | None) -> PromptCaches[LayerCaches]:
    import mlx.core
    from mlx_lm.models.cache import make_prompt_cache

    if budget_bytes is None:
        budget_bytes = cache_budget_bytes(psutil.virtual_memory().total)
    return PromptCaches(
        lambda: LayerCaches(make_prompt_cache(model)),
        budget_bytes,
        on_evict=mlx.core.clear_cache,
    )


def _load(record: ModelRecord) -> tuple[Any, Any]:
    if record.path is None:
        raise ModelUnavailable(f"The model {record.name} has no folder to load.")
    try:
        import mlx_lm
    except ImportError as error:
        raise ModelUnavailable(
            f"mlx-lm cannot be imported ({first_line(error)}): install jarvis[mlx]."
        ) from error
    _leave_memory_unwired()
    try:
        model, tokenizer = mlx_lm.load(record.path)
    # mlx-lm raises what its parsers raise; all of it means the folder is no good.
    except Exception as error:
        raise ModelUnavailable(explain(error, record.name)) from error
    return model, tokenizer


def _leave_memory_unwired() -> None:
    """Keep mlx-lm from pinning memory while it writes.

    On Macs, pinning and unpinning around each text has led to kernel panics (reported
    to mlx), and models of the size meant here should do without.
    """
    generate: Any = sys.modules["mlx_lm.generate"]
    generate.maybe_set_recommended_wired_limit = lambda: None
