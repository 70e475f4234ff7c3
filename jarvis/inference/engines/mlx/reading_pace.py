"""How much of a prompt is read at a time."""

from __future__ import annotations

from typing import Final

_FIRST_STEP_TOKENS: Final = 16
_QUICK_STEP_S: Final = 0.5
_SLOW_STEP_S: Final = 2.0


class ReadingPace:
    """How much of a prompt is read at a time: what takes about a second.

    So a model of any speed gives signs of life, and lets go of a text soon: a large one on
    a busy machine may take seconds for a single token.
    """

    def __init__(self, most_tokens: int) -> None:
        self.tokens = min(_FIRST_STEP_TOKENS, most_tokens)
        """How many to read next."""
        self._most_tokens = most_tokens

    def note(self, tokens: int, took_s: float) -> None:
        """Record how long a step of so many tokens took."""
        if took_s > _SLOW_STEP_S:
            self.tokens = max(1, tokens // 2)
        elif took_s < _QUICK_STEP_S and tokens == self.tokens:
            self.tokens = min(2 * tokens, self._most_tokens)
