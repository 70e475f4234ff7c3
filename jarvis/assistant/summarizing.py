"""Summarizing: what a conversation is about, what was settled and what is open."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Final

from jarvis.assistant.asking import OnToken, Writer, fitting, write
from jarvis.assistant.context import Context, Line, read_context
from jarvis.assistant.prompts import SUMMARY_TOKENS, summary_prompt
from jarvis.assistant.shaping import SummaryShaper
from jarvis.assistant.timing import Stopwatch
from jarvis.errors import ModelUnavailable
from jarvis.inference.engine import Prompt
from jarvis.records import Message, Summary

_WORD: Final = re.compile(r"\w{4,}|\d+")
_MOST_SOURCES: Final = 5


async def summarize_chat(
    messages: Sequence[Message],
    writer: Writer,
    *,
    chat_id: str,
    others: Sequence[str] = (),
    caller: Hashable = None,
    background: bool = False,
    on_token: OnToken | None = None,
) -> Summary:
    """One sentence about the messages, and at most five points.

    Args:
        messages: of one chat, oldest first; the model sees as many as it can read.
        writer: the door to the model.
        chat_id: the chat; prompts for one chat begin alike.
        others: names of the other participants, for those who have not written.
        caller: for whom; callers are served in rotation.
        background: nobody waits for it; it makes way for whoever does.
        on_token: told each piece of text, always with suggestion 0. The pieces join to
            the summary and "- point" lines, newlines between them.

    Raises:
        NothingToAnswer: the messages hold no word.
        ModelUnavailable: no model, it failed, or it wrote nothing.
        Busy: too many wait, or a person's wish came before this background work.
    """
    stopwatch = Stopwatch()
    context = read_context(messages, others)
    model = await writer.model()
    shaper = SummaryShaper()

    def build(fitting: Context) -> Prompt:
        return summary_prompt(fitting, model.prompt_form, chat_key=chat_id)

    def pass_on(shaped: str) -> None:
        if shaped:
            stopwatch.see_text()
            if on_token is not None:
                on_token(shaped, 0)

    written = await write(
        writer,
        fitting(context, model, SUMMARY_TOKENS),
        build,
        lambda piece: pass_on(shaper.feed(piece)),
        caller=caller,
        background=background,
    )
    pass_on(shaper.finish())
    stopwatch.add(written.generated, written.queued_ms)
    if not shaper.summary:
        raise ModelUnavailable(
            f"The model {model.name} wrote nothing: ask again, or choose another model."
        )
    lines = written.context.lines
    return Summary(
        summary=shaper.summary,
        key_points=shaper.points,
        sources=tuple(sources_of(point, lines) for point in shaper.points),
        message_count=len(lines),
        from_cache=False,
        streamed=on_token is not None,
        tokens_generated=stopwatch.tokens,
        model=model.name,
        timing=stopwatch.timing(),
    )


def sources_of(point: str, lines: Sequence[Line]) -> tuple[int, ...]:
    """The ids of the messages a point seems to come from, oldest first.

    Those that share the most of its longer words and numbers, at least two of them (or
    the only one it has); the speaker's name counts as a word. None may do.
    """
    wanted = _words(point)
    enough = min(2, len(wanted))
    shared = {line.message_id: len(wanted & _line_words(line)) for line in lines}
    found = [number for number, count in shared.items() if count >= enough > 0]
    best = sorted(found, key=lambda number: -shared[number])[:_MOST_SOURCES]
    return tuple(sorted(best))


def _line_words(line: Line) -> set[str]:
    return _words(f"{line.speaker or ''} {line.text}")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
