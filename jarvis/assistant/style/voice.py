"""How the user writes to this person: habits, and examples for a prompt."""

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
_NEAREST: Final = 8
"""Matches that are looked for; those that the conversation shows do not count."""
LANGUAGES: Final = {each.code: each.facts.name for each in languages()}
"""What each is called in English, by its code."""


class Voice(Record, frozen=True):
    """What a reply is modelled on.

    `examples` are the newest of the conversation from before what is shown of it, oldest
    first, so that prompts go on beginning alike; where it has too few, those most like the
    message to answer stand before them, from any conversation.
    """

    examples: tuple[Example, ...] = ()
    habits: Habits | None = None
    matches: tuple[Match, ...] = ()
    """What was found like the message to answer, the nearest first."""
    language: str | None = None
    """Of the conversation, else of most that the user writes; its name in English."""

    @property
    def similarity(self) -> float | None:
        """How like the nearest message of before is, in 0..1; null without a history."""
        return self.matches[0].similarity if self.matches else None

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that somebody wrote."""
        matches = (each.example for each in self.matches)
        examples = (*self.examples, *matches)
        return tuple(text for each in examples for text in (each.incoming, each.reply))


def voice_for(history: ReplyHistory, context: Context, chat_id: ChatId) -> Voice:
    """How the user writes in this conversation, by what stood before the context.

    Nothing of the context itself is an example: a model would only repeat it.
    """
    begins = context.lines[0].message_id
    near = history.nearest(context.incoming, chat_id=chat_id, k=_NEAREST)
    matches = [each for each in near if not _is_shown(each.example, chat_id, begins)]
    newest = history.newest_of(chat_id, before=begins, count=_EXAMPLES)
    like = [each.example for each in matches if each.example not in newest]
    filling = like[: _EXAMPLES - len(newest)]
    habits = habits_in(history, chat_id)
    code = language_of(context.texts) or (habits.language if habits else None)
    return Voice(
        examples=tuple(map(_short, (*reversed(filling), *newest))),
        habits=habits,
        matches=tuple(matches),
        language=LANGUAGES.get(code or ""),
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
