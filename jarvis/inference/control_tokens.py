"""Text that only looks like a model's control tokens is kept from becoming them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD_JOINER: Final = "\u2060"


class Neutraliser:
    """Breaks every control token that a text spells out.

    A tokenizer reads `<|im_end|>` in a message as the end of that message. An invisible
    character behind the first one makes it text again.
    """

    def __init__(self, control_tokens: Iterable[str]) -> None:
        # Blank tokens are indentation, and one character alone cannot be broken.
        breakable = [token for token in control_tokens if len(token.strip()) > 1]
        # Looking ahead, one character at a time, finds tokens that overlap each other.
        self._start = (
            re.compile(f"(?={'|'.join(map(re.escape, breakable))})(.)", re.DOTALL)
            if breakable
            else None
        )

    def __call__(self, text: str) -> str:
        """The text with no control token in it; it reads the same."""
        if self._start is None:
            return text
        return self._start.sub(rf"\1{_WORD_JOINER}", text)
