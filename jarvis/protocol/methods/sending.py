"""Sending a message."""

from __future__ import annotations

from typing import Annotated, Literal

from jarvis.protocol.methods.base import ChatIdParam, Params, said
from jarvis.records import Record


class SendMessageParams(Params, frozen=True):
    chat_id: ChatIdParam
    text: Annotated[str, said("What is sent.", min_length=1)]
    idempotency_key: Annotated[
        str,
        said("The same for each try of one sending.", min_length=1, max_length=200),
    ]


class Sent(Record, frozen=True, kw_only=True):
    """What is known: `guid` is of the message that appeared; `reason` is for a person.

    `unknown`: it was handed over, and no such message has appeared; it may still go out.
    """

    status: Literal["sent", "failed", "unknown"]
    guid: str | None = None
    reason: str | None = None
