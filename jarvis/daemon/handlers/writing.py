"""What is written for the user: drafts, short answers, summaries; what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from jarvis.assistant.drafting.answering import answers_to
from jarvis.assistant.drafting.candidates import DraftAsk
from jarvis.assistant.drafting.draft import Desk, draft_reply
from jarvis.assistant.generation.timing import Stopwatch
from jarvis.assistant.summarizing.summary import summarize_chat
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.metrics import Routed
from jarvis.daemon.services import Services
from jarvis.errors import InvalidParams
from jarvis.protocol.methods.base import Success
from jarvis.protocol.methods.routing import GetRoutingMetricsParams, RoutingMetrics
from jarvis.protocol.methods.writing import (
    GenerateDraftParams,
    GetSmartRepliesParams,
    RecordFeedbackParams,
    SmartReplies,
    SmartReply,
    SummarizeParams,
)
from jarvis.records import Draft, Summary

_SHORT_CONTEXT: Final = 12
"""Messages that are read for a short answer: those it answers stand at the end."""


async def generate_draft(
    services: Services, params: GenerateDraftParams, caller: Caller
) -> Draft:
    """Replies to the newest messages, streamed as they are written."""
    stopwatch = Stopwatch()
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.context_messages)
    stopwatch.lap("read")
    desk = Desk(
        writer=services.supervisor,
        history=await services.replies.history(chat),
        known_names=services.mail.first_names(),
        styles=services.styles,
        kept=services.kept_drafts,
        calibration=services.feedback.calibration,
        on_dropped=services.metrics.note_dropped,
    )
    stopwatch.lap("remember")
    ask = DraftAsk(
        chat_id=chat.chat_id,
        now=datetime.now().astimezone(),
        num_suggestions=params.num_suggestions,
        instruction=params.instruction,
        only_if_expected=params.only_if_expected,
        skip_cache=params.skip_cache,
        caller=caller.client,
        on_progress=caller.stream.progress if caller.stream else None,
    )
    is_loaded = services.supervisor.state.state == "ready"
    draft = await draft_reply(
        page.messages,
        desk,
        ask,
        others=services.mail.names_of(chat),
        has_more=page.has_more,
        on_token=caller.stream.token if caller.stream else None,
        stopwatch=stopwatch,
    )
    services.metrics.note_routed(
        _routed(draft, stopwatch, is_loaded, len(desk.history))
    )
    services.feedback.note_offers(chat.chat_id, draft.suggestions)
    return draft


def _routed(
    draft: Draft, stopwatch: Stopwatch, is_loaded: bool, compared: int
) -> Routed:
    """How a draft came about."""
    parts = draft.suggestions[0].confidence_parts if draft.suggestions else None
    was_compared = draft.route in ("model", "past_reply")
    return Routed(
        route=draft.route,
        asked_about=draft.context_used.last_message or "",
        total_ms=draft.timing.total_ms,
        phases_ms=stopwatch.laps_ms,
        model_loaded=is_loaded,
        similarity=(parts or {}).get("similarity", 0.0) if was_compared else 0.0,
        compared=compared if was_compared else 0,
        generation_ms=stopwatch.generation_ms,
        tokens_per_second=draft.timing.tokens_per_second or 0.0,
    )


async def get_smart_replies(
    services: Services, params: GetSmartRepliesParams, _: Caller
) -> SmartReplies:
    """Short answers without the model, and what was drafted already."""
    if params.last_message is None and params.chat_id is None:
        reason = "Give the message to answer, or the conversation it stands in."
        raise InvalidParams(reason, "chat_id")
    stopwatch = Stopwatch()
    mail = services.mail
    chat = mail.chat(params.chat_id) if params.chat_id is not None else None
    messages = (await mail.page(chat, limit=_SHORT_CONTEXT)).messages if chat else ()
    stopwatch.lap("read")
    history = await services.replies.history(chat)
    stopwatch.lap("remember")
    answers = answers_to(
        messages,
        history,
        services.kept_drafts,
        services.feedback.calibration,
        chat_id=chat.chat_id if chat else None,
        last_message=params.last_message,
        count=params.num_suggestions,
        known_names=mail.first_names(),
        now=datetime.now().astimezone(),
    )
    stopwatch.lap("answer")
    services.metrics.note_routed(
        Routed(
            route=answers.route,
            asked_about=answers.incoming,
            total_ms=stopwatch.timing().total_ms,
            phases_ms=stopwatch.laps_ms,
            model_loaded=services.supervisor.state.state == "ready",
            compared=len(history) if answers.route == "past_reply" else 0,
        )
    )
    return SmartReplies(
        suggestions=tuple(
            SmartReply(text=text, score=score) for text, score in answers.texts
        ),
        route=answers.route,
    )


async def summarize(
    services: Services, params: SummarizeParams, caller: Caller
) -> Summary:
    """What was said, streamed as it is written."""
    stopwatch = Stopwatch()
    chat = services.mail.chat(params.chat_id)
    page = await services.mail.page(chat, limit=params.num_messages)
    stopwatch.lap("read")
    is_loaded = services.supervisor.state.state == "ready"
    summary = await summarize_chat(
        page.messages,
        services.supervisor,
        chat_id=chat.chat_id,
        now=datetime.now().astimezone(),
        styles=services.styles,
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


async def record_feedback(
    services: Services, params: RecordFeedbackParams, _: Caller
) -> Success:
    """Note what became of a suggestion; of the texts only a keyed hash is kept."""
    chat = services.mail.chat(params.chat_id)
    feedback = services.feedback
    await feedback.record(chat.chat_id, params.action, params.suggestion_text)
    return Success(success=True)


def get_routing_metrics(
    services: Services, params: GetRoutingMetricsParams, _: Caller
) -> RoutingMetrics:
    """Which path answered, and how long it took."""
    return services.metrics.read(params.limit)
