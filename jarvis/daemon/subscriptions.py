"""What one connection listens to, and which stored events it was sent; no I/O.

A connection gets each event once, whatever its subscriptions are. So each subscription
remembers, as a span of event numbers, what it has sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import count
from typing import Final

import msgspec
from msgspec.structs import replace

from jarvis.errors import Busy
from jarvis.protocol.jsonrpc import encode_notification
from jarvis.records import ChatId
from jarvis.stores.events import StoredEvent

DEFAULT_SUBSCRIPTION: Final = "default"
"""What a connection listens to when it never subscribed: new messages, everywhere."""


class Push(msgspec.Struct, frozen=True):
    """One push, encoded once for everybody; `seq` is None for what is not stored."""

    name: str
    line: bytes
    chat_id: ChatId | None = None
    seq: int | None = None

    @classmethod
    def of(
        cls,
        name: str,
        params: object,
        *,
        chat_id: ChatId | None = None,
        seq: int | None = None,
    ) -> Push:
        """The event of the catalogue with these params."""
        return cls(name, encode_notification(name, params), chat_id, seq)

    @classmethod
    def stored(cls, event: StoredEvent) -> Push:
        """A stored event as it goes out, the first time and each time again."""
        return cls.of(event.name, event.params, chat_id=event.chat_id, seq=event.seq)


class Filter(msgspec.Struct, frozen=True):
    """Which events: by name, and of one conversation where `chat_id` is given."""

    names: frozenset[str]
    chat_id: ChatId | None = None

    def takes(self, event: Push) -> bool:
        """Whether the event passes; one that is of no conversation passes by its name."""
        is_of_chat = self.chat_id is None or event.chat_id in (None, self.chat_id)
        return is_of_chat and event.name in self.names


class Missed(msgspec.Struct, frozen=True):
    """Stored events that a client missed, oldest first: above `after`, up to `seq`.

    `gap`: there are too many to send, so `events` is empty and the client loads
    everything anew.
    """

    events: tuple[Push, ...]
    after: int
    seq: int
    epoch: str
    gap: bool = False


class _Span(msgspec.Struct, frozen=True):
    """What a subscription sends: events above `after`, up to `until` once it ended.

    `after` is None as long as it has sent nothing.
    """

    filter: Filter
    after: int | None = None
    until: int | None = None

    def covers(self, event: Push) -> bool:
        return (
            event.seq is not None
            and self.after is not None
            and self.after < event.seq
            and (self.until is None or event.seq <= self.until)
            and self.filter.takes(event)
        )


class Subscriptions:
    """The subscriptions of one connection, `most` of them at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ids = count(1)
        self._open = {DEFAULT_SUBSCRIPTION: _Span(Filter(frozenset({"new_message"})))}
        self._ended: deque[_Span] = deque(maxlen=most)

    @property
    def has_default(self) -> bool:
        """Whether the connection still has the default subscription."""
        return DEFAULT_SUBSCRIPTION in self._open

    def wants(self, event: Push) -> bool:
        """Whether any subscription takes it."""
        return any(span.filter.takes(event) for span in self._open.values())

    def mark_sent(self, event: Push) -> None:
        """A live event goes out: the spans of its subscriptions begin here, or began."""
        if event.seq is None:
            return
        for name, span in self._open.items():
            if span.after is None and span.filter.takes(event):
                self._open[name] = replace(span, after=event.seq - 1)

    def unsent(self, events: Sequence[Push]) -> list[Push]:
        """Those of the stored events that this connection never got, in their order."""
        spans = (*self._open.values(), *self._ended)
        return [
            event for event in events if not any(span.covers(event) for span in spans)
        ]

    def begin(self, wanted: Filter, after: int) -> str:
        """Add a subscription, which sends what comes after event `after`; its name.

        Raises:
            Busy: the connection has as many as it may have.
        """
        if len(self._open) >= self._most:
            reason = f"A connection has at most {self._most} subscriptions; end one."
            raise Busy(reason)
        name = f"s{next(self._ids)}"
        self._open[name] = _Span(wanted, after)
        return name

    def end(self, name: str, until: int) -> bool:
        """End one that has sent everything up to `until`; whether there was one."""
        span = self._open.pop(name, None)
        if span is None:
            return False
        if span.after is not None and span.after < until:
            self._ended.append(replace(span, until=until))
        return True

    def end_all(self, until: int) -> list[str]:
        """End all of them; their names."""
        names = list(self._open)
        for name in names:
            self.end(name, until)
        return names
