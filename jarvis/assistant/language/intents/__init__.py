"""What common messages ask for, and short answers to them, in four languages; pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from jarvis.assistant.language.intents import de, en, es, fr
from jarvis.assistant.language.intents.rules import Intent, Rule
from jarvis.assistant.language.stances import Stance

__all__ = ["Ask", "Intent", "ask_of"]

_RULES: Final = {"en": en.RULES, "de": de.RULES, "fr": fr.RULES, "es": es.RULES}
_LAST_CHARACTERS: Final = 300


class Ask(NamedTuple):
    """What a message asks for, and the answers to it that its rule knows."""

    rule: Rule
    groups: dict[str, str]

    @property
    def intent(self) -> Intent:
        """Its kind."""
        return self.rule.intent

    def answers(self) -> list[tuple[Stance | None, str]]:
        """Stance and words of each answer; a choice names what can be chosen."""
        return [
            (stance, _capital(words.format_map(self.groups)))
            for stance, words in self.rule.answers
        ]


def ask_of(message: str, language: str | None) -> Ask | None:
    """What the end of a message asks for; null when no rule fits or knows its language.

    Without a language, the rules of all are tried. What is asked comes before what is
    merely said: "thanks! are you coming?" is an invitation.
    """
    if language is not None and language not in _RULES:
        return None
    end = message[-_LAST_CHARACTERS:].replace("’", "'")
    languages = [language] if language is not None else list(_RULES)
    found = [
        Ask(rule, match.groupdict())
        for each in languages
        for rule in _RULES[each]
        if (match := rule.pattern.search(end)) is not None
    ]
    return next((ask for ask in found if ask.rule.is_ask), next(iter(found), None))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
