"""A made-up apple_fm_sdk, of the names and manners that version 0.2.1 has.

Snapshots hold the whole text so far, and an error comes after what was written. `asked`
notes what each session was given.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Event
from typing import Any, ClassVar, Self

WAIT_S = 5.0


class FoundationModelsError(Exception):
    """Base of all."""


class ExceededContextWindowSizeError(FoundationModelsError):
    """The transcript is too long."""


class GuardrailViolationError(FoundationModelsError):
    """The safety filter."""


class RefusalError(FoundationModelsError):
    """The model itself does not want to."""


class RateLimitedError(FoundationModelsError):
    """Too much was asked."""


class DecodingFailureError(FoundationModelsError):
    """Something that has no sentence of its own."""


class Reason(IntEnum):
    """Why it cannot be used."""

    APPLE_INTELLIGENCE_NOT_ENABLED = 0
    DEVICE_NOT_ELIGIBLE = 1
    MODEL_NOT_READY = 2
    UNKNOWN = 0xFF


@dataclass
class SamplingMode:
    """How a token is chosen."""

    kind: str
    probability_threshold: float | None = None
    seed: int | None = None

    @classmethod
    def greedy(cls) -> Self:
        """The likeliest."""
        return cls("greedy")

    @classmethod
    def random(
        cls,
        top: int | None = None,
        probability_threshold: float | None = None,
        seed: int | None = None,
    ) -> Self:
        """One of the likeliest."""
        assert top is None or probability_threshold is None
        return cls("random", probability_threshold, seed)


@dataclass
class GenerationOptions:
    """Of one text."""

    sampling: SamplingMode | None = None
    temperature: float | None = None
    maximum_response_tokens: int | None = None


@dataclass
class Transcript:
    """What has been said in a session."""

    entries: list[dict[str, Any]]

    @classmethod
    async def from_dict(cls, dict: dict[str, Any]) -> Self:
        """Read one; a form that is not its own is refused."""
        assert (dict["type"], dict["version"]) == ("FoundationModels.Transcript", 1)
        entries = dict["transcript"]["entries"]
        assert all({"id", "role", "contents"} <= set(entry) for entry in entries)
        return cls(entries)


@dataclass
class MadeUpSdk:
    """The module; what it writes, and how that ends, is the test's to say."""

    snapshots: tuple[str, ...] = ("Yes", "Yes, gladly", "Yes, gladly.")
    error: Exception | None = None
    reason: Reason | None = None
    hold: Event | None = None
    """Before its last snapshot it waits for this."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    ended: int = 0
    """How many streams were read to their end."""

    GenerationOptions: ClassVar = GenerationOptions
    SamplingMode: ClassVar = SamplingMode
    Transcript: ClassVar = Transcript
    FoundationModelsError: ClassVar = FoundationModelsError
    ExceededContextWindowSizeError: ClassVar = ExceededContextWindowSizeError
    GuardrailViolationError: ClassVar = GuardrailViolationError
    RefusalError: ClassVar = RefusalError

    def SystemLanguageModel(self) -> _Model:  # the SDK's name
        """The model."""
        return _Model(self)

    @property
    def LanguageModelSession(self) -> _Sessions:  # the SDK's name
        """What makes sessions."""
        return _Sessions(self)


@dataclass
class _Model:
    sdk: MadeUpSdk
    context_size: int = 4096

    def is_available(self) -> tuple[bool, Reason | None]:
        return self.sdk.reason is None, self.sdk.reason


@dataclass
class _Sessions:
    sdk: MadeUpSdk

    def __call__(
        self, instructions: str | None = None, model: object = None
    ) -> _Session:
        assert isinstance(model, _Model)
        return _Session(self.sdk, {"instructions": instructions})

    def from_transcript(self, transcript: Transcript, model: object = None) -> _Session:
        assert isinstance(model, _Model)
        said = [
            (entry["role"], *(part["text"] for part in entry["contents"]))
            for entry in transcript.entries
        ]
        return _Session(self.sdk, {"transcript": said})


@dataclass
class _Session:
    sdk: MadeUpSdk
    given: dict[str, Any]

    async def stream_response(
        self, prompt: str, options: GenerationOptions
    ) -> AsyncIterator[str]:
        sdk = self.sdk
        sdk.asked.append({**self.given, "prompt": prompt, "options": options})
        *first, last = sdk.snapshots
        for text in first:
            yield text
        if sdk.hold is not None:
            assert await asyncio.to_thread(sdk.hold.wait, WAIT_S)
        yield last
        sdk.ended += 1
        if sdk.error is not None:
            raise sdk.error
