"""Conversations cut into segments: from the newest message down, then as they grow."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import aiosqlite
import msgspec

from jarvis.search.segments import GAP_MS, LONGEST_MS, STRIDE, segments_of
from jarvis.stores.index import segments as store
from jarvis.stores.index.reading import newest
from jarvis.stores.index.records import Filters, Segment, StoredMessage
from jarvis.stores.index.segments import StoredSegment
from jarvis.stores.index.state import put_state
from jarvis.stores.jarvisdb import JarvisDb

MESSAGES_AT_A_TIME: Final = 300
LONGEST_STRETCH: Final = 5_000
"""Of one conversation at once; what lies before that stays as it was cut."""
FEW_MESSAGES: Final = 100
"""So many are cut where we are: a thread would take longer to be found."""
PATIENCE_S: Final = 600.0
"""So long new messages are waited for that would be read together with those there are."""
DOWN: Final = "segments_down"
"""In the state: date and id of the oldest message that was looked at, DONE at the end."""
DONE: Final = "done"
TO_CUT: Final = "segments_to_cut"
"""In the state: places of messages whose segments are not what they should be yet."""

State = Mapping[str, str | int | None]


class Place(NamedTuple):
    """Where in a conversation something changed; `is_new`: a message was only added."""

    chat: int
    date_ms: int
    id: int
    is_new: bool


_places: Final = msgspec.json.Decoder(list[Place])


class Segmenter:
    """Keeps the segments of the index in step with its messages.

    What changed is noted in the transaction that changes it, so that no kill leaves a
    message without its segments. New messages wait for those that will be read together
    with them: until three have come, or for ten minutes.
    """

    def __init__(
        self, writer: JarvisDb, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.down: str | None = None
        """How far all messages have been looked at: as DOWN; None: not begun."""
        self._writer = writer
        self._clock = clock
        self._waiting: defaultdict[int, set[Place]] = defaultdict(set)
        self._due_s: dict[int, float] = {}

    def load(self, state: Mapping[str, str]) -> None:
        """Go on where the state of the index says; what was waiting waits no longer."""
        self.down = state.get(DOWN)
        self._waiting.clear()
        self._due_s.clear()
        for place in _places.decode(state.get(TO_CUT, "[]")):
            self._waiting[place.chat].add(place)
            self._due_s[place.chat] = self._clock()

    def note(self, places: Iterable[Place]) -> State:
        """What is to be remembered of these changes, by whoever makes them."""
        if self.down is None:
            return {}  # all of it is still to be looked at
        now_s = self._clock()
        for place in places:
            waiting = self._waiting[place.chat]
            waiting.add(place)
            is_due = len(waiting) >= STRIDE or not place.is_new
            due_s = now_s if is_due else now_s + PATIENCE_S
            self._due_s[place.chat] = min(due_s, self._due_s.get(place.chat, due_s))
        return self._state()

    @property
    def due_in_s(self) -> float | None:
        """When something is to be cut; None: nothing waits."""
        if not self._due_s:
            return None
        return max(min(self._due_s.values()) - self._clock(), 0.0)

    async def cut_due(self) -> bool:
        """Cut anew in one conversation where it is time to; whether there was one.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        now_s = self._clock()
        chat = next(
            (chat for chat, due_s in self._due_s.items() if due_s <= now_s), None
        )
        if chat is None:
            return False
        waiting = sorted(self._waiting[chat], key=lambda each: (each.date_ms, each.id))
        some = waiting[:MESSAGES_AT_A_TIME]
        async with self._writer.transaction() as db:
            for stretch in _stretches(some):
                changed = [(place.date_ms, place.id) for place in stretch]
                await _renew(db, chat, changed[0][0], changed[-1][0], changed)
            self._waiting[chat].difference_update(some)
            if not self._waiting[chat]:
                del self._waiting[chat], self._due_s[chat]
            await put_state(db, self._state())
        return True

    async def cut_down(self, reader: aiosqlite.Connection) -> bool:
        """Cut the next messages below those that were looked at; whether more are left.

        Raises:
            StoreUnavailable: jarvis.db cannot be written.
        """
        before = None if not self.down else _place(self.down)
        found = await newest(reader, Filters(), MESSAGES_AT_A_TIME, before)
        by_chat: defaultdict[int, list[StoredMessage]] = defaultdict(list)
        for message in found:
            by_chat[message.chat].append(message)
        is_last = len(found) < MESSAGES_AT_A_TIME
        down = DONE if is_last else f"{found[-1].date_ms}:{found[-1].id}"
        async with self._writer.transaction() as db:
            for chat, messages in by_chat.items():
                await _renew(db, chat, messages[-1].date_ms, messages[0].date_ms, ())
            await put_state(db, {DOWN: down})
        self.down = down
        return not is_last

    def _state(self) -> State:
        waiting = [place for places in self._waiting.values() for place in places]
        return {TO_CUT: msgspec.json.encode(waiting).decode() if waiting else None}


def _stretches(places: Iterable[Place]) -> list[list[Place]]:
    """Places in the order of time, parted where nothing changed for long."""
    stretches: list[list[Place]] = []
    for place in places:
        if stretches and place.date_ms - stretches[-1][-1].date_ms <= GAP_MS:
            stretches[-1].append(place)
        else:
            stretches.append([place])
    return stretches


async def _renew(
    db: aiosqlite.Connection,
    chat: int,
    first_ms: int,
    last_ms: int,
    changed: Sequence[tuple[int, int]],
) -> None:
    """Cut a stretch of a conversation anew, with all segments that reach into it.

    Those that come out as they were keep their vectors, unless one of `changed`, which
    are dates and ids, is in them. Inside a transaction.
    """
    near = await _near(db, chat, first_ms, last_ms)
    first_ms = min(first_ms, *(each.segment.first_ms for each in near), first_ms)
    last_ms = max(last_ms, *(each.segment.last_ms for each in near), last_ms)
    filters = Filters(chats=(chat,), after_ms=first_ms, before_ms=last_ms + 1)
    found = await newest(db, filters, LONGEST_STRETCH)
    if len(found) <= FEW_MESSAGES:
        cut = segments_of(found[::-1])
    else:
        cut = await asyncio.to_thread(segments_of, found[::-1])
    new = {_ends(segment): segment for segment in cut}
    gone = []
    for id_, segment in near:
        if len(found) == LONGEST_STRETCH and segment.first_ms < found[-1].date_ms:
            continue
        if _ends(segment) in new and not any(
            _is_in(place, segment) for place in changed
        ):
            del new[_ends(segment)]
        else:
            gone.append(id_)
    await store.delete_segments(db, gone)
    await store.write_segments(db, new.values())


async def _near(
    db: aiosqlite.Connection, chat: int, first_ms: int, last_ms: int
) -> list[StoredSegment]:
    """The segments that hold messages of this time, or could grow into it."""
    begin_ms = first_ms - GAP_MS - LONGEST_MS
    found = await store.segments_of(db, chat, begin_ms, last_ms + GAP_MS)
    return [each for each in found if each.segment.last_ms >= first_ms - GAP_MS]


def _ends(segment: Segment) -> tuple[int, int]:
    return segment.first_id, segment.last_id


def _is_in(place: tuple[int, int], segment: Segment) -> bool:
    first = (segment.first_ms, segment.first_id)
    return first <= place <= (segment.last_ms, segment.last_id)


def _place(text: str) -> tuple[int, int]:
    date_ms, _, message_id = text.partition(":")
    return int(date_ms), int(message_id)
