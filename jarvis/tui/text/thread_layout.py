"""A page of messages laid out exactly: which message is at which row, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from jarvis.records import Message
from jarvis.tui.store.outbox import Outgoing
from jarvis.tui.store.page import Page
from jarvis.tui.text import message_rows, when
from jarvis.tui.text.heights import Heights
from jarvis.tui.text.message_rows import Columns, Part, Row
from jarvis.tui.text.receipts import receipts, shown_messages


class Redrawn(NamedTuple):
    """What no longer looks as it did, by the place in the page."""

    changed: frozenset[int]
    """Single messages that changed where they stand."""
    first: int
    """From here on everything."""
    has_moved: bool
    """Whether rows moved below a message that changed."""


class ThreadLayout:
    """Messages, the days between them and the «new» rule, in rows of one width."""

    def __init__(self, zone: tzinfo | None) -> None:
        """Lay out nothing yet; times are shown in `zone`."""
        self._zone = zone
        self._messages: list[Message] = []
        self._heights = Heights()
        self.total = 0
        """The height of all of it, in rows."""
        self._columns = Columns(0, 0)
        self._now = datetime.min
        self._key: object = None
        self._new_from: str | None = None
        self._new_title = ""
        self._lit: str | None = None
        self._has_older = False
        self._receipts: dict[str, Part] = {}

    def __len__(self) -> int:
        """How many messages are laid out."""
        return len(self._messages)

    def guid(self, index: int) -> str:
        """The identity of a message."""
        return self._messages[index].guid

    def update(
        self, page: Page, outgoing: Sequence[Outgoing], width: int, now: datetime
    ) -> Redrawn:
        """Lay the page out, and what was sent below it; only what differs is measured."""
        shown = shown_messages(page.messages, outgoing)
        columns = message_rows.columns_for(shown, width)
        key = (
            *(columns, now.date(), page.new_from, page.new_count),
            *(page.has_older, page.lit),
        )
        is_same_frame, self._key = key == self._key, key
        before, self._messages = self._messages, shown
        before_receipts = self._receipts
        self._receipts = receipts(shown, outgoing, self._zone)
        self._columns, self._now = columns, now
        self._new_from, self._has_older = page.new_from, page.has_older
        self._lit = page.lit
        self._new_title = f"{page.new_count} new"
        first, changed = _difference(before, shown) if is_same_frame else (0, set())
        if is_same_frame:
            changed |= self._with_other_receipts(before_receipts, first)
        self._heights.truncate(first)
        moved = [self._heights.replace(at, self._height(at)) for at in changed]
        for index in range(first, len(shown)):
            self._heights.append(self._height(index))
        self.total = self._heights.total
        return Redrawn(frozenset(changed), first, any(moved))

    def locate(self, row: int) -> tuple[int, int]:
        """The message at a row, and the row within what is drawn for it."""
        return self._heights.locate(min(row, self.total - 1))

    def row_of(self, guid: str, within: int) -> int | None:
        """The row where a message is now, `within` rows below its own first row.

        None when it is gone.
        """
        for index, message in enumerate(self._messages):
            if message.guid == guid:
                return self._heights.top(index) + len(self._lead(index)) + within
        return None

    def span(self, index: int) -> tuple[int, int]:
        """The first row of what is drawn for a message, and how many rows it has."""
        return self._heights.top(index), self._heights.height(index)

    def within_message(self, index: int, row: int) -> int:
        """A row within what is drawn, counted from the message's own first row."""
        return row - len(self._lead(index))

    def rows(self, index: int) -> list[Row]:
        """What is drawn for a message: headings above it, then itself."""
        message = self._messages[index]
        own = message_rows.rows(
            message,
            self._columns,
            self._zone,
            names_speaker=self._begins_a_run(index),
            receipt=self._receipt(message),
        )
        if message.guid == self._lit:
            own = [message_rows.lit(row) for row in own]
        return [*self._lead(index), *own]

    def _height(self, index: int) -> int:
        message = self._messages[index]
        own = message_rows.height(message, self._columns, self._receipt(message))
        return len(self._lead(index)) + own

    def _lead(self, index: int) -> list[Row]:
        """The headings above a message."""
        message, width = self._messages[index], self._columns.width
        lead: list[Row] = []
        if index == 0 and self._has_older:
            lead.append(message_rows.rule("…", width, "older", is_full=False))
        if self._begins_a_day(index):
            if index:
                lead.append((("text", ""),))
            day = when.day(when.moment(message.date, self._zone), self._now)
            lead.append(message_rows.rule(day, width, "day", is_full=False))
        if message.guid == self._new_from:
            lead.append(message_rows.rule(self._new_title, width, "new", is_full=True))
        return lead

    def _begins_a_day(self, index: int) -> bool:
        if index == 0:
            return True
        before, this = self._messages[index - 1].date, self._messages[index].date
        # Equal UTC hours are one day in every zone: parsing is for the few that differ.
        if before[:13] == this[:13]:
            return False
        first, second = when.moment(before, self._zone), when.moment(this, self._zone)
        return first.date() != second.date()

    def _begins_a_run(self, index: int) -> bool:
        """Whether someone else spoke before, or a heading stands between."""
        if index == 0 or self._lead(index):
            return True
        before, this = self._messages[index - 1], self._messages[index]
        return (before.is_from_me, before.sender) != (this.is_from_me, this.sender)

    def _receipt(self, message: Message) -> Part | None:
        return message_rows.remarked(message, self._receipts.get(message.guid))

    def _with_other_receipts(self, before: dict[str, Part], end: int) -> set[int]:
        """The messages before `end` whose remark is another one now."""
        now = self._receipts
        if now == before:
            return set()
        guids = {g for g in now.keys() | before.keys() if now.get(g) != before.get(g)}
        indices = set()
        for index in range(end - 1, -1, -1):  # they are near the end
            if not guids:
                break
            if self._messages[index].guid in guids:
                guids.discard(self._messages[index].guid)
                indices.add(index)
        return indices


def _difference(
    before: Sequence[Message], now: Sequence[Message]
) -> tuple[int, set[int]]:
    """From where on the two differ in who stands where; and what changed before that."""
    changed: set[int] = set()
    for index, (old, new) in enumerate(zip(before, now, strict=False)):
        if old is new:
            continue
        if _place(old) != _place(new):
            return index, changed
        changed.add(index)
    return min(len(before), len(now)), changed


def _place(message: Message) -> tuple[object, ...]:
    """What the rows around a message depend on."""
    return (message.guid, message.date, message.is_from_me, message.sender)
