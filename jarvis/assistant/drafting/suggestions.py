"""Suggestions: several replies to one ask, each of another stance, written by the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jarvis.assistant.context import Context
from jarvis.assistant.drafting.confidence import (
    confidence_of,
    fluency,
    parts_of,
    self_consistency,
)
from jarvis.assistant.drafting.job import DraftJob
from jarvis.assistant.generation.generate import (
    GenerationResult,
    fitting,
    generate_text,
)
from jarvis.assistant.generation.prompt_style import REPLY_TOKENS, PromptStyle, ReplyAsk
from jarvis.assistant.grounding.ungrounded import ungrounded_items
from jarvis.assistant.language.text import normalised
from jarvis.assistant.screening.frame import Frame
from jarvis.assistant.screening.judging import DropReason, Judge
from jarvis.assistant.screening.reply import ReplyScreen
from jarvis.assistant.style.styling import ReplyStyler
from jarvis.inference.engine import Prompt
from jarvis.inference.models.record import ModelRecord
from jarvis.records import Suggestion


class Suggestions(NamedTuple):
    """The replies in order of merit, and what became of the others.

    `context` is as much of the conversation as the model has read.
    """

    suggestions: tuple[Suggestion, ...]
    context: Context
    dropped: tuple[DropReason, ...]


async def write_suggestions(job: DraftJob) -> Suggestions:
    """The replies that the model writes, one after the other.

    They stream while they are written, each but the first with a stance of its own. What
    could not be sent (screening/) and what says the same as an earlier one is left out.

    Raises:
        ModelUnavailable: the model failed.
        Busy: too many wait, or a person's wish came before this background work.
    """
    request, model = job.request, job.model
    style = job.services.styles.of(model)
    context = fitting(job.context, style, model, REPLY_TOKENS)
    seen = {normalised(each.text) for each in job.begun}
    written: list[_WrittenReply] = []
    dropped: list[DropReason] = []
    for suggestion in range(job.begun_with, request.num_suggestions):
        stream = _SuggestionStream(suggestion, job, style)
        result = await generate_text(
            job.services.language_model,
            context,
            stream.prompt,
            stream.take,
            caller=request.caller,
            background=request.background,
            on_progress=request.on_progress,
        )
        stream.end(result)
        job.stopwatch.add(result.generated, result.queued_ms)
        context = result.context
        reason = stream.dropped
        if normalised(stream.text) in seen:
            reason = "same"
        if result.generated.is_filtered:
            reason = "filtered"
        if reason is not None:
            dropped.append(reason)
        else:
            seen.add(normalised(stream.text))
            written.append(_WrittenReply(stream.text, suggestion, result))
    suggestions = [*job.begun, *_suggestions(written, context, job, model)]
    return Suggestions(tuple(sorted(suggestions, key=_merit)), context, tuple(dropped))


@dataclass(frozen=True)
class _WrittenReply:
    """A reply as it was written."""

    text: str
    suggestion: int
    result: GenerationResult


class _SuggestionStream:
    """One suggestion on its way: screened, styled, passed on, and kept."""

    def __init__(self, suggestion: int, job: DraftJob, style: PromptStyle) -> None:
        self.text = ""
        self._suggestion = suggestion
        self._job = job
        self._style = style
        self._screen: ReplyScreen | None = None
        """None for scripts: there is no model to mistrust."""
        self._styler = ReplyStyler(job.voice.habits)

    @property
    def dropped(self) -> DropReason | None:
        """Why it is none that could be sent."""
        reason = self._screen.dropped if self._screen else None
        return reason or (None if self.text else "nothing")

    def prompt(self, context: Context) -> Prompt:
        """The ask for it, from so much of the conversation."""
        request = self._job.request
        prompt = self._style.reply(
            context,
            ReplyAsk(
                chat_id=request.chat_id,
                now=request.now,
                voice=self._job.voice,
                suggestion=self._suggestion,
                instruction=request.instruction,
                skip_cache=request.skip_cache,
            ),
        )
        if self._style.is_screened:
            own_words = self._style.own_words(prompt)
            judge = _judge(own_words, context, self._job)
            self._screen = ReplyScreen(judge, context.people)
        return prompt

    def take(self, piece: str) -> bool:
        """Pass on what is certain of it; whether more is wanted."""
        if self._screen is None:
            self._pass_on(self._styler.feed(piece))
            return True
        self._pass_on(self._styler.feed(self._screen.feed(piece)))
        return not self._screen.is_over

    def end(self, result: GenerationResult) -> None:
        """Pass on the rest."""
        rest, generated = "", result.generated
        if self._screen is not None:
            rest = self._screen.finish(
                is_cut=generated.finish_reason == "length",
                has_thought=generated.has_thought,
            )
        self._pass_on(self._styler.feed(rest) + self._styler.finish())

    def _pass_on(self, text: str) -> None:
        if not text:
            return
        self.text += text
        self._job.pass_on(text, self._suggestion)


def _judge(own_words: str, context: Context, job: DraftJob) -> Judge:
    """What the texts for a prompt are held against."""
    voice, instruction = job.voice, job.request.instruction
    wish = [instruction] if instruction else []
    known = (*context.texts, *context.people, *voice.texts, *wish)
    own = context.answering if context.is_follow_up else ()
    others = (line for line in context.lines if line.speaker is not None)
    return Judge(
        Frame(own_words, known),
        known=known,
        messages=[
            *(line.text for line in (*others, *own)),
            *(each.incoming for each in voice.examples),
        ],
        instruction=instruction,
    )


def _suggestions(
    written: Sequence[_WrittenReply],
    context: Context,
    job: DraftJob,
    model: ModelRecord,
) -> list[Suggestion]:
    """What was written, with what speaks for it."""
    voice = job.voice
    begun = [each.text for each in job.begun]
    consistency = self_consistency([*begun, *(each.text for each in written)])
    known = [
        *context.texts,
        *context.people,
        *voice.texts,
        job.request.instruction or "",
    ]
    suggestions = []
    for each in written:
        parts = parts_of(
            fluency=fluency(each.result),
            similarity=voice.similarity,
            self_consistency=consistency,
        )
        suggestions.append(
            Suggestion(
                text=each.text,
                confidence=confidence_of(parts),
                source="scripted" if model.engine == "scripted" else "model",
                suggestion=each.suggestion,
                confidence_parts=parts or None,
                foreign=ungrounded_items(each.text, known),
                finish_reason=None
                if model.engine == "scripted"
                else each.result.generated.finish_reason,
            )
        )
    return suggestions


def _merit(suggestion: Suggestion) -> tuple[float, float, int]:
    """Sorts the most confident first; equals by their words, then as they were written."""
    fluent = (suggestion.confidence_parts or {}).get("fluency", 0.0)
    return -(suggestion.confidence or 0.0), -fluent, suggestion.suggestion
