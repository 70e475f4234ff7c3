"""A conversation as two rows of the list: name, age, badge; then its last words. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from rich.cells import cell_len

from jarvis.records import Conversation
from jarvis.tui.text import when
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.message_rows import Part, Row
from jarvis.tui.text.wrap import fit, pad

READY: Final = " ready"
"""Stands beside what was said last where a draft is ready before it is asked for."""
ROWS: Final = 2
"""How many rows a conversation has."""
_BADGE_WIDTH: Final = 4
_MOST_SHOWN: Final = 99


def rows(
    conversation: Conversation,
    width: int,
    now: datetime,
    zone: tzinfo | None,
    *,
    unread: int,
    bar: Part,
    is_drafting: bool,
    is_ready: bool = False,
) -> tuple[Row, Row]:
    """The two rows behind a bar, each at most `width - 1` cells: the last one is slack."""
    age = _age(conversation, now, zone)
    badge = _badge(unread)
    room = width - 1 - cell_len(age) - 1 - _BADGE_WIDTH - 1
    name = pad(one_line(conversation.display_name), max(4, room))
    mark = READY if is_ready and not is_drafting else ""
    words = _preview(conversation, is_drafting=is_drafting)
    preview = pad(words, width - 2 - cell_len(mark)) if mark else fit(words, width - 2)
    return (
        (
            bar,
            ("unread-name" if unread else "name", name),
            ("age", f" {age}"),
            ("badge", badge.rjust(_BADGE_WIDTH)),
        ),
        (bar, ("drafting" if is_drafting else "preview", preview), ("ready", mark)),
    )


def skeleton(index: int, width: int) -> tuple[Row, Row]:
    """Where a conversation will be, until it has been fetched."""
    name, words = 8 + (index * 5) % 9, 14 + (index * 7) % 13
    return (
        (("skeleton", " " + "━" * min(name, width - 2)),),
        (("skeleton", " " + "─" * min(words, width - 2)),),
    )


def _age(conversation: Conversation, now: datetime, zone: tzinfo | None) -> str:
    if conversation.last_message_date is None:
        return ""
    return when.ago(when.moment(conversation.last_message_date, zone), now)


def _badge(unread: int) -> str:
    if not unread:
        return ""
    return f"●{unread}" if unread <= _MOST_SHOWN else f"●{_MOST_SHOWN}+"


def _preview(conversation: Conversation, *, is_drafting: bool) -> str:
    if is_drafting:
        return "drafting…"
    words = one_line(conversation.last_message_text or "No messages")
    return f"You: {words}" if conversation.last_message_is_from_me else words
