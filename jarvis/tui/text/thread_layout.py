"""A page of messages laid out exactly: which message is at which row, and how it looks."""

from __future__ import annotations

from datetime import datetime, tzinfo

from jarvis.records import Message
from jarvis.tui.store.page import Page
from jarvis.tui.text import message_rows, when
from jarvis.tui.text.heights import Heights
from jarvis.tui.text.message_rows import Columns, Row


class ThreadLayout:
    """Messages, the days between them and the «new» rule, in rows of one width."""

    def __init__(self, zone: tzinfo | None) -> None:
        """Lay out nothing yet; times are shown in `zone`."""
        self._zone = zone
        self._messages: list[Message] = []
        self._heights = Heights()
        self._columns = Columns(0, 0)
        self._now = datetime.min
        self._key: object = None
        self._new_from: str | None = None
        self._new_title = ""
        self._has_older = False
        self._receipt_guid: str | None = None

    def __len__(self) -> int:
        """How many messages are laid out."""
        return len(self._messages)

    @property
    def total(self) -> int:
        """The height of all of it, in rows."""
        return self._heights.total

    def guid(self, index: int) -> str:
        """The identity of a message."""
        return self._messages[index].guid

    def update(self, page: Page, width: int, now: datetime) -> bool:
        """Lay the page out; True when it only grew at its end, so that rows still hold."""
        receipt_guid = _last_receipt(page.messages)
        columns = message_rows.columns_for(page.messages, width)
        key = (columns, now.date(), page.new_from, page.has_older, receipt_guid)
        grew = key == self._key and self._is_longer(page.messages)
        self._key, self._columns, self._now = key, columns, now
        self._new_from, self._has_older = page.new_from, page.has_older
        self._new_title = f"{page.new_count} new"
        self._receipt_guid = receipt_guid
        first = len(self._messages) if grew else 0
        self._messages = list(page.messages)
        if not grew:
            self._heights = Heights()
        for index in range(first, len(self._messages)):
            self._heights.append(self._height(index))
        return grew

    def locate(self, row: int) -> tuple[int, int]:
        """The message at a row, and the row within what is drawn for it."""
        return self._heights.locate(min(row, self.total - 1))

    def row_of(self, guid: str, within: int) -> int:
        """The row where a message is now, `within` rows below its own first row."""
        for index, message in enumerate(self._messages):
            if message.guid == guid:
                return self._heights.top(index) + len(self._lead(index)) + within
        return 0

    def within_message(self, index: int, row: int) -> int:
        """A row within what is drawn, counted from the message's own first row."""
        return row - len(self._lead(index))

    def rows(self, index: int) -> list[Row]:
        """What is drawn for a message: headings above it, then itself."""
        message = self._messages[index]
        return [
            *self._lead(index),
            *message_rows.rows(
                message,
                self._columns,
                self._zone,
                names_speaker=self._begins_a_run(index),
                receipt=self._receipt(message),
            ),
        ]

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

    def _receipt(self, message: Message) -> str | None:
        if message.guid == self._receipt_guid:
            return message_rows.receipt_of(message, self._zone)
        return "edited" if message.date_edited is not None else None

    def _is_longer(self, messages: list[Message]) -> bool:
        known = len(self._messages)
        return (
            0 < known <= len(messages)
            and messages[0] is self._messages[0]
            and messages[known - 1] is self._messages[-1]
        )


def _last_receipt(messages: list[Message]) -> str | None:
    """The newest own message that was read or delivered; older ones go without saying."""
    for message in reversed(messages):
        if message.is_from_me:
            has_receipt = message.date_read or message.date_delivered
            return message.guid if has_receipt else None
    return None
