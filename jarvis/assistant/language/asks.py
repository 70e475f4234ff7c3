"""What common messages ask for, and short answers to them, in a few languages."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from jarvis.assistant.language.facts import Language, RuleFacts, languages

_LAST_CHARACTERS: Final = 300


class Rule(NamedTuple):
    """How a message asks for something, and what may be answered to it."""

    facts: RuleFacts
    pattern: re.Pattern[str]
    """Finds whole words anywhere in a message, in any case."""


def ask_of(message: str, language: str | None) -> Rule | None:
    """What the end of a message asks for; null when no rule fits or knows its language.

    Without a language, the rules of all are tried.
    """
    end = message[-_LAST_CHARACTERS:].replace("’", "'")
    return next(
        (
            rule
            for each in languages()
            if language in (None, each.code)
            for rule in _rules(each)
            if rule.pattern.search(end)
        ),
        None,
    )


@cache
def _rules(language: Language) -> tuple[Rule, ...]:
    """The rules of one language, made ready when a message in it is first met."""
    return tuple(Rule(each, _whole_words(each)) for each in language.facts.rules)


def _whole_words(rule: RuleFacts) -> re.Pattern[str]:
    patterns = "|".join(rule.patterns)
    return re.compile(rf"(?<!\w)(?:{patterns})(?!\w)", re.IGNORECASE)
