"""Short answers to a conversation: what was drafted already, and to plain asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jarvis.assistant.context import Context, read_context
from jarvis.assistant.drafting.calibration import Calibration
from jarvis.assistant.drafting.needs_reply import needs_reply
from jarvis.assistant.drafting.smart_replies import smart_replies, why_none
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.text import normalised
from jarvis.assistant.style.habits import habits_in
from jarvis.errors import NothingToAnswer
from jarvis.records import ChatId, Draft, Message, Record, Route


class Answers(Record, frozen=True):
    """Texts and their scores, the best first, and what they answer.

    Without texts there is a `reason`, for the user to read.
    """

    texts: tuple[tuple[str, float | None], ...]
    route: Route
    incoming: str
    reason: str | None = None


def answers_to(
    messages: Sequence[Message],
    history: ReplyHistory,
    drafts: Mapping[int, Draft],
    calibration: Calibration,
    *,
    chat_id: ChatId | None,
    last_message: str | None,
    count: int,
    now: datetime,
) -> Answers:
    """At most count short answers to a conversation, or to a message that is given.

    None (`gated`) where the conversation waits for no answer; a given message always does.
    A draft that was written for the conversation comes first (`cached`), with its
    confidence for a score.

    Args:
        messages: of the conversation, oldest first; none without one.
        drafts: those of the conversation, by the ROWID of what they answer.
    """
    context = _context(messages)
    draft: Draft | None = None
    incoming = last_message or ""
    if last_message is None and chat_id is not None:
        now_ms = int(now.timestamp() * 1000)
        need = needs_reply(messages, history, now_ms=now_ms)
        if context is None or not need.is_needed:
            return Answers(texts=(), route="gated", incoming="", reason=need.reason)
        incoming = context.incoming
        draft = drafts.get(context.lines[-1].message_id)
    texts: dict[str, tuple[str, float | None]] = {
        normalised(each.text): (each.text, _calibrated(each.confidence, calibration))
        for each in (draft.suggestions if draft else ())
    }
    short = smart_replies(
        incoming,
        history,
        chat_id=chat_id,
        count=count,
        habits=habits_in(history, chat_id),
    )
    for answer in sorted(short, key=lambda each: -each.score):
        texts.setdefault(normalised(answer.text), (answer.text, answer.score))
    return Answers(
        texts=tuple(texts.values())[:count],
        route="cached" if draft else "past_reply",
        incoming=incoming,
        reason=None if texts else why_none(),
    )


def _calibrated(confidence: float | None, calibration: Calibration) -> float | None:
    return None if confidence is None else calibration(confidence)


def _context(messages: Sequence[Message]) -> Context | None:
    try:
        return read_context(messages)
    except NothingToAnswer:
        return None
