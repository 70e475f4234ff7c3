"""The engine of models on this machine: prompts are read, tokens drawn one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

import psutil

from jarvis.errors import InvalidParams, ModelUnavailable
from jarvis.inference.engine import (
    THOUGHT_TOKENS,
    EngineOutput,
    Opening,
    Outputs,
    Progress,
    Prompt,
    ScoreAsk,
    Scored,
)
from jarvis.inference.engines.mlx import library
from jarvis.inference.engines.mlx.chat_template import ChatTemplate
from jarvis.inference.engines.mlx.library import LayerCaches, explain, first_line
from jarvis.inference.engines.mlx.prompt_cache import (
    Loan,
    PromptCaches,
    cache_budget_bytes,
)
from jarvis.inference.engines.mlx.reading_pace import ReadingPace
from jarvis.inference.engines.mlx.token_filter import Allowing, FilterOf
from jarvis.inference.engines.mlx.tokenizer import Tokenizer
from jarvis.inference.models.record import ModelRecord

_MOST_STEP_TOKENS: Final = 256
_METAL_MOST_STEP_TOKENS: Final = 512
"""How much of a prompt is read at a time at most; larger steps are no faster."""

_CLEARED_AFTER_TOKENS: Final = 256
"""After so many tokens mlx returns the memory of arrays that it does not use again."""

_LIKELIEST: Final = 40
"""How many of the likeliest tokens are tried before all the others."""


class MlxGenerator:
    """A model in memory, with its tokenizer and what it has read of each chat.

    Loaded, used and given up on one thread only.

    Raises:
        ModelUnavailable: it cannot be loaded; the sentence says why and what to do.
    """

    def __init__(
        self,
        record: ModelRecord,
        *,
        cache_budget_bytes: int | None = None,
        filter_of: FilterOf | None = None,
    ) -> None:
        """Load it.

        Args:
            record: which.
            cache_budget_bytes: null: as the machine's memory allows.
            filter_of: makes what holds it to some of its tokens.
        """
        self._context_tokens = record.context_tokens
        self._model, self._tokenizer = _load(record)
        self._template = ChatTemplate(self._tokenizer, record.name)
        self.opening: Opening = self._template.opening
        folder = Path(record.path or "")
        self._filter = filter_of(folder, self._tokenizer) if filter_of else None
        self._pace = ReadingPace(_most_step_tokens())
        self._beside = _stream_beside()
        self.caches = _prompt_caches(self._model, cache_budget_bytes)

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt; message text gives no control tokens."""
        return self._template.ids(prompt)

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """See Generator.generate.

        Where the model is held to some tokens, a token's probability is that among those
        which were allowed at its place.
        """
        ids = self.prompt_ids(prompt)
        self._check_length(len(ids), prompt.sampling.max_tokens)

        key = f"{prompt.task} {prompt.chat_id}"
        stable = partial(self._template.stable_tokens, prompt, ids)
        with self.caches.lent(key, ids, stable) as loan:
            self._read(loan, progress)
            yield from self._write(prompt, loan)

    def score(self, ask: ScoreAsk, progress: Progress) -> Scored:
        """See Generator.score; whatever tokens the model is held to when it writes."""
        ids = self.prompt_ids(ask.prompt)
        text_ids = self._template.text_ids(ask.text)
        self._check_length(len(ids), len(text_ids))
        key = f"{ask.prompt.task} {ask.prompt.chat_id}"
        stable = partial(self._template.stable_tokens, ask.prompt, ids)
        with self.caches.lent(key, ids, stable) as loan:
            self._read(loan, progress)
            nats = self._nats(loan, text_ids) if text_ids else 0.0
        return Scored(nats=nats, tokens=len(text_ids), prompt_tokens=len(ids))

    def _nats(self, loan: Loan[LayerCaches], text_ids: list[int]) -> float:
        """Minus the log-probability of those tokens behind the prompt that was read."""
        import mlx.core as mx

        fed = mx.array([[loan.ids[-1], *text_ids[:-1]]])
        logits = self._model(fed, cache=loan.cache.layers)[0].astype(mx.float32)
        loan.written += text_ids[:-1]
        wanted = mx.take_along_axis(logits, mx.array(text_ids)[:, None], axis=-1)
        likely = wanted.squeeze(-1) - mx.logsumexp(logits, axis=-1)
        total: Any = likely.sum().item()
        return -float(total)

    def _write(self, prompt: Prompt, loan: Loan[LayerCaches]) -> Outputs:
        """The outputs of a text; the last says why it ends."""
        text_of = self._tokenizer.stream()
        most = min(
            prompt.sampling.max_tokens + THOUGHT_TOKENS,
            self._context_tokens - len(loan.ids),
        )
        for token, logprobs in islice(self._drawn(prompt, loan), most):
            loan.written.append(token)
            is_end = token in self._tokenizer.ends
            is_mark = token in self._tokenizer.control_ids
            is_last = len(loan.written) == most
            yield EngineOutput(
                text="" if is_end else text_of(token),
                logprob=None if is_mark else self._logprob(logprobs, token),
                prompt_tokens=len(loan.ids),
                reused_tokens=loan.reused_tokens,
                is_token=not is_mark,
                is_mark=is_mark and not is_end,
                finish_reason="stop" if is_end else "length" if is_last else None,
            )
            if is_end:
                return

    def _drawn(
        self, prompt: Prompt, loan: Loan[LayerCaches]
    ) -> Iterator[tuple[int, Any]]:
        """Tokens without end, each with the log-probabilities that it was drawn from.

        The last token of the prompt is fed first. The model is always one token ahead: the
        next one is being computed while its taker looks at this one.
        """
        import mlx.core as mx

        sampling = prompt.sampling
        if sampling.seed is not None:
            mx.random.seed(sampling.seed)
        sample = library.sampler(sampling.temperature, sampling.top_p)
        mask = self._mask(prompt)
        fed: list[Any] = []

        def draw(token: Any) -> tuple[Any, Any]:
            logits = self._model(token[None], cache=loan.cache.layers)[:, -1, :]
            if mask is not None:
                fed.append(token)
                logits = mask(mx.concatenate(fed), logits)
            # Before the sampler had its say: what the model thinks at temperature 1.
            logprobs = logits - mx.logsumexp(logits, keepdims=True)
            drawn = sample(logprobs)
            mx.async_eval(drawn, logprobs)  # type: ignore[no-untyped-call]
            return drawn, logprobs.squeeze(0)

        drawn, logprobs = draw(mx.array([loan.ids[-1]]))
        for number in count(1):
            following = draw(drawn)
            yield drawn.item(), logprobs
            if number % _CLEARED_AFTER_TOKENS == 0:
                mx.clear_cache()
            drawn, logprobs = following

    def _mask(self, prompt: Prompt) -> _Mask | None:
        if self._filter is None:
            return None
        return _Mask(self._filter.ask(prompt, self._tokenizer.control_ids))

    def _logprob(self, logprobs: Any, token: int) -> float:
        import mlx.core as mx

        # The next token is being computed already; on its stream this would wait for it.
        with mx.stream(self._beside):
            number: float = logprobs[token].item()
        return number

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


class _Mask:
    """Masks the logits of tokens that are not allowed.

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


def _stream_beside() -> Any:
    import mlx.core

    return mlx.core.new_stream(mlx.core.cpu)


def _most_step_tokens() -> int:
    import mlx.core

    has_metal = mlx.core.metal.is_available()
    return _METAL_MOST_STEP_TOKENS if has_metal else _MOST_STEP_TOKENS


def _prompt_caches(model: Any, budget_bytes: int | None) -> PromptCaches[LayerCaches]:
    import mlx.core

    if budget_bytes is None:
        budget_bytes = cache_budget_bytes(psutil.virtual_memory().total)
    return PromptCaches(
        lambda: LayerCaches.of(model),
        budget_bytes,
        on_evict=mlx.core.clear_cache,
    )


def _load(record: ModelRecord) -> tuple[Any, Tokenizer]:
    if record.path is None:
        raise ModelUnavailable(f"The model {record.name} has no folder to load.")
    try:
        library.import_parts()
    except ImportError as error:
        raise ModelUnavailable(
            f"mlx-lm cannot be imported ({first_line(error)}): install jarvis[mlx]."
        ) from error
    folder = Path(record.path)
    try:
        model, config = library.load_weights(folder)
        return model, Tokenizer(folder, config.get("eos_token_id"))
    # Parsers raise what they like; all of it means the folder is no good.
    except Exception as error:
        raise ModelUnavailable(explain(error, record.name)) from error
