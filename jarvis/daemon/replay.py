"""What was published, read again from jarvis.db for whoever missed it."""

from __future__ import annotations

from typing import Protocol

import aiosqlite

from jarvis.config import Limits
from jarvis.daemon.subscriptions import Filter, Missed, Push
from jarvis.protocol.methods.pushes import PolledEvent, PolledEvents
from jarvis.stores.events import StoredEvent, events_since, oldest_seq


class Published(Protocol):
    """Up to which event everything was published: the inbox knows."""

    @property
    def seq(self) -> int:
        """The number of the newest event that was published."""

    @property
    def epoch(self) -> str | None:
        """Which history of events it belongs to; None until that is known."""


class Replay:
    """Reads stored events beside the inbox, on a connection that only reads."""

    def __init__(
        self, published: Published, reader: aiosqlite.Connection, limits: Limits
    ) -> None:
        self._published = published
        self._reader = reader
        self._limits = limits

    @property
    def seq(self) -> int:
        """The number of the newest event that was published."""
        return self._published.seq

    async def up_to_now(
        self, wanted: Filter, *, since: int | None, epoch: str | None
    ) -> Missed:
        """Everything missed after `since`, up to the very moment this returns.

        Between the return and the caller's next await nothing can be published, so whoever
        then listens gets the next event live: no gap and no duplicate at the seam.
        `since` None asks for nothing old; too much to replay is a gap.
        """
        missed: list[Push] = []
        begun_in = self._epoch
        after = reached = self.seq if since is None else since
        is_whole = epoch in (None, begun_in) and reached <= self.seq
        while is_whole and reached < self.seq:
            until = self.seq
            room = self._limits.missed_events - len(missed)
            missed += map(
                Push.stored, await self._read(wanted, reached, until, room + 1)
            )
            is_whole = len(missed) <= self._limits.missed_events
            is_whole &= sum(len(event.line) for event in missed) <= self._most_bytes
            is_whole &= self._epoch == begun_in and await self._reaches_to(reached)
            reached = until
        if not is_whole:
            return self._gap()
        return Missed(tuple(missed), after, self.seq, begun_in)

    async def page(
        self, wanted: Filter, *, since: int, epoch: str | None, limit: int
    ) -> PolledEvents:
        """At most `limit` events after `since`; `seq` is where the next page begins."""
        begun_in, until = self._epoch, self.seq
        is_whole = epoch in (None, begun_in) and since <= until
        events = await self._read(wanted, since, until, limit) if is_whole else []
        is_whole &= self._epoch == begun_in
        is_whole &= since >= until or await self._reaches_to(since)
        if not is_whole:
            return PolledEvents(events=(), seq=self.seq, epoch=self._epoch, gap=True)
        last = events[-1].seq if len(events) == limit else until
        polled = tuple(
            PolledEvent(method=event.name, params=event.params) for event in events
        )
        return PolledEvents(events=polled, seq=last, epoch=begun_in, gap=False)

    def _gap(self) -> Missed:
        return Missed((), self.seq, self.seq, self._epoch, gap=True)

    @property
    def _epoch(self) -> str:
        assert self._published.epoch is not None, "services hands out replay when known"
        return self._published.epoch

    @property
    def _most_bytes(self) -> int:
        return self._limits.unread_bytes // 2  # the rest is for what comes meanwhile

    async def _read(
        self, wanted: Filter, since: int, until: int, limit: int
    ) -> list[StoredEvent]:
        return await events_since(
            self._reader,
            since,
            until=until,
            names=wanted.names,
            chat_id=wanted.chat_id,
            limit=limit,
        )

    async def _reaches_to(self, since: int) -> bool:
        """Whether the event after `since` is still kept."""
        oldest = await oldest_seq(self._reader)
        return oldest is not None and oldest <= since + 1
