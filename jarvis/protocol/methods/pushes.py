"""Choosing, resuming and polling events."""

from __future__ import annotations

from typing import Annotated, Any

from jarvis.protocol.methods.base import ChatIdParam, Params, described
from jarvis.records import Record

Seq = Annotated[int, described("The number of the last event that was seen.", ge=0)]
Epoch = Annotated[
    str, described("The history that number is of; this one, if left out.")
]
EventNames = Annotated[list[str], described("Which events; new_message, if left out.")]


class SubscribeParams(Params, frozen=True):
    events: EventNames | None = None
    chat_id: ChatIdParam | None = None
    since: Seq | None = None
    epoch: Epoch | None = None


class Subscribed(Record, frozen=True, kw_only=True):
    """Events up to `seq` of `epoch` are replayed now, where asked; later ones come live.

    `gap`: more was missed than can be replayed, so load everything anew.
    """

    subscription: str
    seq: int
    epoch: str
    gap: bool


class UnsubscribeParams(Params, frozen=True):
    subscription: str


class EventsPollParams(Params, frozen=True):
    since: Seq
    epoch: Epoch | None = None
    events: EventNames | None = None
    timeout_ms: Annotated[
        int, described("How long to wait for a first event.", ge=0, le=60_000)
    ] = 25_000
    limit: Annotated[int, described("How many at most.", ge=1, le=1000)] = 100


class PolledEvent(Record, frozen=True, kw_only=True):
    """A stored push: the name and params of the notification it would have been."""

    method: str
    params: Any


class PolledEvents(Record, frozen=True, kw_only=True):
    """Oldest first; `seq` is the `since` of the next poll.

    `gap`: more was missed than is kept, so load everything anew.
    """

    events: tuple[PolledEvent, ...]
    seq: int
    epoch: str
    gap: bool
