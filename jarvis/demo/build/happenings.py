"""What happens to the chats of a random mailbox, each sort about as often as another."""

from collections.abc import Callable, Sequence

from jarvis.demo.build.plan import PlannedChat
from jarvis.demo.build.scribe import Scribe
from jarvis.demo.clock import DAY_NS
from jarvis.demo.mailbox.compose import events
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Handle, Message

_Happening = Callable[[Mailbox, Place, Handle], Message]

_IN_GROUPS: dict[str, _Happening] = {
    "added": lambda box, place, other: events.added(box, place, other),
    "removed": lambda box, place, other: events.removed(box, place, other),
    "number_changed": lambda box, place, other: events.number_changed(
        box, place, other
    ),
    "renamed": lambda box, place, _: events.renamed(box, place, place.chat.name),
    "name_removed": lambda box, place, _: events.renamed(box, place, ""),
    "left": lambda box, place, _: events.left(box, place),
    "photo_changed": lambda box, place, _: events.photo_changed(box, place),
    "photo_removed": lambda box, place, _: events.photo_removed(box, place),
}
_IN_DIRECT: dict[str, _Happening] = {
    "location_started": lambda box, place, _: events.location_shared(
        box, place, started=True
    ),
    "location_stopped": lambda box, place, _: events.location_shared(
        box, place, started=False
    ),
    "audio_kept": lambda box, place, _: events.audio_kept(box, place),
    "call": lambda box, place, _: events.call(box, place),
}
_SINCE_26: dict[str, _Happening] = {
    "background_changed": lambda box, place, _: events.background_changed(box, place),
    "background_removed": lambda box, place, _: events.background_removed(box, place),
}
_STALE_ROWS = 20
_STALE_AGE_NS = 45 * DAY_NS


def happen(scribe: Scribe, place: Place) -> None:
    """What happened least often so far, of all that can happen in this chat."""
    box = scribe.box
    possible = _possible(box, is_group=scribe.chat.is_group)
    sort = min(possible, key=lambda each: box.happened[each])
    box.happened[sort] += 1
    possible[sort](box, place, scribe.somebody())


def row_count(profile: int) -> int:
    """How many rows write_each_once and leave_stale_rows write together."""
    newer = 2 * len(_SINCE_26) if profile >= 26 else 0
    return len(_IN_GROUPS) + len(_IN_DIRECT) + newer + _STALE_ROWS


def write_each_once(box: Mailbox, planned: Sequence[PlannedChat]) -> None:
    """All that can happen, in the busiest group and with the busiest person."""
    for is_group in (True, False):
        chats = [p.chat for p in planned if p.chat.is_group == is_group and p.size]
        chat = (chats or [planned[0].chat])[0]
        happenings = _possible(box, is_group=is_group).values()
        for at, happening in enumerate(happenings, start=2):
            place = Place(chat, chat.handles[0], box.now - at * DAY_NS)
            happening(box, place, chat.handles[-1])


def leave_stale_rows(box: Mailbox, planned: Sequence[PlannedChat]) -> None:
    """Rows about locations that stay unread for ever, though nobody can read them."""
    chats = [each.chat for each in planned if each.role == "person" and each.size]
    for at in range(_STALE_ROWS):
        chat = chats[at % len(chats)]
        place = Place(chat, chat.handles[0], box.now - _STALE_AGE_NS - at * DAY_NS)
        events.location_shared(box, place, started=at % 2 == 0)


def _possible(box: Mailbox, *, is_group: bool) -> dict[str, _Happening]:
    possible = _IN_GROUPS if is_group else _IN_DIRECT
    return possible | _SINCE_26 if box.profile >= 26 else possible
