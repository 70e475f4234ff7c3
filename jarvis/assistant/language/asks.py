"""What common messages ask for, and short answers to them, in a few languages."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from jarvis.assistant.language.facts import (
    Intent,
    Language,
    RuleFacts,
    Stance,
    languages,
)

_LAST_CHARACTERS: Final = 300


class Rule(NamedTuple):
    """How a message asks for something, and what may be answered to it."""

    facts: RuleFacts
    pattern: re.Pattern[str]
    """Finds whole words anywhere in a message, in any case."""


class Ask(NamedTuple):
    """What a message asks for, and the answers to it that its rule knows."""

    rule: Rule
    groups: dict[str, str]

    @property
    def intent(self) -> Intent:
        """Its kind."""
        return self.rule.facts.intent

    def answers(self) -> list[tuple[Stance | None, str]]:
        """Stance and words of each answer; a choice names what can be chosen."""
        answers: list[tuple[Stance | None, str]] = []
        for answer in self.rule.facts.answers:
            stance, words = (None, answer) if isinstance(answer, str) else answer
            answers.append((stance, _capital(words.format_map(self.groups))))
        return answers


def ask_of(message: str, language: str | None) -> Ask | None:
    """What the end of a message asks for; null when no rule fits or knows its language.

    Without a language, the rules of all are tried. What is asked comes before what is
    merely said: "thanks! are you coming?" is an invitation.
    """
    end = message[-_LAST_CHARACTERS:].replace("’", "'")
    found = [
        Ask(rule, match.groupdict())
        for each in languages()
        if language in (None, each.code)
        for rule in _rules(each)
        if (match := rule.pattern.search(end)) is not None
    ]
    return next(
        (ask for ask in found if ask.rule.facts.is_ask), next(iter(found), None)
    )


@cache
def _rules(language: Language) -> tuple[Rule, ...]:
    """The rules of one language, made ready when a message in it is first met."""
    return tuple(Rule(each, _whole_words(each)) for each in language.facts.rules)


def _whole_words(rule: RuleFacts) -> re.Pattern[str]:
    patterns = "|".join(rule.patterns)
    return re.compile(rf"(?<!\w)(?:{patterns})(?!\w)", re.IGNORECASE)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
