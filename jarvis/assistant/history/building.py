"""Reply histories are built here, and kept up with what is written and changed."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from jarvis.assistant.history.examples import Example, examples_of
from jarvis.assistant.history.reply_history import ReplyHistory
from jarvis.assistant.history.similarity import TextIndex
from jarvis.assistant.language.text import LONGEST_READ, has_word
from jarvis.records import ChatId, PlainMessage

MOST_ANSWERED: Final = 4_000
MOST_UNANSWERED: Final = 4_000
"""So many of the newest are kept over all conversations, of examples with a reply and of
those without."""
OWN_TEXTS: Final = 1_000
OWN_TEXTS_OF_CHAT: Final = 200
"""So many of the user's newest texts are kept, over all and of each conversation; of
a long one its first LONGEST_READ characters."""

_SLACK: Final = 1.25
"""Older ones are forgotten when there are so many times more than are kept."""
_TAIL: Final = 40
"""Messages of a conversation that new ones may go on with."""
_REVISIONS: Final = itertools.count(1)

_MessageKey = tuple[ChatId, int]
"""A message in a conversation, by its ROWID: one may stand in two conversations."""


class HistoryBuilder:
    """Takes in what was written and makes histories of it, each without reading all anew.

    Meant for a thread beside the event loop; where several call it, one waits for the
    other. What it was given before changes nothing, so a call may be made again.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._revision = next(_REVISIONS)
        self._examples: list[Example] = []
        self._index = TextIndex()
        self._removed: set[int] = set()
        self._numbers: dict[_MessageKey, int] = {}
        """Of the examples that are not removed, by the last message of their turn."""
        self._by_chat: dict[ChatId, list[int]] = {}
        self._tails: dict[ChatId, list[PlainMessage]] = {}
        self._own: dict[_MessageKey, str] = {}
        self._own_by_chat: dict[ChatId, dict[int, str]] = {}
        self._own_texts: dict[ChatId | None, tuple[str, ...]] = {}

    def update(
        self,
        arrived: Iterable[PlainMessage] = (),
        *,
        conversations: Iterable[Sequence[PlainMessage]] = (),
        changed: Collection[int] = (),
    ) -> ReplyHistory:
        """The history with all this in it.

        Args:
            arrived: further messages, oldest first. One that is older than all that is
                kept of its conversation's end, as sync brings them, is passed over.
            conversations: the ends of some, each oldest first, as they are now; they may
                reach further back than what is known.
            changed: ROWIDs of messages whose words were changed or taken back; their
                conversations are among those.
        """
        with self._one_at_a_time:
            self._drop(changed)
            self._add(arrived)
            for messages in conversations:
                self._add_conversation(messages)
            return self._history()

    def _history(self) -> ReplyHistory:
        return ReplyHistory(
            self._revision,
            tuple(self._examples),
            frozenset(self._removed),
            self._by_chat,
            self._index.texts(),
            dict(self._own_texts),
        )

    def _drop(self, changed: Collection[int]) -> None:
        """Take out what these messages said; another revision where that was something."""
        ids = {*changed}
        if not ids:
            return
        before = len(self._removed), len(self._own)
        for number, example in enumerate(self._examples):
            if not ids.isdisjoint((*example.incoming_ids, *example.reply_ids)):
                self._remove(number)
        for chat_id, tail in self._tails.items():
            self._tails[chat_id] = [each for each in tail if each.id not in ids]
        for key in [key for key in self._own if key[1] in ids]:
            del self._own[key]
        for chat_id, own in self._own_by_chat.items():
            if not ids.isdisjoint(own):
                self._own_by_chat[chat_id] = _without(ids, own)
                self._show_own(chat_id)
        if before != (len(self._removed), len(self._own)):
            self._revision = next(_REVISIONS)

    def _add(self, messages: Iterable[PlainMessage]) -> None:
        arrived: dict[ChatId, list[PlainMessage]] = {}
        for message in messages:
            arrived.setdefault(message.chat_id, []).append(message)
        found: list[Example] = []
        own: list[PlainMessage] = []
        for chat_id, of_chat in arrived.items():
            fresh = self._fresh(chat_id, of_chat)
            if not fresh:
                continue
            whole = sorted([*self._tails.get(chat_id, ()), *fresh], key=_when)
            self._tails[chat_id] = whole[-_TAIL:]
            found += self._news(chat_id, whole)
            own += filter(_is_own, fresh)
        self._note_own(sorted(own, key=_when))
        self._take(found)

    def _fresh(
        self, chat_id: ChatId, arrived: list[PlainMessage]
    ) -> list[PlainMessage]:
        """Those that are neither known nor older than what is kept of the end."""
        tail = self._tails.get(chat_id, [])
        known = {message.id for message in tail}
        since = _when(tail[0]) if len(tail) >= _TAIL else None
        return [
            message
            for message in arrived
            if message.id not in known and (since is None or _when(message) > since)
        ]

    def _add_conversation(self, messages: Sequence[PlainMessage]) -> None:
        if not messages:
            return
        chat_id = messages[-1].chat_id
        self._tails[chat_id] = list(messages[-_TAIL:])
        own = [each for each in messages if _is_own(each)][-OWN_TEXTS_OF_CHAT:]
        self._own_by_chat[chat_id] = {each.id: _beginning(each) for each in own}
        self._show_own(chat_id)
        self._take(self._news(chat_id, messages))

    # The user's own texts

    def _note_own(self, messages: Sequence[PlainMessage]) -> None:
        for message in messages:
            of_chat = self._own_by_chat.setdefault(message.chat_id, {})
            of_chat[message.id] = _beginning(message)
            self._own[message.chat_id, message.id] = of_chat[message.id]
            if len(of_chat) > OWN_TEXTS_OF_CHAT:
                del of_chat[next(iter(of_chat))]
            if len(self._own) > OWN_TEXTS:
                del self._own[next(iter(self._own))]
        for chat_id in {message.chat_id for message in messages}:
            self._show_own(chat_id)

    def _show_own(self, chat_id: ChatId) -> None:
        self._own_texts[chat_id] = tuple(self._own_by_chat.get(chat_id, {}).values())
        self._own_texts[None] = tuple(self._own.values())

    # The examples

    def _news(self, chat_id: ChatId, messages: Sequence[PlainMessage]) -> list[Example]:
        """The examples in a conversation's end that are new, or others than were known.

        What was known of these messages and is so no longer is removed.
        """
        found = {each.incoming_ids[-1]: each for each in examples_of(messages)}
        ids = {each.id for each in messages}
        for message_id in ids:
            number = self._numbers.get((chat_id, message_id))
            if number is None:
                continue
            known, example = self._examples[number], found.get(message_id)
            if known.incoming_ids[0] not in ids:
                # The messages begin in its midst: all of its words are those known.
                example = replace(
                    example or known,
                    incoming=known.incoming,
                    incoming_ids=known.incoming_ids,
                )
            if example is not None and example.incoming == known.incoming:
                # What became of it since; it is found by the same words.
                self._examples[number] = example
                found.pop(message_id, None)
            else:
                self._remove(number)
        return list(found.values())

    def _remove(self, number: int) -> None:
        if number not in self._removed:
            example = self._examples[number]
            self._removed.add(number)
            del self._numbers[example.chat_id, example.incoming_ids[-1]]

    def _take(self, found: list[Example]) -> None:
        # What would be forgotten at once is not even looked at.
        self._append(_newest(found))
        if len(self._examples) > (MOST_ANSWERED + MOST_UNANSWERED) * _SLACK:
            self._forget_oldest()

    def _append(self, examples: list[Example]) -> None:
        for number, example in enumerate(examples, len(self._examples)):
            self._numbers[example.chat_id, example.incoming_ids[-1]] = number
            self._by_chat.setdefault(example.chat_id, []).append(number)
        self._examples += examples
        self._index.extend(each.incoming for each in examples)

    def _forget_oldest(self) -> None:
        """Begin anew with the newest; histories made before keep what they have."""
        known = enumerate(self._examples)
        kept = _newest([each for number, each in known if number not in self._removed])
        self._examples, self._index, self._removed = [], TextIndex(), set()
        self._numbers, self._by_chat = {}, {}
        self._append(kept)


def _newest(examples: list[Example]) -> list[Example]:
    """The newest of those with a reply and of those without, oldest first."""
    ordered = sorted(examples, key=lambda each: each.sent_ms)
    answered = [each for each in ordered if each.reply]
    unanswered = [each for each in ordered if not each.reply]
    kept = [*answered[-MOST_ANSWERED:], *unanswered[-MOST_UNANSWERED:]]
    return sorted(kept, key=lambda each: each.sent_ms)


def _without(ids: Collection[int], texts: Mapping[int, str]) -> dict[int, str]:
    return {each: text for each, text in texts.items() if each not in ids}


def _beginning(message: PlainMessage) -> str:
    return message.text[:LONGEST_READ]


def _when(message: PlainMessage) -> tuple[int, int]:
    return message.sent_ms, message.id


def _is_own(message: PlainMessage) -> bool:
    """Whether the user wrote words."""
    return message.sender is None and has_word(message.text)
