"""How the user writes to this person, as a prompt tells it: habits and examples."""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.assistant.context import Context
from jarvis.assistant.history.examples import Example
from jarvis.assistant.history.reply_history import Match, ReplyHistory
from jarvis.assistant.language.facts import languages
from jarvis.assistant.language.identify import language_of
from jarvis.assistant.style.habits import Habits, habits_in
from jarvis.letters import head, tail
from jarvis.records import ChatId, Record

_EXAMPLES: Final = 4
_LONGEST_EXAMPLE: Final = 200
"""Characters of each side: small windows have to hold the conversation, too."""
_SIMILAR: Final = 4
_LIKE: Final = 0.25
"""Below this similarity an earlier message says nothing about the one to answer."""
LANGUAGES: Final = {each.code: each.facts.name for each in languages()}
"""What each is called in English, by its code."""


class Voice(Record, frozen=True):
    """What a reply is modelled on.

    `examples` stay the same while the conversation goes on; `similar` are those nearest
    to what is to be answered, the nearest first.
    """

    facts: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    similar: tuple[Example, ...] = ()
    habits: Habits | None = None
    matches: tuple[Match, ...] = ()
    """What was found like it, the nearest first."""

    @property
    def similarity(self) -> float | None:
        """How like the nearest message of before is, in 0..1; null without a history."""
        return self.matches[0].similarity if self.matches else None

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that somebody wrote."""
        matches = (each.example for each in self.matches)
        examples = (*self.examples, *self.similar, *matches)
        return tuple(text for each in examples for text in (each.incoming, each.reply))


def voice_for(history: ReplyHistory, context: Context, chat_id: ChatId) -> Voice:
    """How the user writes in this conversation, by what stood before the context.

    Nothing of the context itself is an example: a model would only repeat it.
    """
    begins = context.lines[0].message_id
    habits = habits_in(history, chat_id)
    near = history.nearest(context.incoming, chat_id=chat_id, k=_SIMILAR * 2)
    matches = [each for each in near if not _is_shown(each.example, chat_id, begins)]
    like = [_short(each.example) for each in matches if each.similarity >= _LIKE]
    newest = history.newest_of(chat_id, before=begins, count=_EXAMPLES)
    examples = tuple(map(_short, newest))
    facts = habits.facts() if habits else ()
    return Voice(
        facts=(*facts, *_language(context, habits)),
        examples=examples,
        similar=tuple(each for each in like[:_SIMILAR] if each not in examples),
        habits=habits,
        matches=tuple(matches),
    )


def _short(example: Example) -> Example:
    """The example with the end of what was written and the beginning of the answer."""
    return msgspec.structs.replace(
        example,
        incoming=tail(example.incoming, _LONGEST_EXAMPLE),
        reply=head(example.reply, _LONGEST_EXAMPLE),
    )


def _is_shown(example: Example, chat_id: ChatId, begins: int) -> bool:
    """Whether the context itself holds the example."""
    return example.chat_id == chat_id and example.reply_ids[0] >= begins


def _language(context: Context, habits: Habits | None) -> tuple[str, ...]:
    """The language of the thread, which is that of the reply; else the user's own."""
    if language := LANGUAGES.get(language_of(context.texts) or ""):
        return (f"The chat is in {language}: answer in it.",)
    own = LANGUAGES.get(habits.language or "") if habits else None
    return (f"I mostly write in {own}.",) if own else ()
