"""Which messages, and whose names, go into a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Self

import msgspec

from jarvis.errors import NothingToAnswer
from jarvis.letters import cut, head
from jarvis.records import ContextUsed, Message, MessageKind, Reaction, Record

LONGEST_MESSAGE: Final = 600
"""Characters of one message that a prompt holds; the rest says little about a reply."""
LONGEST_NAME: Final = 60

_SHORTEST_MESSAGE: Final = 20
_OBJECT_MARK: Final = "\ufffc"
"""Stands in a text where an attachment was."""
_SCATTER: Final = 2_654_435_761
"""A factor that scatters numbers evenly over 32 bits (Knuth, TAOCP 6.4)."""
_WORDLESS: Final[frozenset[MessageKind]] = frozenset(
    ("attachment", "audio", "app", "poll", "sticker")
)
_REACTIONS: Final[Mapping[str, str]] = {
    "love": "loved",
    "like": "liked",
    "dislike": "disliked",
    "laugh": "laughed at",
    "emphasize": "emphasized",
    "question": "questioned",
    "sticker": "put a sticker on",
}


class Line(Record, frozen=True):
    """One message as a prompt shows it, its blanks and newlines as they were written."""

    speaker: str | None
    """The name of who wrote it, or the handle; null: the user."""
    handle: str | None
    text: str
    message_id: int
    date: str
    """ISO 8601 in UTC."""
    is_note: bool = False
    """The text tells of something without words: a picture, a voice message."""
    files: str = ""
    """What was sent with the words, by name: "Photo, PDF plan.pdf"."""
    reactions: tuple[str, ...] = ()
    """What others or the user made of it: "Mia loved it"."""
    short_name: str | None = None
    """What the speaker is called in this conversation; null where no card has them."""


class Context(Record, frozen=True):
    """What is known of a conversation when a text about it is asked for."""

    lines: tuple[Line, ...]
    """Oldest first, at least one of them with words."""
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
    def incoming(self) -> str:
        """The words of the others that one reply answers; "" where there are none."""
        if self.is_follow_up:
            return ""
        return "\n".join(line.text for line in self.answering if not line.is_note)

    @property
    def person(self) -> str:
        """To whom the user would write; "" when no name is known."""
        for line in reversed(self.lines):
            if line.speaker is not None:
                return line.speaker if line.handle is not None else ""
        return self.people[0] if self.people else ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was said, oldest first."""
        return tuple(line.text for line in self.lines)

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

    def before(self, line: Line) -> Self:
        """The lines that are older than one of them; there may be none."""
        ids = [each.message_id for each in self.lines]
        lines = self.lines[: ids.index(line.message_id)]
        return msgspec.structs.replace(self, lines=lines)

    def newest(self, lines: int) -> Self:
        """The same with at most so many lines."""
        return msgspec.structs.replace(self, lines=self.lines[-lines:])

    def spoken(self) -> Self:
        """The same without notes, for models that know words only."""
        lines = tuple(line for line in self.lines if not line.is_note)
        return msgspec.structs.replace(self, lines=lines)

    def used(self) -> ContextUsed:
        """The same as clients are told; participants are handles, like everywhere."""
        handles = dict.fromkeys(line.handle for line in self.lines if line.handle)
        return ContextUsed(
            num_messages=len(self.lines),
            participants=tuple(handles),
            last_message=self.lines[-1].text,
        )


def read_context(
    messages: Sequence[Message], others: Sequence[str] = (), *, has_more: bool = False
) -> Context:
    """The messages as lines of a conversation.

    Events, unsent and scheduled messages are left out; tapbacks are no messages to begin
    with, they stand with what they were put on.

    Args:
        messages: oldest first.
        others: names of the other participants, for those who have not written.
        has_more: older ones exist; then some of the oldest may be left out, so that the
            context goes on beginning with the same message while others arrive.

    Raises:
        NothingToAnswer: none of the messages holds a word.
    """
    messages = _steady(messages) if has_more else messages
    names = {each.sender: _speaker(each) for each in messages if each.sender}
    lines = tuple(line for each in messages if (line := _line(each, names)) is not None)
    if all(line.is_note for line in lines):
        raise NothingToAnswer(
            "There is no text in this chat to go by: ask for more messages, or write "
            "the first one yourself."
        )
    spoke = (line.speaker for line in lines if line.speaker and line.handle)
    people = dict.fromkeys((*spoke, *map(_name, others)))
    return Context(lines=lines, people=tuple(people))


def _steady(messages: Sequence[Message]) -> Sequence[Message]:
    """From one of the oldest third on: of them the one whose id scatters lowest.

    As the window moves by a message, that stays the same one until it leaves the window or
    a lower one comes in: several messages, on average. A model that has read the others
    then reads only what is new.
    """
    third = messages[: len(messages) // 3]
    if not third:
        return messages
    start = min(range(len(third)), key=lambda at: third[at].id * _SCATTER % 2**32)
    return messages[start:]


def _line(message: Message, names: Mapping[str, str]) -> Line | None:
    if message.retracted or message.kind in ("event", "scheduled"):
        return None
    # A one-time code goes into no prompt: its line says only that there was one.
    said = message.line if message.is_secret else message.text or ""
    text = said.replace(_OBJECT_MARK, "").strip()
    is_note = not text and message.kind in _WORDLESS
    if is_note:
        text = message.line.strip()
    if not text:
        return None
    return Line(
        speaker=None if message.is_from_me else _speaker(message),
        handle=None if message.is_from_me else message.sender,
        text=_cut(text, LONGEST_MESSAGE),
        message_id=message.id,
        date=message.date,
        is_note=is_note,
        files="" if is_note else _files(message),
        reactions=tuple(_reaction(each, names) for each in message.reactions),
        short_name=message.sender_short_name and _name(message.sender_short_name),
    )


def _files(message: Message) -> str:
    names = [part.text for part in message.parts if part.kind == "file"]
    return cut(" ".join(", ".join(names).split()), LONGEST_NAME) if names else ""


def _reaction(reaction: Reaction, names: Mapping[str, str]) -> str:
    sender = reaction.sender or ""
    who = "I" if reaction.is_from_me else names.get(sender) or _name(sender)
    if reaction.kind == "emoji":
        return f"{who} reacted with {reaction.emoji or 'an emoji'}"
    return f"{who} {_REACTIONS[reaction.kind]} it"


def _speaker(message: Message) -> str:
    # The short name is the longer one where it holds the address, as there is another of
    # that whole name.
    names = message.sender_name or "", message.sender_short_name or ""
    return _name(max(names, key=len) or message.sender or "Someone")


def _name(name: str) -> str:
    """A name on one line and of bearable length: people choose their own."""
    return head(" ".join(name.split()), LONGEST_NAME) or "Someone"


def _cut(text: str, characters: int) -> str:
    return cut(text, max(characters, _SHORTEST_MESSAGE))
