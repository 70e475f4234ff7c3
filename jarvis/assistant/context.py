"""Which messages, and whose names, go into a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import msgspec

from jarvis.errors import NothingToAnswer
from jarvis.records import ContextUsed, Message, Record

LONGEST_MESSAGE: Final = 600
"""Characters of one message that a prompt holds; the rest says little about a reply."""
LONGEST_NAME: Final = 60

_SHORTEST_MESSAGE: Final = 20
_OBJECT_MARK: Final = "\ufffc"
"""Stands in a text where an attachment was."""


class Line(Record, frozen=True):
    """One message as a prompt shows it, its blanks and newlines as they were written."""

    speaker: str | None
    """The name of who wrote it, or the handle; null: the user."""
    handle: str | None
    text: str
    message_id: int


class Context(Record, frozen=True):
    """What is known of a conversation when a text about it is asked for."""

    lines: tuple[Line, ...]
    """Oldest first, at least one."""
    people: tuple[str, ...]
    """The others by first appearance, then those who have not spoken."""

    @property
    def is_follow_up(self) -> bool:
        """Whether the user wrote last, so that there is no message to answer."""
        return self.lines[-1].speaker is None

    @property
    def answering(self) -> tuple[Line, ...]:
        """The newest messages in a row that one reply answers; the last for others."""
        newest: list[Line] = []
        for line in reversed(self.lines):
            if (line.speaker is None) != self.is_follow_up:
                break
            newest.append(line)
        return tuple(reversed(newest))

    @property
    def person(self) -> str:
        """To whom the user would write; "" when no name is known."""
        for line in reversed(self.lines):
            if line.speaker is not None:
                return line.speaker
        return self.people[0] if self.people else ""

    def within(self, characters: int) -> Self:
        """The newest lines whose texts fit; the very newest is cut rather than left out."""
        kept: list[Line] = []
        for line in reversed(self.lines):
            text = line.text if kept else _cut(line.text, characters)
            if kept and len(text) > characters:
                break
            characters -= len(text)
            kept.append(msgspec.structs.replace(line, text=text))
        return msgspec.structs.replace(self, lines=tuple(reversed(kept)))

    def newest(self, lines: int) -> Self:
        """The same with at most so many lines."""
        return msgspec.structs.replace(self, lines=self.lines[-lines:])

    def used(self) -> ContextUsed:
        """The same as clients are told; participants are handles, like everywhere."""
        handles = dict.fromkeys(line.handle for line in self.lines if line.handle)
        return ContextUsed(
            num_messages=len(self.lines),
            participants=tuple(handles),
            last_message=self.lines[-1].text,
        )


def read_context(messages: Sequence[Message], others: Sequence[str] = ()) -> Context:
    """The messages that hold words, as lines of a conversation.

    Events, unsent and scheduled messages and those with nothing but attachments are left
    out; tapbacks are no messages to begin with.

    Args:
        messages: oldest first.
        others: names of the other participants, for those who have not written.

    Raises:
        NothingToAnswer: none of the messages holds a word.
    """
    lines = tuple(line for message in messages if (line := _line(message)) is not None)
    if not lines:
        raise NothingToAnswer(
            "There is no text in this chat to go by: ask for more messages, or write "
            "the first one yourself."
        )
    spoke = (line.speaker for line in lines if line.speaker is not None)
    people = dict.fromkeys((*spoke, *map(_name, others)))
    return Context(lines=lines, people=tuple(people))


def _line(message: Message) -> Line | None:
    if message.retracted or message.kind in ("event", "scheduled"):
        return None
    # A one-time code goes into no prompt: its line says only that there was one.
    said = message.line if message.is_secret else message.text or ""
    text = said.replace(_OBJECT_MARK, "").strip()
    if not text:
        return None
    speaker = None
    if not message.is_from_me:
        speaker = _name(message.sender_name or message.sender or "Someone")
    handle = None if message.is_from_me else message.sender
    return Line(
        speaker=speaker,
        handle=handle,
        text=_cut(text, LONGEST_MESSAGE),
        message_id=message.id,
    )


def _name(name: str) -> str:
    """A name on one line and of bearable length: people choose their own."""
    return " ".join(name.split())[:LONGEST_NAME] or "Someone"


def _cut(text: str, characters: int) -> str:
    characters = max(characters, _SHORTEST_MESSAGE)
    return text if len(text) <= characters else f"{text[: characters - 1]}…"
