"""Prompts that several tests ask with."""

from __future__ import annotations

from collections.abc import Iterable

from jarvis.inference.engine import Prompt, Sampling, Token, Turn
from jarvis.records import ChatId, StreamPhase


def nobody_minds(phase: StreamPhase, done: int, total: int | None) -> None:
    """Progress of a text that is wanted."""


def joined(tokens: Iterable[Token]) -> str:
    """The text that these tokens are."""
    return "".join(token.text for token in tokens)


def reply_prompt(
    text: str = "dinner on friday?",
    *,
    chat_id: str = "chat-1",
    suggestion: int = 0,
    max_tokens: int = 96,
    seed: int | None = None,
    temperature: float = 0.3,
    stop: tuple[str, ...] = (),
) -> Prompt:
    """A prompt for a reply to one message of Mia's, as the scripted engine reads one."""
    return Prompt(
        task="reply",
        turns=(
            Turn(role="system", content="Mia"),
            Turn(role="user", content=text),
        ),
        chat_id=ChatId(chat_id),
        suggestion=suggestion,
        sampling=Sampling(
            max_tokens=max_tokens, seed=seed, temperature=temperature, stop=stop
        ),
    )
