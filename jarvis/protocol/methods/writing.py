"""What the model writes: drafts, summaries, short answers, and what became of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from jarvis.protocol.methods.base import ChatIdParam, Few, Limit, Params, described
from jarvis.records import Record

Streamed = Annotated[bool, described("Whether tokens come as they are written.")]


class GenerateDraftParams(Params, frozen=True):
    chat_id: ChatIdParam
    instruction: (
        Annotated[
            str, described("What the reply is to say or be like.", max_length=4000)
        ]
        | None
    ) = None
    num_suggestions: Few = 1
    context_messages: Annotated[
        int, described("How many of the newest messages are read.", ge=1, le=100)
    ] = 20
    skip_cache: Annotated[bool, described("Write anew also what is ready.")] = False
    only_if_expected: Annotated[
        bool,
        described(
            "Nobody asks in person: without suggestions when no reply is expected, and "
            "what was written before will do. What is written is ready for who asks next."
        ),
    ] = False
    stream: Streamed = True


class SummarizeParams(Params, frozen=True):
    chat_id: ChatIdParam
    num_messages: Limit = 50
    stream: Streamed = True


class GetSmartRepliesParams(Params, frozen=True):
    last_message: Annotated[
        str | None, described("What is to be answered; or name the conversation.")
    ] = None
    chat_id: ChatIdParam | None = None
    num_suggestions: Few = 3


class SmartReply(Record, frozen=True, kw_only=True):
    """A short answer; `score` is in 0..1, or null where nothing can be computed."""

    text: str
    score: float | None


class SmartReplies(Record, frozen=True, kw_only=True):
    """Where there are none, `reason` says why, for a person to read."""

    suggestions: tuple[SmartReply, ...]
    route: str
    reason: str | None = None


class RecordFeedbackParams(Params, frozen=True):
    chat_id: ChatIdParam
    action: Literal["sent", "edited", "dismissed", "copied"]
    suggestion_text: str
    edited_text: str | None = None
    context_messages: Any = None
    metadata: Any = None
