"""What is written for the user: drafts, short answers, summaries; what became of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from jarvis.assistant.drafting.job import DraftRequest
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.summarizing.summary import summarize_chat
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.metrics import Routed
from jarvis.daemon.services import Services
from jarvis.daemon.trend import trend_of
from jarvis.errors import InvalidParams
from jarvis.protocol.methods.base import NoParams, Success
from jarvis.protocol.methods.learning import GetVoiceParams, KnownVoice, Trend
from jarvis.protocol.methods.writing import (
    GenerateDraftParams,
    GetSmartRepliesParams,
    RecordFeedbackParams,
    SmartReplies,
    SmartReply,
    SummarizeParams,
)
from jarvis.records import Draft, Summary


async def generate_draft(
    services: Services, params: GenerateDraftParams, caller: Caller
) -> Draft:
    """Replies to the newest messages, streamed as they are written."""
    stream = caller.stream
    request = DraftRequest(
        chat_id=params.chat_id,
        now=datetime.now().astimezone(),
        num_suggestions=params.num_suggestions,
        instruction=params.instruction,
        context_messages=params.context_messages,
        only_if_expected=params.only_if_expected,
        skip_cache=params.skip_cache,
        caller=caller.client,
        on_progress=stream.progress if stream else None,
    )
    return await services.assistance.drafts.draft(
        request, stream.token if stream else None
    )


async def get_smart_replies(
    services: Services, params: GetSmartRepliesParams, _: Caller
) -> SmartReplies:
    """Short answers without the model, and what was drafted already."""
    if params.last_message is None and params.chat_id is None:
        reason = "Give the message to answer, or the conversation it stands in."
        raise InvalidParams(reason, "chat_id")
    chat = services.mail.chat(params.chat_id) if params.chat_id is not None else None
    answers = await services.assistance.drafts.short_answers(
        chat, params.last_message, params.num_suggestions
    )
    return SmartReplies(
        suggestions=tuple(
            SmartReply(text=text, score=score) for text, score in answers.texts
        ),
        route=answers.route,
        reason=answers.reason,
    )


async def summarize(
    services: Services, params: SummarizeParams, caller: Caller
) -> Summary:
    """What was said, streamed as it is written."""
    stopwatch = Stopwatch()
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.num_messages)
    stopwatch.lap("read")
    is_loaded = services.assistance.supervisor.state.state == "ready"
    summary = await summarize_chat(
        page.messages,
        services.assistance.supervisor,
        chat_id=chat.chat_id,
        now=datetime.now().astimezone(),
        styles=services.assistance.styles,
        others=services.mail.names_of(chat),
        caller=caller.client,
        on_token=caller.stream.token if caller.stream else None,
        on_progress=caller.stream.progress if caller.stream else None,
        stopwatch=stopwatch,
    )
    services.metrics.note_routed(
        Routed(
            route="model",
            asked_about=page.messages[-1].line,
            total_ms=summary.timing.total_ms,
            phases_ms=stopwatch.laps_ms,
            model_loaded=is_loaded,
            generation_ms=stopwatch.generation_ms,
            tokens_per_second=summary.timing.tokens_per_second or 0.0,
        )
    )
    return summary


async def get_trend(services: Services, _: NoParams, _caller: Caller) -> Trend:
    """How often suggestions were used, week by week."""
    outcomes, is_cut = await services.assistance.feedback.outcomes()
    return await asyncio.to_thread(
        trend_of, outcomes, now=datetime.now(UTC), is_cut=is_cut
    )


async def get_voice(
    services: Services, params: GetVoiceParams, _: Caller
) -> KnownVoice:
    """What is known of the way the user writes in a conversation."""
    return await services.assistance.drafts.voice(services.mail.chat(params.chat_id))


async def record_feedback(
    services: Services, params: RecordFeedbackParams, _: Caller
) -> Success:
    """Note what became of a suggestion; of the texts only a keyed hash is kept."""
    chat = services.mail.chat(params.chat_id)
    feedback = services.assistance.feedback
    await feedback.record(chat.chat_id, params.action, params.suggestion_text)
    return Success(success=True)
