"""Holding a model to some of its tokens: what the engine asks of whoever knows which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from jarvis.inference.engine import Prompt
from jarvis.inference.engines.mlx.tokenizer import Tokenizer

Allowing = Callable[[list[int]], Callable[[int], bool]]
"""Takes the ids written so far and gives a test of which ids may come next."""


class TokenFilter(Protocol):
    """Knows which tokens one loaded model may write."""

    def ask(self, prompt: Prompt, ends: frozenset[int]) -> Allowing:
        """What may be written in answer to a prompt; `ends` are ids that end a text."""


FilterOf = Callable[[Path, Tokenizer], TokenFilter | None]
"""Makes the filter of a model from its folder and its tokenizer; null: it needs none.

Raises ModelUnavailable where the folder has no sense.
"""
Filters = Mapping[str, FilterOf]
"""By the prompt style of the models that are held to some tokens."""
