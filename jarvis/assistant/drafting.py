"""Drafting: the replies that the user could send next, written by the model."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Hashable, Sequence
from functools import partial
from typing import Final

from jarvis.assistant.asking import OnToken, Writer, Written, fitting, write
from jarvis.assistant.context import Context, read_context
from jarvis.assistant.prompts import REPLY_TOKENS, reply_prompt
from jarvis.assistant.timing import Stopwatch
from jarvis.assistant.trimming import ReplyTrimmer
from jarvis.errors import ModelUnavailable
from jarvis.inference.models import ModelRecord
from jarvis.records import Draft, Message, Suggestion

_FEW_TOKENS: Final = 3
_UNSURE: Final = 0.5
_NOT_A_WORD: Final = re.compile(r"\W+")


async def draft_reply(
    messages: Sequence[Message],
    writer: Writer,
    *,
    chat_id: str,
    others: Sequence[str] = (),
    num_suggestions: int = 1,
    instruction: str | None = None,
    caller: Hashable = None,
    background: bool = False,
    on_token: OnToken | None = None,
) -> Draft:
    """Replies to the newest messages, or a follow-up when the user wrote last.

    Suggestions are written one after the other, each but the first with a stance of its
    own; their texts stream while they are written. One that says the same as an earlier
    one is left out of the result, so there may be fewer than were asked for.

    Args:
        messages: of one chat, oldest first; the model sees as many as it can read.
        writer: the door to the model.
        chat_id: the chat; drafts for one chat share a prompt's beginning.
        others: names of the other participants, for those who have not written.
        num_suggestions: how many to write.
        instruction: what the user wants to say, in the user's words.
        caller: for whom; callers are served in rotation.
        background: nobody waits for it; it makes way for whoever does.
        on_token: told each piece of text and its suggestion's number. The pieces of a
            suggestion join to its text.

    Raises:
        NothingToAnswer: the messages hold no word.
        ModelUnavailable: no model, it failed, or it wrote nothing.
        Busy: too many wait, or a person's wish came before this background work.
    """
    stopwatch = Stopwatch()
    context = read_context(messages, others)
    model = await writer.model()
    context = fitting(context, model, REPLY_TOKENS)
    suggestions: dict[str, Suggestion] = {}
    for number in range(num_suggestions):
        build = partial(
            reply_prompt,
            form=model.prompt_form,
            chat_key=chat_id,
            suggestion=number,
            instruction=instruction,
        )
        stream = _Stream(number, stopwatch, on_token)
        written = await write(
            writer, context, build, stream.take, caller=caller, background=background
        )
        stream.end()
        stopwatch.add(written.generated, written.queued_ms)
        context = written.context
        if stream.text:
            suggestion = _suggestion(stream.text, number, written, model)
            suggestions.setdefault(_normalised(stream.text), suggestion)
    return _draft(suggestions.values(), context, model, stopwatch, on_token is not None)


def _draft(
    suggestions: Collection[Suggestion],
    context: Context,
    model: ModelRecord,
    stopwatch: Stopwatch,
    streamed: bool,
) -> Draft:
    if not suggestions:
        raise ModelUnavailable(
            f"The model {model.name} wrote nothing: ask again, or choose another model."
        )
    return Draft(
        suggestions=tuple(sorted(suggestions, key=_merit)),
        context_used=context.used(),
        from_cache=False,
        prefetched=False,
        streamed=streamed,
        tokens_generated=stopwatch.tokens,
        model=model.name,
        route="model",
        gated=False,
        timing=stopwatch.timing(),
    )


class _Stream:
    """One suggestion on its way: trimmed, passed on, and kept."""

    def __init__(
        self, number: int, stopwatch: Stopwatch, on_token: OnToken | None
    ) -> None:
        self.text = ""
        self._number = number
        self._stopwatch = stopwatch
        self._on_token = on_token
        self._trimmer = ReplyTrimmer()

    def take(self, piece: str) -> None:
        self._pass_on(self._trimmer.feed(piece))

    def end(self) -> None:
        self._pass_on(self._trimmer.finish())

    def _pass_on(self, text: str) -> None:
        if not text:
            return
        self._stopwatch.see_text()
        self.text += text
        if self._on_token is not None:
            self._on_token(text, self._number)


def _suggestion(
    text: str, number: int, written: Written, model: ModelRecord
) -> Suggestion:
    confidence = fluency(written)
    return Suggestion(
        text=text,
        confidence=confidence,
        source="scripted" if model.kind == "scripted" else "model",
        suggestion=number,
        confidence_parts=None if confidence is None else {"fluency": confidence},
    )


def fluency(written: Written) -> float | None:
    """How likely the model found its own words: the confidence of a draft, in 0..1.

    The geometric mean of the probabilities of its tokens, the mark at the end left out.
    A text of one or two tokens says little: for it, the smallest of their probabilities,
    and never above 0.5. Null without log-probabilities. It is no probability that the
    user will like the text, and it has not been calibrated against what users send.
    """
    mean, least = written.generated.mean_logprob, written.least_logprob
    if mean is None or least is None:
        return None
    if written.generated.tokens < _FEW_TOKENS:
        return min(math.exp(least), _UNSURE)
    return min(math.exp(mean), 1.0)


def _merit(suggestion: Suggestion) -> tuple[float, int]:
    """Sorts the most confident first, then in the order of writing."""
    return -(suggestion.confidence or 0.0), suggestion.suggestion


def _normalised(text: str) -> str:
    """What two texts share that say the same: case, blanks and marks put aside."""
    words = _NOT_A_WORD.sub(" ", text.casefold()).strip()
    return words or text
