"""What was sent from this screen: how far each message has come, and which one it became.

A message stands in its thread as soon as enter is pressed. When the same one comes from
the daemon that one takes its place; `guid` says which it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jarvis.records import ChatId, Message, Timestamp


class Progress(StrEnum):
    """How far a message has come; the words of the wire where it has some."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"


_ARRIVED: Final = (Progress.SENT, Progress.DELIVERED, Progress.READ)


@dataclass(eq=False)
class Outgoing:
    """One act of sending, whatever becomes of it; `key` is the same for each asking."""

    key: str
    chat_id: ChatId
    text: str
    message: Message
    """What stands in the thread until the real one is there."""
    after_id: int
    """The newest message known when it was sent: the real one's id is higher."""
    progress: Progress = Progress.SENDING
    reason: str | None = None
    guid: str | None = None
    """Of the real message, as far as it is known or guessed."""
    has_appeared: bool = False
    """The real message was seen, and stands for it from then on, even when it goes."""
    is_lost: bool = False
    """The connection broke before the answer: it is asked for again with the same key."""
    is_taken_back: bool = False
    """Its text is in the composer again."""

    @property
    def can_be_taken_back(self) -> bool:
        """Whether its text may be wanted in the composer again."""
        if self.is_taken_back:
            return False
        is_in_doubt = self.progress is Progress.UNKNOWN and not self.has_appeared
        return is_in_doubt or self.progress is Progress.FAILED

    def take(self, status: str, guid: str | None, reason: str | None) -> None:
        """What the daemon says of it, in the answer or in an event, in any order."""
        if guid is not None and guid != self.guid:
            self.guid, self.has_appeared = guid, False
        if status == "accepted":
            return
        heard = Progress(status)
        if not self._would_go_back(heard):
            self.progress, self.reason, self.is_lost = heard, reason, False

    def lose(self) -> None:
        """The connection broke while the answer was awaited."""
        self.take(Progress.UNKNOWN, None, None)
        self.is_lost = self.progress is Progress.UNKNOWN

    def _would_go_back(self, heard: Progress) -> bool:
        if heard is Progress.UNKNOWN:
            return self.progress not in (Progress.SENDING, Progress.UNKNOWN)
        if heard is Progress.FAILED:
            return self.progress in (Progress.DELIVERED, Progress.READ)
        if self.progress in _ARRIVED:
            return _ARRIVED.index(heard) < _ARRIVED.index(self.progress)
        return False


class Outbox:
    """Every act of sending of this run of the screen, oldest first."""

    def __init__(self) -> None:
        self._all: list[Outgoing] = []

    def begin(
        self, key: str, chat_id: ChatId, text: str, date: Timestamp, after_id: int
    ) -> Outgoing:
        message = Message(
            id=after_id,
            guid=f"sending {key}",
            chat_id=chat_id,
            sender=None,
            sender_name=None,
            text=text,
            line=text,
            date=date,
            is_from_me=True,
            service=None,
            kind="text",
            is_read=True,
        )
        outgoing = Outgoing(key, chat_id, text, message, after_id)
        self._all.append(outgoing)
        return outgoing

    def of(self, chat_id: ChatId | None) -> list[Outgoing]:
        """What was sent to one conversation."""
        return [outgoing for outgoing in self._all if outgoing.chat_id == chat_id]

    def by_key(self, key: str) -> Outgoing | None:
        """The act of that key; None where another client sent it."""
        return next((outgoing for outgoing in self._all if outgoing.key == key), None)

    @property
    def lost(self) -> list[Outgoing]:
        """What is to be asked for again now that somebody answers."""
        return [outgoing for outgoing in self._all if outgoing.is_lost]

    @property
    def is_sending(self) -> bool:
        """Whether something is on its way that leaving might cut short."""
        return any(
            outgoing.progress is Progress.SENDING and not outgoing.has_appeared
            for outgoing in self._all
        )

    def last_not_sent(self, chat_id: ChatId | None) -> Outgoing | None:
        """The newest one whose text can be taken back."""
        mine = [outgoing for outgoing in self.of(chat_id) if outgoing.can_be_taken_back]
        return mine[-1] if mine else None

    def recognise(self, messages: Iterable[Message]) -> None:
        """Find among real messages those sent here.

        One may be seen before the daemon says which it is. Until then the first newer
        message of the user's own with the same text is taken for it.
        """
        waiting = [outgoing for outgoing in self._all if _is_awaited(outgoing)]
        if not waiting:
            return
        taken = {outgoing.guid for outgoing in self._all}
        for message in messages:
            if not message.is_from_me:
                continue
            for outgoing in waiting:
                is_free = outgoing.guid is None and message.guid not in taken
                if outgoing.guid == message.guid or (
                    is_free and _could_be(outgoing, message)
                ):
                    outgoing.guid, outgoing.has_appeared = message.guid, True
                    break


def _is_awaited(outgoing: Outgoing) -> bool:
    is_over = outgoing.progress is Progress.FAILED and outgoing.guid is None
    return not outgoing.has_appeared and not is_over


def _could_be(outgoing: Outgoing, message: Message) -> bool:
    return (
        message.chat_id == outgoing.chat_id
        and message.id > outgoing.after_id
        and (message.text or "").strip() == outgoing.text.strip()
    )
