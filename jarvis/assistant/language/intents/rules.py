"""What a rule of an ask is made of; the rules of each language are files beside it."""

from __future__ import annotations

import re
from typing import Literal

from jarvis.assistant.language.stances import Stance
from jarvis.records import Record

Intent = Literal[
    "apology",
    "call",
    "choice",
    "good_news",
    "goodbye",
    "greeting",
    "how_are_you",
    "invitation",
    "request",
    "sad_news",
    "thanks",
    "when",
    "where",
    "yes_no",
]


class Rule(Record, frozen=True):
    """How an ask is told, and what may be answered to it.

    `is_ask`: it waits for an answer. An answer is a stance, null for none, and its words;
    "{a}" and "{b}" in them stand for groups of the pattern of that name.
    """

    intent: Intent
    is_ask: bool
    pattern: re.Pattern[str]
    answers: tuple[tuple[Stance | None, str], ...]


def rule(
    intent: Intent,
    pattern: str,
    *answers: tuple[Stance | None, str],
    is_ask: bool = True,
) -> Rule:
    """A rule whose pattern finds whole words anywhere in a message, in any case."""
    whole = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
    return Rule(intent=intent, is_ask=is_ask, pattern=whole, answers=answers)
