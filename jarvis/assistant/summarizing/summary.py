"""Summarizing: a line about a conversation, and what was settled or is open in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jarvis.assistant.context import Context, read_context
from jarvis.assistant.filters import Chain
from jarvis.assistant.generation.generate import (
    LanguageModel,
    OnToken,
    fitting,
    generate_text,
)
from jarvis.assistant.generation.prompt_style import (
    SUMMARY_TOKENS,
    PromptStyle,
    SummaryAsk,
)
from jarvis.assistant.generation.styles import BUILT_IN, PromptStyles
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.screening.frame import Frame
from jarvis.assistant.screening.judging import Judge
from jarvis.assistant.screening.summary import SummaryScreen
from jarvis.assistant.summarizing.checking import CheckedSummary
from jarvis.assistant.summarizing.shaping import SummaryShaper
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Progress, Prompt
from jarvis.inference.models.record import ModelRecord
from jarvis.records import ChatId, Message, Summary

MOST_PARTS: Final = 8
"""What fits into no prompt is read in so many parts at most, the newest ones."""


async def summarize_chat(
    messages: Sequence[Message],
    language_model: LanguageModel,
    *,
    chat_id: ChatId,
    now: datetime,
    styles: PromptStyles = BUILT_IN,
    others: Sequence[str] = (),
    caller: Hashable = None,
    on_token: OnToken | None = None,
    on_progress: Progress | None = None,
    stopwatch: Stopwatch | None = None,
) -> Summary:
    """One sentence about the messages, and at most five points.

    Args:
        messages: of one chat, oldest first; what one prompt cannot hold is read in parts.
        language_model: what writes.
        chat_id: the chat; prompts for one chat begin alike.
        now: local time.
        styles: how models are spoken to.
        others: names of the other participants, for those who have not written.
        caller: for whom; callers are served in rotation.
        on_token: told each piece of text, always with suggestion 0. The pieces join to
            the summary and "- point" lines, newlines between them.
        on_progress: told what each text of it is at, also those that do not stream.
        stopwatch: started when it was asked for; now, if left out.

    Raises:
        NothingToAnswer: the messages hold no word.
        ModelUnavailable: no model, it failed, or it wrote no summary.
        Busy: too many wait.
    """
    stopwatch = stopwatch or Stopwatch()
    context = read_context(messages, others)
    model = await language_model.model()
    style = styles.of(model)
    parts = split(context, style, model)
    checked = CheckedSummary(
        [line for part in parts for line in part.lines], context.people
    )

    def pass_on(text: str) -> None:
        if text:
            stopwatch.see_text()
            if on_token is not None:
                on_token(text, 0)

    summarizer = _Summarizer(
        language_model, style, chat_id, now, stopwatch, caller, on_progress
    )
    await summarizer.summarize(parts, checked, pass_on)
    stopwatch.lap("write")
    if not checked.summary:
        raise ModelUnavailable(
            f"The model {model.name} wrote nothing that is a summary: ask again, or choose "
            "another model."
        )
    count = sum(len(part.lines) for part in parts)
    return _as_record(checked, count, model, stopwatch, streamed=on_token is not None)


def _as_record(
    checked: CheckedSummary,
    message_count: int,
    model: ModelRecord,
    stopwatch: Stopwatch,
    *,
    streamed: bool,
) -> Summary:
    """What stands of a summary, as the wire has it."""
    return Summary(
        summary=checked.summary,
        key_points=tuple(checked.points),
        sources=checked.sources,
        message_count=message_count,
        from_cache=False,
        streamed=streamed,
        tokens_generated=stopwatch.tokens,
        model=model.name,
        timing=stopwatch.timing(),
        foreign=checked.ungrounded,
    )


def split(context: Context, style: PromptStyle, model: ModelRecord) -> list[Context]:
    """The conversation in parts that each fit into a prompt, oldest first.

    At most MOST_PARTS, the newest ones.
    """
    parts: list[Context] = []
    rest = context
    while len(parts) < MOST_PARTS:
        part = fitting(rest, style, model, SUMMARY_TOKENS)
        if not part.lines:
            break
        parts.insert(0, part)
        rest = rest.before(part.lines[0])
    return parts


@dataclass(frozen=True)
class _Summarizer:
    """Has a model summarize parts of one conversation."""

    language_model: LanguageModel
    style: PromptStyle
    chat_id: ChatId
    now: datetime
    stopwatch: Stopwatch
    caller: Hashable
    on_progress: Progress | None

    async def summarize(
        self,
        parts: Sequence[Context],
        checked: CheckedSummary,
        pass_on: Callable[[str], None],
    ) -> None:
        """Summarize all parts: the newest streams, with what is known of the others."""
        *earlier, newest = parts
        if self.style.takes_notes:
            # The model weighs what came before against the newest part.
            notes = [note for part in earlier for note in await self._notes(part)]
            await self._write(newest, notes, checked, pass_on)
            return
        await self._write(newest, (), checked, pass_on)
        for part in reversed(earlier):
            for note in (await self._notes(part))[:1]:
                pass_on(checked.add_point(note.removesuffix(".")))

    async def _notes(self, part: Context) -> list[str]:
        """What a part is about: its line and its points, those that stand."""
        checked = CheckedSummary(part.lines, part.people)
        await self._write(part, (), checked, lambda text: None)
        is_true = checked.summary and not checked.ungrounded
        return [*([checked.summary] if is_true else []), *checked.points]

    async def _write(
        self,
        part: Context,
        notes: Sequence[str],
        checked: CheckedSummary,
        pass_on: Callable[[str], None],
    ) -> None:
        """Have one part summarized; what stands of that is passed on as it comes."""
        shaped = Chain(SummaryShaper(), checked)
        screen: SummaryScreen | None = None

        def build(fitting: Context) -> Prompt:
            nonlocal screen
            ask = SummaryAsk(chat_id=self.chat_id, now=self.now, notes=tuple(notes))
            prompt = self.style.summary(fitting, ask)
            if self.style.is_screened:
                known = (*fitting.texts, *fitting.people, *notes)
                frame = Frame(self.style.own_words(prompt), known)
                screen = SummaryScreen(Judge(frame, known=known, may_tell=True))
            return prompt

        def take(piece: str) -> bool:
            pass_on(shaped.feed(piece if screen is None else screen.feed(piece)))
            return True

        result = await generate_text(
            self.language_model,
            part,
            build,
            take,
            caller=self.caller,
            background=None,
            on_progress=self.on_progress,
        )
        if screen is not None:
            ended = result.generated
            is_cut = ended.finish_reason == "length" or ended.is_filtered
            pass_on(shaped.feed(screen.finish(is_cut=is_cut)))
        pass_on(shaped.finish())
        self.stopwatch.add(result.generated, result.queued_ms)
