"""Drafts that were written and are still true, for whoever does not ask in person."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from jarvis.assistant.history.context import Context
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.records import ChatId, Draft

MOST_DRAFTS: Final = 64
"""So many of those asked for last are kept, in memory only."""


class DraftKey(NamedTuple):
    """What a draft was written from; another key, another draft.

    `revision` is the reply history's: another one where words in it were changed.
    """

    chat_id: ChatId
    context: Context
    instruction: str | None
    num_suggestions: int
    model: str | None
    revision: int


class KeptDrafts:
    """The drafts asked for last, by all that they depend on.

    A new or changed message, here or in the past, makes another key, so nothing here can
    be out of date.
    """

    def __init__(self, most: int = MOST_DRAFTS) -> None:
        self._most = most
        self._drafts: OrderedDict[DraftKey, Draft] = OrderedDict()

    def get(self, key: DraftKey) -> Draft | None:
        """The draft, if it is kept."""
        draft = self._drafts.get(key)
        if draft is not None:
            self._drafts.move_to_end(key)
        return draft

    def newest_of(
        self, chat_id: ChatId, message_id: int, history: ReplyHistory
    ) -> Draft | None:
        """The draft last made for a chat, not instructed, that answers this message."""
        for key, draft in reversed(self._drafts.items()):
            answers = key.context.lines[-1].message_id
            asked = (key.chat_id, answers, key.instruction)
            if (
                asked == (chat_id, message_id, None)
                and key.revision == history.revision
            ):
                return draft
        return None

    def put(self, key: DraftKey, draft: Draft) -> None:
        """Keep a draft; the one not asked for longest goes when there are too many."""
        self._drafts[key] = draft
        self._drafts.move_to_end(key)
        if len(self._drafts) > self._most:
            self._drafts.popitem(last=False)

    def clear(self) -> None:
        """Forget them all."""
        self._drafts.clear()
