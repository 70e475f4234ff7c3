"""The engine that asks Apple's model through apple-fm-sdk: macOS 26 brings no `fm`.

`python -m jarvis.inference.engines.apple_sdk` says whether it can be used now, as
`fm available` does: the daemon loads nothing of it.

Source: the SDK's own files and tests, version 0.2.1. Installing it builds it with Xcode.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final
from uuid import uuid4

from jarvis.errors import InvalidParams, JarvisError, ModelUnavailable
from jarvis.inference.engine import (
    EngineOutput,
    Opening,
    Outputs,
    Progress,
    Prompt,
    Sampling,
    Turn,
)
from jarvis.inference.models.apple import REASONS, SDK
from jarvis.inference.models.record import ModelRecord
from jarvis.inference.output.control_tokens import COMMON_MARKS, Neutraliser
from jarvis.inference.signs import Signs

_SLICE_S: Final = 0.05
"""How soon a text that nobody wants any more is let go of."""
_ROLES: Final = {"system": "instructions", "user": "user", "assistant": "response"}
"""What the SDK's transcripts call those who speak."""
_TRY_AGAIN: Final = {
    "RateLimitedError": "macOS limits how much is asked of it now: ask again later",
    "ConcurrentRequestsError": "it is at another text: ask again",
    "AssetsUnavailableError": REASONS["modelNotReady"],
    "UnsupportedLanguageOrLocaleError": (
        "it does not know the language of this conversation: choose another model"
    ),
}

_neutralise: Final = Neutraliser(COMMON_MARKS)


class AppleSdkGenerator:
    """Writes with the model of macOS, in this process.

    Raises:
        ModelUnavailable: the SDK cannot be imported, or macOS does not let it; says why.
    """

    opening: Opening = "reply"

    def __init__(self, model: ModelRecord, *, sdk: Any = None) -> None:
        """Begin; `sdk` is the SDK's module, null: the installed one."""
        self._sdk = _imported() if sdk is None else sdk
        self._model = self._sdk.SystemLanguageModel()
        if reason := why_not(self._model):
            raise ModelUnavailable(
                f"Apple's model cannot be used: {REASONS.get(reason, reason)}."
            )
        self._silence_s = model.silence_s
        self._stream: _Stream | None = None

    def generate(self, prompt: Prompt, progress: Progress) -> Outputs:
        """See Generator.generate.

        The SDK cannot stop a stream: a text that is closed is written to its end, which is
        near, and heard by nobody; the next one waits for that.
        """
        signs, written, is_filtered = Signs(progress), "", False
        self._await_stream(signs)
        signs("reading", 0, None)
        self._stream = _Stream(lambda: self._snapshots(prompt))
        for said in self._stream.heard(signs, self._silence_s):
            if isinstance(said, Exception):
                is_filtered = self._is_filter(said)
                break
            yield EngineOutput(text=_added(written, said))
            written = said
            signs.note("writing", len(written), None)
        yield EngineOutput(
            text="", is_token=False, finish_reason="stop", is_filtered=is_filtered
        )

    def _await_stream(self, signs: Signs) -> None:
        if self._stream is not None:
            signs.note("queued", 0, None)
            for _ in self._stream.heard(signs, self._silence_s):
                pass  # of the text before, which nobody wants

    async def _snapshots(self, prompt: Prompt) -> AsyncIterator[str]:
        """The text so far, again and again as it grows."""
        *before, asked = prompt.turns
        session = await self._session(before)
        async for text in session.stream_response(
            _neutralise(asked.content), options=self._options(prompt.sampling)
        ):
            yield text

    async def _session(self, before: Sequence[Turn]) -> Any:
        """A session in which those turns have been: rules, and answers given before."""
        sdk = self._sdk
        if all(turn.role == "system" for turn in before):
            rules = "\n\n".join(_neutralise(turn.content) for turn in before)
            return sdk.LanguageModelSession(
                instructions=rules or None, model=self._model
            )
        transcript = await sdk.Transcript.from_dict(_transcript(before))
        return sdk.LanguageModelSession.from_transcript(transcript, model=self._model)

    def _options(self, sampling: Sampling) -> Any:
        mode = self._sdk.SamplingMode
        if not sampling.temperature:
            return self._sdk.GenerationOptions(
                sampling=mode.greedy(), maximum_response_tokens=sampling.max_tokens
            )
        return self._sdk.GenerationOptions(
            sampling=mode.random(
                probability_threshold=sampling.top_p, seed=sampling.seed
            ),
            temperature=sampling.temperature,
            maximum_response_tokens=sampling.max_tokens,
        )

    def _is_filter(self, error: Exception) -> bool:
        """Whether a safety filter ended the text; what else went wrong is raised."""
        sdk = self._sdk
        if isinstance(error, sdk.GuardrailViolationError | sdk.RefusalError):
            return True
        if isinstance(error, sdk.ExceededContextWindowSizeError):
            raise InvalidParams(
                f"The prompt is too long for Apple's model, which has room for "
                f"{self._model.context_size} tokens: ask for fewer messages.",
                field="prompt",
            )
        if isinstance(error, sdk.FoundationModelsError):
            name = type(error).__name__
            why = _TRY_AGAIN.get(name, f"{name}: ask again, or choose another model")
            raise ModelUnavailable(f"Apple's model wrote nothing: {why}.")
        raise error


class _Stream:
    """One text of the SDK, read to its end by a thread of its own.

    The SDK's stream blocks the loop it is awaited on, and cannot be left without waiting
    for its own thread.
    """

    def __init__(self, snapshots: Callable[[], AsyncIterator[str]]) -> None:
        self._snapshots = snapshots
        # As many as the text has tokens at most: there is no more that could be put in.
        self._said: SimpleQueue[str | Exception | None] = SimpleQueue()
        self._is_over = False
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            asyncio.run(self._read_all())
        except Exception as error:
            self._said.put(error)
        self._said.put(None)

    async def _read_all(self) -> None:
        async for text in self._snapshots():
            self._said.put(text)

    def heard(self, signs: Signs, silence_s: float) -> Iterator[str | Exception]:
        """What it says until it is over; an exception of the SDK's is the last of it.

        Raises:
            ModelUnavailable: it has said nothing for so long.
        """
        end_s = time.monotonic() + silence_s
        while not self._is_over:
            try:
                said = self._said.get(timeout=_SLICE_S)
            except Empty:
                signs.again()
                if time.monotonic() > end_s:
                    self._is_over = True
                    raise ModelUnavailable(
                        "Apple's model says nothing any more: ask again."
                    ) from None
                continue
            if said is None:
                self._is_over = True
                return
            end_s = time.monotonic() + silence_s
            yield said


def why_not(model: Any) -> str | None:
    """Why the model cannot be used, as `fm available` names it; null: it can."""
    is_available, reason = model.is_available()
    if is_available:
        return None
    first, *others = getattr(reason, "name", "UNKNOWN").split("_")
    return first.lower() + "".join(word.capitalize() for word in others)


def _imported() -> Any:
    try:
        return importlib.import_module(SDK)
    except (ImportError, OSError) as error:
        raise ModelUnavailable(
            f"apple-fm-sdk cannot be imported ({type(error).__name__}): install it "
            "anew where Jarvis is installed, with Xcode there."
        ) from error


def _transcript(turns: Sequence[Turn]) -> dict[str, Any]:
    """The turns as the SDK keeps a conversation."""
    entries = [_entry(turn) for turn in turns]
    return {
        "type": "FoundationModels.Transcript",
        "version": 1,
        "transcript": {"entries": entries},
    }


def _entry(turn: Turn) -> dict[str, Any]:
    text = {"type": "text", "id": str(uuid4()), "text": _neutralise(turn.content)}
    entry = {"id": str(uuid4()), "role": _ROLES[turn.role], "contents": [text]}
    of_role: dict[str, dict[str, Any]] = {
        "user": {"options": {}},
        "assistant": {"assets": []},
    }
    return entry | of_role.get(turn.role, {})


def _added(before: str, text: str) -> str:
    """What a snapshot has beyond the one before."""
    if not text.startswith(before):
        raise ModelUnavailable(
            "Apple's model took back what it had written: ask again."
        )
    return text.removeprefix(before)


def main(sdk: Any = None) -> None:
    """Say whether the model can be used now, and end with 1 where it cannot."""
    try:
        reason = why_not((sdk or _imported()).SystemLanguageModel())
    except JarvisError as error:
        sys.exit(str(error))
    if reason is not None:
        sys.exit(f"System model unavailable: {reason}")


if __name__ == "__main__":
    main()
