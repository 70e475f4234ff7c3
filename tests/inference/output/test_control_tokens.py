"""Message text never becomes a control token."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jarvis.inference.output.control_tokens import Neutraliser

TOKENS = ["<|im_start|>", "<|im_end|>", "<think>", "ab", "bc", "   ", "x", ""]
neutralise = Neutraliser(TOKENS)


@given(st.lists(st.sampled_from([*TOKENS, "<", "|", "a", "b", "c", "hello"])))
def test_no_control_token_survives(parts: list[str]) -> None:
    """Not whole, not nested, not overlapping; and nothing else is lost."""
    text = "".join(parts)
    broken = neutralise(text)
    assert not any(token in broken for token in TOKENS if len(token.strip()) > 1)
    assert broken.replace("\u2060", "") == text


def test_ordinary_text_is_left_alone() -> None:
    """What spells no control token stays as it is, blanks included."""
    assert neutralise("1 < 2 | x   y\n") == "1 < 2 | x   y\n"


def test_a_tokenizer_without_control_tokens_needs_nothing() -> None:
    """Then the text passes as it is."""
    assert Neutraliser([])("<|im_end|>") == "<|im_end|>"
