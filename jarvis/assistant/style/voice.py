"""How the user writes to this person, as a prompt tells it: habits and examples."""

from __future__ import annotations

from typing import Final

import msgspec

from jarvis.assistant.history.context import Context
from jarvis.assistant.history.habits import Habits
from jarvis.assistant.history.memory import Memory, Recalled
from jarvis.assistant.history.pairs import Pair
from jarvis.assistant.language.facts import languages
from jarvis.assistant.language.identify import language_of
from jarvis.letters import head, tail
from jarvis.records import ChatId, Record

_EXAMPLES: Final = 4
_LONGEST_EXAMPLE: Final = 200
"""Characters of each side: small windows have to hold the conversation, too."""
_SIMILAR: Final = 4
_LIKE: Final = 0.25
"""Below this similarity an earlier message says nothing about the one to answer."""
_LANGUAGES: Final = {each.code: each.facts.name for each in languages()}


class Voice(Record, frozen=True):
    """What a reply is modelled on.

    `examples` stay the same while the conversation goes on; `similar` are those nearest
    to what is to be answered, the nearest first.
    """

    facts: tuple[str, ...] = ()
    examples: tuple[Pair, ...] = ()
    similar: tuple[Pair, ...] = ()
    habits: Habits | None = None
    recalled: tuple[Recalled, ...] = ()
    """What was found like it, the nearest first."""

    @property
    def similarity(self) -> float | None:
        """How like the nearest message of before is, in 0..1; null without a history."""
        return self.recalled[0].similarity if self.recalled else None

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that somebody wrote."""
        recalled = (each.pair for each in self.recalled)
        pairs = (*self.examples, *self.similar, *recalled)
        return tuple(text for pair in pairs for text in (pair.incoming, pair.reply))


def voice_for(memory: Memory, context: Context, chat_id: ChatId) -> Voice:
    """How the user writes in this conversation, by what stood before the context.

    Nothing of the context itself is an example: a model would only repeat it.
    """
    begins = context.lines[0].message_id
    habits = memory.habits(chat_id)
    near = memory.nearest(context.incoming, chat_id=chat_id, k=_SIMILAR * 2)
    recalled = [each for each in near if not _is_shown(each.pair, chat_id, begins)]
    like = [_short(each.pair) for each in recalled if each.similarity >= _LIKE]
    newest = memory.newest_pairs(chat_id, before=begins, count=_EXAMPLES)
    examples = tuple(map(_short, newest))
    facts = habits.facts() if habits else ()
    return Voice(
        facts=(*facts, *_language(context, habits)),
        examples=examples,
        similar=tuple(pair for pair in like[:_SIMILAR] if pair not in examples),
        habits=habits,
        recalled=tuple(recalled),
    )


def _short(pair: Pair) -> Pair:
    """The pair with the end of what was written and the beginning of the answer."""
    return msgspec.structs.replace(
        pair,
        incoming=tail(pair.incoming, _LONGEST_EXAMPLE),
        reply=head(pair.reply, _LONGEST_EXAMPLE),
    )


def _is_shown(pair: Pair, chat_id: ChatId, begins: int) -> bool:
    """Whether the context itself holds the pair."""
    return pair.chat_id == chat_id and pair.reply_id >= begins


def _language(context: Context, habits: Habits | None) -> tuple[str, ...]:
    """The language of the thread, which is that of the reply; else the user's own."""
    if language := _LANGUAGES.get(language_of(context.texts) or ""):
        return (f"The chat is in {language}: answer in it.",)
    own = _LANGUAGES.get(habits.language or "") if habits else None
    return (f"I mostly write in {own}.",) if own else ()
