"""Candidates: several replies to one ask, each of another stance, written by the model."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from jarvis.assistant.asking import OnToken, Writer, Written, fitting, write
from jarvis.assistant.confidence import (
    confidence_of,
    fluency,
    parts_of,
    self_consistency,
)
from jarvis.assistant.context import Context
from jarvis.assistant.foreign import foreign_items
from jarvis.assistant.habits import Habits
from jarvis.assistant.prompts import REPLY_TOKENS, reply_prompt
from jarvis.assistant.styling import ReplyStyler
from jarvis.assistant.timing import Stopwatch
from jarvis.assistant.trimming import ReplyTrimmer
from jarvis.assistant.voice import Voice
from jarvis.assistant.wording import normalised
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Progress, Prompt
from jarvis.inference.models import ModelRecord
from jarvis.records import ChatId, Suggestion


@dataclass(frozen=True, kw_only=True)
class DraftAsk:
    """What is wanted. `now` is local time; callers are served in rotation.

    `skip_cache`: the same may have been written before, and something else is wanted.
    """

    chat_id: ChatId
    now: datetime
    num_suggestions: int = 1
    instruction: str | None = None
    only_if_expected: bool = False
    skip_cache: bool = False
    caller: Hashable = None
    background: bool = False
    on_progress: Progress | None = None
    """Told what the texts are at, for a caller that waits for them."""


async def write_candidates(
    writer: Writer,
    model: ModelRecord,
    context: Context,
    voice: Voice,
    ask: DraftAsk,
    stopwatch: Stopwatch,
    on_token: OnToken | None,
) -> tuple[list[Suggestion], Context]:
    """The replies in order of merit, and as much of the context as the model has read.

    They are written one after the other and stream while they are written, each but the
    first with a stance of its own. One that says the same as an earlier one is left out.

    Raises:
        ModelUnavailable: the model failed, or wrote nothing.
        Busy: too many wait, or a person's wish came before this background work.
    """
    context = fitting(context, model, REPLY_TOKENS)
    candidates: dict[str, _Candidate] = {}
    for number in range(ask.num_suggestions):
        stream = _Stream(number, voice.habits, stopwatch, on_token)
        written = await write(
            writer,
            context,
            partial(_prompt, model=model, voice=voice, ask=ask, number=number),
            stream.take,
            caller=ask.caller,
            background=ask.background,
            on_progress=ask.on_progress,
        )
        stream.end()
        stopwatch.add(written.generated, written.queued_ms)
        context = written.context
        if stream.text:
            candidate = _Candidate(stream.text, number, written)
            candidates.setdefault(normalised(stream.text), candidate)
    if not candidates:
        raise ModelUnavailable(
            f"The model {model.name} wrote nothing: ask again, or choose another model."
        )
    return _suggestions(list(candidates.values()), context, voice, ask, model), context


def _prompt(
    context: Context, *, model: ModelRecord, voice: Voice, ask: DraftAsk, number: int
) -> Prompt:
    return reply_prompt(
        context,
        model.prompt_form,
        chat_key=ask.chat_id,
        voice=voice,
        now=ask.now,
        suggestion=number,
        instruction=ask.instruction,
        is_anew=ask.skip_cache,
    )


@dataclass(frozen=True)
class _Candidate:
    """A reply as it was written."""

    text: str
    number: int
    written: Written


class _Stream:
    """One suggestion on its way: trimmed, styled, passed on, and kept."""

    def __init__(
        self,
        number: int,
        habits: Habits | None,
        stopwatch: Stopwatch,
        on_token: OnToken | None,
    ) -> None:
        self.text = ""
        self._number = number
        self._stopwatch = stopwatch
        self._on_token = on_token
        self._trimmer = ReplyTrimmer()
        self._styler = ReplyStyler(habits)

    def take(self, piece: str) -> None:
        self._pass_on(self._styler.feed(self._trimmer.feed(piece)))

    def end(self) -> None:
        rest = self._styler.feed(self._trimmer.finish())
        self._pass_on(rest + self._styler.finish())

    def _pass_on(self, text: str) -> None:
        if not text:
            return
        self._stopwatch.see_text()
        self.text += text
        if self._on_token is not None:
            self._on_token(text, self._number)


def _suggestions(
    candidates: Sequence[_Candidate],
    context: Context,
    voice: Voice,
    ask: DraftAsk,
    model: ModelRecord,
) -> list[Suggestion]:
    """The candidates with what speaks for them, the surest first."""
    consistency = self_consistency([each.text for each in candidates])
    known = [
        *context.texts,
        *context.people,
        *voice.texts,
        ask.instruction or "",
    ]
    suggestions = []
    for each in candidates:
        parts = parts_of(
            fluency=fluency(each.written),
            similarity=voice.similarity,
            consistency=("self_consistency", consistency),
        )
        suggestions.append(
            Suggestion(
                text=each.text,
                confidence=confidence_of(parts),
                source="scripted" if model.kind == "scripted" else "model",
                suggestion=each.number,
                confidence_parts=parts or None,
                foreign=foreign_items(each.text, known),
            )
        )
    return sorted(suggestions, key=_merit)


def _merit(suggestion: Suggestion) -> tuple[float, float, int]:
    """Sorts the most confident first; equals by their words, then as they were written."""
    fluent = (suggestion.confidence_parts or {}).get("fluency", 0.0)
    return -(suggestion.confidence or 0.0), -fluent, suggestion.suggestion
