"""A model as a value: what it is, where it is, and how to speak to it."""

from __future__ import annotations

from typing import Final, Literal

from jarvis.records import Record

EngineName = Literal["mlx", "openai", "scripted"]


class ModelRecord(Record, frozen=True):
    """A model that can be used from this machine, and how to speak to it."""

    name: str
    path: str | None
    """Its folder; null for the engines that have none."""
    engine: EngineName
    prompt_style: str
    """How it is spoken to: "chat" as models are that follow instructions; whoever puts the
    program together may know more. The scripted engine has a style of its own."""
    licence: str | None
    context_tokens: int
    """How much it can read and write together."""
    size_bytes: int
    """Of its weights on this disk."""
    address: str | None = None
    """Of a server that speaks OpenAI's protocol, up to and with its /v1."""
    address_is_trusted: bool = False
    """Whether the person allowed it to be another machine; else only loopback will do."""
    memory_bytes: int | None = None
    """What it takes when loaded: weights, and what it keeps of a prompt; null: unknown."""
    silence_s: float = 300.0
    """How long a server may say nothing; it may have to load its model first."""
    token_ms: float = 0.0
    """How long the scripted engine takes for a token."""


SCRIPTED: Final = ModelRecord(
    name="scripted",
    path=None,
    engine="scripted",
    prompt_style="chat",
    licence=None,
    context_tokens=8192,
    size_bytes=0,
)
"""The engine of tests and pictures, as a model."""
