"""One text as it grows: of an engine's outputs, the tokens to send and an account."""

from __future__ import annotations

import time
from collections.abc import Callable

from jarvis.inference.engine import EngineOutput, Generated, Opening, Sampling, Token
from jarvis.inference.output.marks import is_mark
from jarvis.inference.output.stop_filter import StopFilter
from jarvis.records import FinishReason


class TokenAccumulator:
    """Takes the outputs of one generation, in order, and gives the tokens to send."""

    def __init__(
        self,
        sampling: Sampling,
        *,
        opening: Opening = "reply",
        spoken_of: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Begin; `opening` and `spoken_of`: see TurnText."""
        self.is_done = False
        """Whether the text is complete: the engine, its turn, a stop string or the
        number of its tokens ended it."""
        self._max_tokens = sampling.max_tokens
        self._filter = StopFilter(sampling.stop, opening=opening, spoken_of=spoken_of)
        self._clock = clock
        self._started_s = clock()
        self._first_token_s: float | None = None
        self._has_text = False
        self._finish_reason: FinishReason = "stop"
        self._prompt_tokens = 0
        self._reused_tokens = 0
        self._tokens = 0
        self._text_tokens = 0
        self._is_endless = False
        self._is_filtered = False
        self._unsent_logprobs: list[float | None] = []
        self._sent_logprobs: list[float | None] = []

    @property
    def is_plain(self) -> bool:
        """Whether its output had no thought in front, as far as a whole text shows it."""
        has_ended = self.is_done and self._finish_reason == "stop" and self._has_text
        has_thought = self._filter.turn.has_thought
        return self._is_endless or (has_ended and not has_thought)

    def add(self, output: EngineOutput) -> Token | None:
        """The token to send now; none while its text is empty or held back."""
        self._prompt_tokens = output.prompt_tokens
        self._reused_tokens = output.reused_tokens
        self._is_filtered = output.is_filtered
        if output.is_token:
            self._count(output.logprob)
        text = self._read(output)
        if self._filter.stopped:
            self.is_done = True
        elif output.finish_reason is not None:
            text += self._end(output.finish_reason)
        elif self._text_tokens >= self._max_tokens:
            text += self._end("length")
        return self._token(text) if text else None

    def _read(self, output: EngineOutput) -> str:
        """What may be seen now; a thought counts for nothing."""
        turn = self._filter.turn
        thoughts = turn.ended_thoughts
        text = self._filter.feed(output.text)
        if output.is_mark and not is_mark(output.text.strip()):
            text += self._filter.end_turn()
        if turn.ended_thoughts > thoughts:
            self._unsent_logprobs.clear()
        elif turn.is_speaking and output.is_token:
            self._text_tokens += 1
        return text

    def _end(self, reason: FinishReason) -> str:
        """Finish the text for this reason; returns what was held back of it."""
        self.is_done = True
        self._finish_reason = reason
        is_long = reason == "length" and self._tokens > self._max_tokens
        if is_long and self._filter.turn.is_doubtful:
            # No text is as long as that: it was a thought, or a model that never ends.
            self._is_endless = True
            return ""
        return self._filter.finish()

    def _count(self, logprob: float | None) -> None:
        if self._first_token_s is None:
            self._first_token_s = self._clock()
        self._tokens += 1
        self._unsent_logprobs.append(logprob)

    def _token(self, text: str) -> Token:
        logprobs = self._unsent_logprobs
        self._sent_logprobs += logprobs
        self._unsent_logprobs = []
        self._has_text = True
        return Token(text=text, logprob=_sum(logprobs), index=max(0, self._tokens - 1))

    def generated(self) -> Generated:
        """What the text took; asked for once it is done."""
        total = _sum(self._sent_logprobs)
        sent = len(self._sent_logprobs)
        first_s = self._first_token_s
        return Generated(
            finish_reason=self._finish_reason,
            prompt_tokens=self._prompt_tokens,
            tokens=self._tokens,
            mean_logprob=None if total is None or not sent else total / sent,
            first_token_ms=None if first_s is None else self._since_start_ms(first_s),
            total_ms=self._since_start_ms(self._clock()),
            reused_tokens=self._reused_tokens,
            is_filtered=self._is_filtered,
            has_thought=self._filter.turn.has_thought,
        )

    def _since_start_ms(self, moment_s: float) -> float:
        return (moment_s - self._started_s) * 1000


def _sum(logprobs: list[float | None]) -> float | None:
    """The sum; null as soon as one is not known."""
    values = [logprob for logprob in logprobs if logprob is not None]
    return sum(values) if len(values) == len(logprobs) else None
