"""Drafting: the replies that the user could send next, by the path that can give them.

The paths: `gated` (none is expected, and nobody asks in person), `cached` (it was written
before or is being written, nothing has changed, and whoever asks may have it: cache.py),
`model`, and `past_reply` where nobody has chosen a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from jarvis.assistant.context import read_context
from jarvis.assistant.drafting.cache import DraftCache
from jarvis.assistant.drafting.cached_draft import CachedDraft
from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.drafting.candidates import write_candidates
from jarvis.assistant.drafting.confidence import confidence_of, parts_of
from jarvis.assistant.drafting.job import DraftJob, DraftRequest, DraftServices
from jarvis.assistant.drafting.needs_reply import needs_reply
from jarvis.assistant.drafting.past_replies import past_replies
from jarvis.assistant.generation.generate import LanguageModel, OnToken
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.screening.judging import REASONS, DropReason
from jarvis.assistant.style.voice import voice_for
from jarvis.errors import Busy, ModelUnavailable, NoModelChosen, ServerCancelled
from jarvis.inference.engine import Progress
from jarvis.inference.models.record import ModelRecord
from jarvis.records import Draft, Message, Route, StreamPhase, Suggestion


async def draft_reply(
    messages: Sequence[Message],
    services: DraftServices,
    request: DraftRequest,
    *,
    others: Sequence[str] = (),
    has_more: bool = False,
    on_token: OnToken | None = None,
    stopwatch: Stopwatch | None = None,
) -> Draft:
    """Replies to the newest messages, or a follow-up when the user wrote last.

    Args:
        messages: of one chat, oldest first; the model sees as many as it can read.
        services: the language model, the reply history, the drafts there are.
        request: what is wanted.
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
    job = DraftJob(
        request=request,
        services=services,
        context=context,
        stopwatch=stopwatch,
        on_token=on_token,
    )
    if request.only_if_expected:
        now_ms = int(request.now.timestamp() * 1000)
        need = await asyncio.to_thread(
            needs_reply, messages, services.history, now_ms=now_ms
        )
        if not need.is_needed:
            return _draft(job, (), "gated", reason=need.reason)
    model, problem = await _chosen_model(services.language_model)
    job = replace(job, model=model, problem=problem)
    return _calibrated(await _cached_or_written(job), services.calibration)


async def ready_draft(
    messages: Sequence[Message],
    services: DraftServices,
    request: DraftRequest,
    *,
    others: Sequence[str] = (),
    has_more: bool = False,
) -> Draft | None:
    """The whole draft that was made ready for the same messages; nothing is written."""
    job = DraftJob(
        request=request,
        services=services,
        context=read_context(messages, others, has_more=has_more),
        stopwatch=Stopwatch(),
    )
    model, _ = await _chosen_model(services.language_model)
    key, cache = replace(job, model=model).key, services.cache
    cached = cache.ready(key, request.num_suggestions) if cache else None
    if cache is None or cached is None or (written := cached.written) is None:
        return None
    cache.note_used(cached)
    draft = _from_cache(job, cached, written, written.suggestions)
    return _calibrated(draft, services.calibration)


async def _chosen_model(
    language_model: LanguageModel,
) -> tuple[ModelRecord | None, str]:
    """The model that would write; without a choice, what to do about that."""
    try:
        return await language_model.model(), ""
    except NoModelChosen as nothing:
        return None, str(nothing)


async def _cached_or_written(job: DraftJob) -> Draft:
    """What may be had from the cache; else it is written, and goes there."""
    request, cache, key = job.request, job.services.cache, job.key
    if cache is None:
        return await _written(job)
    if not request.is_interactive:

        async def write(on_token: OnToken, on_progress: Progress) -> Draft:
            asked = replace(request, on_progress=on_progress)
            return await _written(replace(job, request=asked, on_token=on_token))

        cached, is_new = cache.make_ready(
            key,
            request.num_suggestions,
            write,
            background=request.background,
            origin=request.origin,
        )
        if not is_new:
            return await _read(job, cached, cache)
        draft = await cached.read(job.pass_on, request.on_progress or _unheard)
        is_streamed = job.on_token is not None
        return msgspec.structs.replace(draft, streamed=is_streamed)
    if not request.skip_cache:
        found = cache.claim(key, request.num_suggestions, request.caller)
        if found is not None:
            return await _read(job, found, cache)
    draft = await _written(job)
    cache.put(key, draft, request.num_suggestions)
    return draft


async def _read(job: DraftJob, cached: CachedDraft, cache: DraftCache) -> Draft:
    """A draft of the cache, streamed like a new one: a client has one way to read it.

    While it is being written its suggestions come as they are; of a whole one the surest,
    as many as are asked for. The model writes those that are still wanted.
    """
    wanted = job.request.num_suggestions
    streamed: set[int] = set()

    def pass_on(text: str, suggestion: int) -> None:
        if suggestion < wanted:
            streamed.add(suggestion)
            job.pass_on(text, suggestion)

    if job.request.background is None:
        cached.await_for(job.request.caller)
    try:
        draft = await cached.read(pass_on, job.request.on_progress or _unheard)
    except (Busy, ModelUnavailable, ServerCancelled):
        if streamed:
            raise
        return await _written(job)
    if job.request.background is None:
        cache.note_used(cached)
    job.stopwatch.lap("look up")
    begun = [each for each in draft.suggestions if each.suggestion in streamed]
    suggestions = begun or draft.suggestions[:wanted]
    for each in sorted(suggestions, key=lambda each: each.suggestion):
        if each.suggestion not in streamed:
            job.pass_on(each.text, each.suggestion)
    if wanted > cached.num_suggestions and draft.route == "model":
        there = cached.num_suggestions
        rest = replace(job, begun_with=there, begun=tuple(suggestions))
        whole = await _written(rest)
        return msgspec.structs.replace(whole, prefetched=cached.origin is not None)
    return _from_cache(job, cached, draft, suggestions)


def _from_cache(
    job: DraftJob,
    cached: CachedDraft,
    draft: Draft,
    suggestions: Sequence[Suggestion],
) -> Draft:
    """A draft as it is given to one more who asked for it."""
    return msgspec.structs.replace(
        draft,
        suggestions=tuple(suggestions),
        from_cache=True,
        prefetched=cached.origin is not None,
        streamed=job.on_token is not None,
        tokens_generated=0,
        route="cached",
        timing=job.stopwatch.timing(),
    )


def _unheard(phase: StreamPhase, done: int, total: int | None) -> None:
    """Progress that nobody wants to know."""


async def _written(job: DraftJob) -> Draft:
    """What the model writes; without one, or nothing that could be sent, past replies."""
    context, chat_id, model = job.context, job.request.chat_id, job.model
    voice = await asyncio.to_thread(voice_for, job.services.history, context, chat_id)
    job.stopwatch.lap("recall")
    job = replace(job, voice=voice)
    if model is None:
        return await _from_past(job)
    suggestions, read, dropped = await write_candidates(job, model)
    for reason in dropped:
        job.services.on_dropped(reason)
    if suggestions:
        job = replace(job, context=read)
        return _draft(job, suggestions, "model", model=model.name)
    job = replace(job, problem=_nothing_to_send(model, dropped))
    if job.request.instruction:
        # Nothing of before does what is wished for now.
        raise ModelUnavailable(job.problem)
    # The numbers below may be those of beginnings of what the model wrote.
    return await _from_past(job, first_suggestion=job.request.num_suggestions)


def _nothing_to_send(model: ModelRecord, dropped: Sequence[DropReason]) -> str:
    """Why there is no suggestion of the model, and what to do."""
    do = "ask again, or choose another model."
    if {*dropped} <= {"nothing"}:
        return f"The model {model.name} wrote nothing: {do}"
    why = ", ".join(REASONS[reason] for reason in dict.fromkeys(dropped))
    return f"The model {model.name} wrote no reply that could be sent ({why}): {do}"


async def _from_past(job: DraftJob, *, first_suggestion: int = 0) -> Draft:
    """What the user answered to messages like these, in the user's own words."""
    found = await asyncio.to_thread(
        past_replies,
        job.services.history,
        job.context.incoming,
        chat_id=job.request.chat_id,
        count=job.request.num_suggestions,
        habits=job.voice.habits,
        names=job.context.people,
        contact_first_names=job.services.contact_first_names,
    )
    if not found:
        raise ModelUnavailable(
            f"{job.problem} Among your own replies of before there is none that fits."
        )
    suggestions = []
    for suggestion, reply in enumerate(found, first_suggestion):
        job.pass_on(reply.text, suggestion)
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
                suggestion=suggestion,
                confidence_parts=parts,
            )
        )
    return _draft(job, suggestions, "past_reply", reason=job.problem)


def _draft(
    job: DraftJob,
    suggestions: Sequence[Suggestion],
    route: Route,
    *,
    model: str | None = None,
    reason: str | None = None,
) -> Draft:
    job.stopwatch.lap("gate" if route == "gated" else "write")
    return Draft(
        suggestions=tuple(suggestions),
        context_used=job.context.used(),
        from_cache=False,
        prefetched=False,
        streamed=job.on_token is not None and route != "gated",
        tokens_generated=job.stopwatch.tokens,
        model=model,
        route=route,
        gated=route == "gated",
        timing=job.stopwatch.timing(),
        reason=reason,
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
