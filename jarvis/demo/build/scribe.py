"""Writes one chat of a random mailbox: whose turn it is, and what was said lately."""

from collections.abc import Callable, Iterator, Mapping

from jarvis.demo.build.plan import PlannedChat
from jarvis.demo.build.texts import Texts
from jarvis.demo.mailbox.compose import words as say
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Handle, Message

_REMEMBERED = 12
_SHARE_OWN_DIRECT, _SHARE_OWN_GROUP = 0.5, 0.33
_TURN_CHANGES = 0.6
_SHARE_CODES = 0.4
_SHARE_OVER_SMS = 0.02


class Scribe:
    """The state of one chat while it is being filled."""

    def __init__(self, box: Mailbox, texts: Texts, planned: PlannedChat) -> None:
        self.box = box
        self.rng = box.rng
        self.texts = texts
        self.planned = planned
        self.chat = planned.chat
        self._recent: list[Message] = []
        self._speaker: Handle | None = self.somebody()

    def fill(
        self,
        dates: Iterator[int],
        acts: list[str],
        perform: "Mapping[str, Callable[[Scribe, Place, Iterator[int]], None]]",
    ) -> None:
        """A row for each date; acts says from its end what to do, then plain words."""
        if self.planned.only_receives:
            for date in dates:
                self._notice(Place(self.chat, self.somebody(), date))
            return
        for date in dates:
            act = acts.pop() if acts else "text"
            perform[act](self, Place(self.chat, self._next_speaker(), date), dates)

    def receive_unread(self, dates: Iterator[int]) -> None:
        """Incoming words that the owner has not read yet."""
        for date in dates:
            place = Place(self.chat, self.somebody(), date)
            self.text(place).is_read = False

    def text(self, place: Place) -> Message:
        """Plain words."""
        says = self.texts.plain(is_from_me=place.sender is None)
        return self.remember(say.text(self.box, place, says))

    def remember(self, message: Message) -> Message:
        """Keep a message in mind as something to react to."""
        self._recent.append(message)
        if len(self._recent) > 2 * _REMEMBERED:
            del self._recent[:_REMEMBERED]
        return message

    def earlier(self, place: Place) -> Message | None:
        """One of the latest messages before this moment, None at the beginning."""
        recent = [m for m in self._recent[-_REMEMBERED:] if m.date < place.date]
        return self.texts.one_of(recent) if recent else None

    def somebody(self) -> Handle:
        """Anybody in the chat; phones now and then send a text message instead."""
        handle = self.texts.one_of(self.chat.handles)
        is_phone = handle.address.startswith("+") and handle.service == "iMessage"
        if is_phone and self.rng.random() < _SHARE_OVER_SMS:
            return self.box.handle(handle.address, "SMS")
        return handle

    def _next_speaker(self) -> Handle | None:
        """Who writes next: often somebody else than before; None is the owner."""
        if self.rng.random() < _TURN_CHANGES:
            share = _SHARE_OWN_GROUP if self.chat.is_group else _SHARE_OWN_DIRECT
            self._speaker = None if self.rng.random() < share else self.somebody()
        return self._speaker

    def _notice(self, place: Place) -> None:
        """What shops, banks and spammers send."""
        if self.planned.role == "codes" and self.rng.random() < _SHARE_CODES:
            say.one_time(self.box, place, self.texts.code(), "Fernhill Bank")
            return
        message = self.text(place)
        if self.planned.role == "spam":
            message.columns = {"is_spam": 1}
