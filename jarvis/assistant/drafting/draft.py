"""Drafting: the replies that the user could send next, by the path that can give them.

The paths: `gated` (none is expected, and nobody asks in person), `cached` (it was written
before or is being written, nothing has changed, and whoever asks may have it: cache.py)
and `model`. What the user answered before is no draft: docs/adr/0040.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from jarvis.assistant.context import Context, read_context
from jarvis.assistant.drafting.cache import DraftCache
from jarvis.assistant.drafting.cached_draft import CachedDraft
from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.drafting.job import DraftJob, DraftRequest, DraftServices
from jarvis.assistant.drafting.needs_reply import needs_reply
from jarvis.assistant.drafting.suggestions import write_suggestions
from jarvis.assistant.generation.generate import OnToken
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
        ModelUnavailable: no model is chosen; or it failed, or wrote nothing to send.
        Busy: too many wait, or a person's wish came before this background work.
    """
    stopwatch = stopwatch or Stopwatch()
    context = read_context(messages, others, has_more=has_more)
    if request.only_if_expected:
        now_ms = int(request.now.timestamp() * 1000)
        need = await asyncio.to_thread(
            needs_reply, messages, services.history, now_ms=now_ms
        )
        if not need.is_needed:
            stopwatch.lap("gate")
            return _draft(context, stopwatch, "gated", reason=need.reason)
    job = DraftJob(
        request=request,
        services=services,
        context=context,
        stopwatch=stopwatch,
        model=await services.language_model.model(),
        on_token=on_token,
    )
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
    context = read_context(messages, others, has_more=has_more)
    try:
        model = await services.language_model.model()
    except NoModelChosen:
        return None
    job = DraftJob(
        request=request,
        services=services,
        context=context,
        stopwatch=Stopwatch(),
        model=model,
    )
    key, cache = job.key, services.cache
    cached = cache.ready(key, request.num_suggestions) if cache else None
    if cache is None or cached is None or (written := cached.written) is None:
        return None
    cache.note_used(cached)
    draft = _from_cache(job, cached, written, written.suggestions)
    return _calibrated(draft, services.calibration)


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
        found = cache.claim(key, request.caller)
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
    if wanted > cached.num_suggestions:
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
    """What the model writes."""
    voice = await asyncio.to_thread(
        voice_for, job.services.history, job.context, job.request.chat_id
    )
    job.stopwatch.lap("recall")
    suggestions, read, dropped = await write_suggestions(replace(job, voice=voice))
    for reason in dropped:
        job.services.on_dropped(reason)
    if not suggestions:
        raise ModelUnavailable(_nothing_to_send(job.model, dropped))
    job.stopwatch.lap("write")
    return _draft(
        read,
        job.stopwatch,
        "model",
        suggestions=suggestions,
        model=job.model.name,
        is_streamed=job.on_token is not None,
    )


def _nothing_to_send(model: ModelRecord, dropped: Sequence[DropReason]) -> str:
    """Why there is no suggestion of the model, and what to do."""
    do = "ask again, or choose another model."
    if {*dropped} <= {"nothing"}:
        return f"The model {model.name} wrote nothing: {do}"
    why = ", ".join(REASONS[reason] for reason in dict.fromkeys(dropped))
    return f"The model {model.name} wrote no reply that could be sent ({why}): {do}"


def _draft(
    context: Context,
    stopwatch: Stopwatch,
    route: Route,
    *,
    suggestions: Sequence[Suggestion] = (),
    model: str | None = None,
    reason: str | None = None,
    is_streamed: bool = False,
) -> Draft:
    return Draft(
        suggestions=tuple(suggestions),
        context_used=context.used(),
        from_cache=False,
        prefetched=False,
        streamed=is_streamed,
        tokens_generated=stopwatch.tokens,
        model=model,
        route=route,
        gated=route == "gated",
        timing=stopwatch.timing(),
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
