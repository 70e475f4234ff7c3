"""Hits a page at a time: what lies beside a better one is its context, none comes twice."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import aiosqlite

from jarvis.search.looking import Look
from jarvis.search.ranking import Ranked
from jarvis.search.segments import GAP_MS
from jarvis.stores.index.reading import messages, neighbours
from jarvis.stores.index.records import StoredMessage

BESIDE: Final = 3
"""Messages of one talk that are so near are one place in it, and the best stand for it.
What holds every word of the question stands for itself."""
OF_ONE_PLACE: Final = 2
"""So many stand for a place: of two lines side by side either may be what was meant. With
one, MiniLM finds .59 of the paraphrases among five and the table .36; with two .60 and
.38, as if nothing were grouped."""
SHOWN: Final = 2
"""So many before and after a hit are shown with it, and what else was found beside it."""
MOST_KEPT: Final = 16
"""Searches whose order is remembered; who goes on with an older one has it made anew."""


class Hit(NamedTuple):
    """One place: the message, and those beside it, oldest first."""

    ranked: Ranked
    beside: tuple[int, ...]


class Pages:
    """The hits of one look in their order, grouped as far as somebody has asked.

    What a page shows is settled when it is first asked for: mail that comes, and vectors
    that are made, move nothing from one page to the next.
    """

    def __init__(self, look: Look) -> None:
        self.look = look
        self._found = {hit.id for hit in look.hits}
        self._hits: list[Hit] = []
        self._beside_hits: Counter[int] = Counter()
        self._at = 0

    async def hits(self, db: aiosqlite.Connection, first: int, count: int) -> list[Hit]:
        """Up to `count` hits from the one at `first` on."""
        while len(self._hits) < first + count and self._at < len(self.look.hits):
            await self._group(db, first + count - len(self._hits))
        return self._hits[first : first + count]

    async def is_end(self, db: aiosqlite.Connection, at: int) -> bool:
        """Whether there is no hit from there on."""
        return not await self.hits(db, at, 1)

    async def _group(self, db: aiosqlite.Connection, count: int) -> None:
        some = self.look.hits[self._at : self._at + count]
        stored = await messages(db, [each.id for each in some])
        for ranked in some:
            self._at += 1
            message = stored.get(ranked.id)
            is_context = self._beside_hits[ranked.id] >= OF_ONE_PLACE
            if message is None or (is_context and not ranked.is_whole):
                continue
            near = await neighbours(db, message, BESIDE)
            self._beside_hits.update(each.id for each in _talk(message, near))
            self._hits.append(Hit(ranked, tuple(self._beside(message, near))))

    def _beside(
        self, message: StoredMessage, near: Sequence[StoredMessage]
    ) -> Iterator[int]:
        """What of the messages near a hit is shown with it."""
        for place, each in enumerate(near, -_before(message, near)):
            if -SHOWN <= place < SHOWN or each.id in self._found:
                yield each.id


def _before(message: StoredMessage, near: Sequence[StoredMessage]) -> int:
    """How many of the messages near one come before it."""
    at = message.date_ms, message.id
    return sum((each.date_ms, each.id) < at for each in near)


def _talk(
    message: StoredMessage, near: Sequence[StoredMessage]
) -> Iterator[StoredMessage]:
    """What of the messages near one was said in the same talk, without a long silence."""
    at = _before(message, near)
    for direction in (near[at - 1 :: -1] if at else (), near[at:]):
        last = message
        for each in direction:
            if abs(each.date_ms - last.date_ms) > GAP_MS:
                break
            yield each
            last = each


class KeptPages:
    """The newest searches, so that their next pages follow from the same order."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Pages] = OrderedDict()

    def find(self, search: str, newest_id: int) -> Pages | None:
        """Those of a search as it was when this message was the newest."""
        pages = self._kept.get((search, newest_id))
        if pages is not None:
            self._kept.move_to_end((search, newest_id))
        return pages

    def keep(self, search: str, newest_id: int, pages: Pages) -> None:
        """Remember them, and let go of the oldest."""
        self._kept[search, newest_id] = pages
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Nothing of what was found is known any more."""
        self._kept.clear()
