"""Drafting: the replies that the user could send next, by the path that can give them.

The paths: `gated` (none is expected, and nobody asks in person), `cached` (nor does anybody
ask in person, it was written before, and nothing has changed), `model`, and `past_reply`
where nobody has chosen a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import msgspec

from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.drafting.candidates import DraftAsk, write_candidates
from jarvis.assistant.drafting.confidence import confidence_of, parts_of
from jarvis.assistant.drafting.expecting import expects_reply
from jarvis.assistant.drafting.kept import DraftKey, KeptDrafts
from jarvis.assistant.drafting.past_replies import past_replies
from jarvis.assistant.generation.asking import OnToken, Writer
from jarvis.assistant.generation.styles import BUILT_IN, PromptStyles
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.history.context import Context, read_context
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.screening.judging import REASONS, DropReason
from jarvis.assistant.style.voice import Voice, voice_for
from jarvis.errors import ModelUnavailable, NoModelChosen
from jarvis.inference.models.record import ModelRecord
from jarvis.records import Draft, Message, Route, Suggestion


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What drafting works with."""

    writer: Writer
    history: ReplyHistory
    known_names: Collection[str] = ()
    """First names of the people the user knows."""
    styles: PromptStyles = BUILT_IN
    kept: KeptDrafts = field(default_factory=KeptDrafts)
    calibration: Calibration = field(default_factory=Calibration)
    on_dropped: Callable[[DropReason], None] = lambda reason: None
    """Told of each text of the model that is not offered."""


async def draft_reply(
    messages: Sequence[Message],
    desk: Desk,
    ask: DraftAsk,
    *,
    others: Sequence[str] = (),
    has_more: bool = False,
    on_token: OnToken | None = None,
    stopwatch: Stopwatch | None = None,
) -> Draft:
    """Replies to the newest messages, or a follow-up when the user wrote last.

    Args:
        messages: of one chat, oldest first; the model sees as many as it can read.
        desk: the model's door, the user's past replies, the drafts that are kept.
        ask: what is wanted.
        others: names of the other participants, for those who have not written.
        has_more: the chat holds older messages.
        on_token: told each piece of text and its suggestion's number. The pieces of a
            suggestion join to its text.
        stopwatch: started when it was asked for; now, if left out.

    Raises:
        NothingToAnswer: the messages hold no word.
        ModelUnavailable: no model and no past reply; or the model failed, or wrote nothing.
        Busy: too many wait, or a person's wish came before this background work.
    """
    stopwatch = stopwatch or Stopwatch()
    context = read_context(messages, others, has_more=has_more)
    if ask.only_if_expected:
        now_ms = int(ask.now.timestamp() * 1000)
        expectation = await asyncio.to_thread(
            expects_reply, messages, desk.history, now_ms=now_ms
        )
        if not expectation.expected:
            return _draft((), context, stopwatch, "gated", reason=expectation.reason)
    model, problem = await _chosen_model(desk.writer)
    key = DraftKey(
        ask.chat_id,
        context,
        ask.instruction,
        ask.num_suggestions,
        model.name if model else None,
        desk.history.revision,
    )
    # Who asks in person for a draft gets one written; what is asked for on the way, such
    # as when a conversation is opened, may be what was written before.
    is_in_person = ask.skip_cache or not ask.only_if_expected
    kept = None if is_in_person else desk.kept.get(key)
    if kept is not None:
        return _calibrated(_again(kept, stopwatch, on_token), desk.calibration)
    voice = await asyncio.to_thread(voice_for, desk.history, context, ask.chat_id)
    stopwatch.lap("recall")
    if model is None:
        draft = await _from_past(
            context, voice, desk, ask, stopwatch, on_token, str(problem)
        )
    else:
        draft = await _written(context, voice, desk, ask, stopwatch, on_token, model)
    desk.kept.put(key, draft)
    return _calibrated(draft, desk.calibration)


async def _chosen_model(
    writer: Writer,
) -> tuple[ModelRecord | None, NoModelChosen | None]:
    """The model that would write; without a choice, what to do about that."""
    try:
        return await writer.model(), None
    except NoModelChosen as nothing:
        return None, nothing


async def _written(
    context: Context,
    voice: Voice,
    desk: Desk,
    ask: DraftAsk,
    stopwatch: Stopwatch,
    on_token: OnToken | None,
    model: ModelRecord,
) -> Draft:
    """What the model writes; where nothing of it could be sent, the user's own replies."""
    suggestions, read, dropped = await write_candidates(
        desk.writer,
        model,
        desk.styles.of(model),
        context,
        voice,
        ask,
        stopwatch,
        on_token,
    )
    for reason in dropped:
        desk.on_dropped(reason)
    if not suggestions:
        problem = _nothing_to_send(model, dropped)
        if ask.instruction:
            # Nothing of before does what is wished for now.
            raise ModelUnavailable(problem)
        return await _from_past(
            context,
            voice,
            desk,
            ask,
            stopwatch,
            on_token,
            problem,
            first_stream=ask.num_suggestions,
        )
    return _draft(
        suggestions,
        read,
        stopwatch,
        "model",
        model=model.name,
        streamed=on_token is not None,
    )


def _nothing_to_send(model: ModelRecord, dropped: Sequence[DropReason]) -> str:
    """Why there is no suggestion of the model, and what to do."""
    do = "ask again, or choose another model."
    if {*dropped} <= {"nothing"}:
        return f"The model {model.name} wrote nothing: {do}"
    why = ", ".join(REASONS[reason] for reason in dict.fromkeys(dropped))
    return f"The model {model.name} wrote no reply that could be sent ({why}): {do}"


async def _from_past(
    context: Context,
    voice: Voice,
    desk: Desk,
    ask: DraftAsk,
    stopwatch: Stopwatch,
    on_token: OnToken | None,
    problem: str,
    *,
    first_stream: int = 0,
) -> Draft:
    """What the user answered to messages like these, in the user's own words.

    `first_stream`: streams below it may hold the beginnings of what a model wrote.
    """
    found = await asyncio.to_thread(
        past_replies,
        desk.history,
        context.incoming,
        chat_id=ask.chat_id,
        count=ask.num_suggestions,
        habits=voice.habits,
        names=context.people,
        strangers=desk.known_names,
    )
    if not found:
        raise ModelUnavailable(
            f"{problem} Among your own replies of before there is none that fits."
        )
    suggestions = []
    for number, reply in enumerate(found, first_stream):
        stopwatch.see_text()
        if on_token is not None:
            on_token(reply.text, number)
        parts = parts_of(
            fluency=1.0,
            similarity=reply.similarity,
            consistency=("agreement", reply.agreement),
        )
        suggestions.append(
            Suggestion(
                text=reply.text,
                confidence=confidence_of(parts),
                source="past_reply",
                suggestion=number,
                confidence_parts=parts,
            )
        )
    return _draft(
        suggestions,
        context,
        stopwatch,
        "past_reply",
        streamed=on_token is not None,
        reason=problem,
    )


def _draft(
    suggestions: Sequence[Suggestion],
    context: Context,
    stopwatch: Stopwatch,
    route: Route,
    *,
    model: str | None = None,
    streamed: bool = False,
    reason: str | None = None,
) -> Draft:
    stopwatch.lap("gate" if route == "gated" else "write")
    return Draft(
        suggestions=tuple(suggestions),
        context_used=context.used(),
        from_cache=False,
        prefetched=False,
        streamed=streamed,
        tokens_generated=stopwatch.tokens,
        model=model,
        route=route,
        gated=route == "gated",
        timing=stopwatch.timing(),
        reason=reason,
    )


def _again(draft: Draft, stopwatch: Stopwatch, on_token: OnToken | None) -> Draft:
    """A kept draft, streamed like a new one: a client has one way to read it."""
    stopwatch.lap("look up")
    for suggestion in sorted(draft.suggestions, key=lambda each: each.suggestion):
        stopwatch.see_text()
        if on_token is not None:
            on_token(suggestion.text, suggestion.suggestion)
    return msgspec.structs.replace(
        draft,
        from_cache=True,
        streamed=on_token is not None,
        tokens_generated=0,
        route="cached",
        timing=stopwatch.timing(),
    )


def _calibrated(draft: Draft, calibration: Calibration) -> Draft:
    """The same with confidences that say how often suggestions like these were taken."""
    if not calibration.is_known:
        return draft
    suggestions = tuple(
        each
        if each.confidence is None
        else msgspec.structs.replace(each, confidence=calibration(each.confidence))
        for each in draft.suggestions
    )
    return msgspec.structs.replace(draft, suggestions=suggestions, calibrated=True)
