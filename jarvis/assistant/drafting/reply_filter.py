"""Which of the user's past replies could be sent again now, to this message; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from jarvis.assistant.grounding.ungrounded import (
    capitals_are_common,
    ungrounded_items,
    ungrounded_names,
)
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.language.identify import SMALL_WORDS, language_of, script_of
from jarvis.assistant.language.text import words_of
from jarvis.records import ChatId

_TEXTS_LOOKED_AT: Final = 30
_LONGEST: Final = 600
"""Characters of the end of the message, which its answer is about."""
_SMALL_WORDS: Final = frozenset().union(*SMALL_WORDS.values())


class ReplyFilter:
    """What a reply may hold that answers this message in this conversation."""

    def __init__(
        self,
        incoming: str,
        history: ReplyHistory,
        *,
        chat_id: ChatId | None,
        names: Iterable[str] = (),
        contact_first_names: Collection[str] = (),
    ) -> None:
        """Look at the message, and at how the user writes in the conversation.

        Args:
            incoming: what is to be answered.
            names: of the people in the conversation.
            contact_first_names: of the people that the user knows; a reply that
                speaks of one is not for this conversation.
        """
        incoming = incoming[-_LONGEST:]
        self._known = (incoming, *names)
        own = history.own_texts(chat_id) or history.own_texts()
        own = own[-_TEXTS_LOOKED_AT:]
        self.language = language_of([incoming]) or language_of([*own, incoming])
        self._script = script_of([incoming])
        self._nouns_are_capital = capitals_are_common([*own, incoming])
        here = {word for each in self._known for word in words_of(each)}
        self._absent = {
            name
            for each in contact_first_names
            if (name := each.casefold()) not in here | _SMALL_WORDS
        }

    def allows(self, reply: str) -> bool:
        """Whether it is in the language of the message and holds nothing of its moment.

        That is no time, day, number, link or name that the message does not have.
        """
        if script_of([reply]) not in (None, self._script or "LATIN"):
            return False
        if self.language and language_of([reply]) not in (None, self.language):
            return False
        if not self._absent.isdisjoint(words_of(reply)):
            return False
        return not ungrounded_items(reply, self._known) and not ungrounded_names(
            reply, self._known, nouns_are_capital=self._nouns_are_capital
        )
