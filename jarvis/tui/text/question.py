"""What stands in the search box: words, and filters among them. Pure.

    boots from:Mum in:"Book club" after:2026-01-01 before:2026-02 has:attachment

A filter that is not finished, or cannot be understood, is a hint, and is not asked with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from jarvis.records import Timestamp
from jarvis.tui.text.when import stamp

FILTERS: Final = (
    ("from:Mum   from:me", "who wrote it: a name, a number, or you"),
    ('in:"Book club"', "in which conversation"),
    ("after:2026-01-31   before:2026-02", "a day, a month, a year, or yesterday"),
    ("has:attachment", "with a photo or another file"),
)
"""The filters as the empty box explains them."""

_HINTS: Final = {
    "from": "from: wants a name or a number, or me.",
    "in": 'in: wants a name, like in:"Book club".',
    "after": "after: wants a day, like after:2026-01-31.",
    "before": "before: wants a day, like before:2026-01-31.",
    "has": "has: knows one word, has:attachment.",
}
_FILTER: Final = re.compile(
    rf'(?<!\S)({"|".join(_HINTS)}):(?:["“]([^"“”]*)["”]?|(\S*))', re.IGNORECASE
)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_FILES: Final = ("attachment", "attachments", "file", "files", "photo", "photos")


@dataclass(frozen=True)
class Question:
    """What is looked for; people and conversations are called as they were typed."""

    words: str = ""
    sender: str | None = None
    chat: str | None = None
    is_from_me: bool | None = None
    after: Timestamp | None = None
    before: Timestamp | None = None
    has_attachment: bool | None = None
    hints: tuple[str, ...] = ()
    """What filters lack, a sentence each."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return replace(self, hints=()) == Question()


def read_question(typed: str, now: datetime, zone: tzinfo | None) -> Question:
    """Read what was typed; days begin in the reader's zone."""
    question = Question(words=" ".join(_FILTER.sub(" ", typed).split()))
    for found in _FILTER.finditer(typed):
        value = (found[3] if found[2] is None else found[2]).strip()
        question = _with_filter(question, found[1].lower(), value, now, zone)
    return question


def _with_filter(
    question: Question, name: str, value: str, now: datetime, zone: tzinfo | None
) -> Question:
    day = _beginning(value, now, zone)
    match name:
        case "from" if value.lower() == "me":
            return replace(question, is_from_me=True)
        case "from" if value:
            return replace(question, sender=value)
        case "in" if value:
            return replace(question, chat=value)
        case "after" if day is not None:
            return replace(question, after=day)
        case "before" if day is not None:
            return replace(question, before=day)
        case "has" if value.lower() in _FILES:
            return replace(question, has_attachment=True)
    return replace(question, hints=(*question.hints, _HINTS[name]))


def _beginning(value: str, now: datetime, zone: tzinfo | None) -> Timestamp | None:
    """When a day, a month or a year begins; None where it is none."""
    days_ago = {"today": 0, "yesterday": 1}.get(value.lower())
    if days_ago is not None:
        day = now - timedelta(days=days_ago)
        year, month, number = day.year, day.month, day.day
    elif (found := _DAY.fullmatch(value)) is not None:
        year, month, number = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    else:
        return None
    try:
        # Without a zone it is the machine's, which `astimezone` takes.
        return stamp(datetime(year, month, number, tzinfo=zone).astimezone(zone))
    except (ValueError, OverflowError):
        return None
