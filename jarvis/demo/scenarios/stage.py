"""Where a scenario plays: a writer, somebody to write with, and what must be told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from jarvis.demo.live import LiveWriter, Written
from jarvis.demo.mailbox.truth import Manifest
from jarvis.errors import StoreUnavailable
from jarvis.records import Record

EventName = Literal["new_message", "message_updated", "conversation_changed"]


class Event(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A push that is due: which, about what, and how it changed; never what it says.

    guid is left out where it is about a whole conversation, change for a new message.
    """

    event: EventName
    chat_id: str
    guid: str | None = None
    change: str | None = None


@dataclass
class Stage:
    """Everything a scenario needs; wait takes seconds."""

    writer: LiveWriter
    manifest: Manifest
    wait: Callable[[float], None]
    now: Callable[[], datetime]
    events: list[Event] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The chat.db."""
        return self.writer.path

    @property
    def chat(self) -> str:
        """A chat with one person, in the inbox and in no other chat of theirs.

        Raises:
            StoreUnavailable: there is none.
        """
        return self._find(is_group=False)

    @property
    def group(self) -> str:
        """A group in the inbox, that is one chat.

        Raises:
            StoreUnavailable: there is none.
        """
        return self._find(is_group=True)

    def new(self, chat_id: str, *written: Written) -> None:
        """These must be told as new messages."""
        self.events += [
            Event(event="new_message", chat_id=chat_id, guid=each.guid)
            for each in written
        ]

    def updated(self, chat_id: str, written: Written, change: str) -> None:
        """This must be told as changed."""
        self.events.append(
            Event(
                event="message_updated",
                chat_id=chat_id,
                guid=written.guid,
                change=change,
            )
        )

    def changed(self, chat_id: str, change: str) -> None:
        """The conversation must be told as changed."""
        self.events.append(
            Event(event="conversation_changed", chat_id=chat_id, change=change)
        )

    def _find(self, *, is_group: bool) -> str:
        for each in self.manifest.conversations:
            is_one = len(each.chat_guids) == 1 and bool(each.participants)
            fits = each.is_group == is_group and each.folder == "inbox"
            is_person = is_group or each.participants[0].startswith("+")
            if is_one and fits and is_person and each.last:
                return each.chat_guids[0]
        raise StoreUnavailable(
            f"{self.path} has no conversation for this: make a larger inbox."
        )
