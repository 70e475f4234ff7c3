"""What happens to a conversation rather than in it: members, names, photos, location."""

from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Handle, Message, SqlValue

_MEMBERS, _NAME, _LEFT_OR_PHOTO, _LOCATION, _KEPT_AUDIO, _CALL = range(1, 7)


def added(box: Mailbox, place: Place, who: Handle) -> Message:
    """Somebody was added to a group."""
    return _event(box, place, _MEMBERS, 0, {"other_handle": who.rowid})


def number_changed(box: Mailbox, place: Place, member: Handle) -> Message:
    """A member has another number: the row names them as both who and whom."""
    return _event(
        box, place._replace(sender=member), _MEMBERS, 0, {"other_handle": member.rowid}
    )


def removed(box: Mailbox, place: Place, who: Handle) -> Message:
    """Somebody was removed from a group."""
    return _event(box, place, _MEMBERS, 1, {"other_handle": who.rowid})


def renamed(box: Mailbox, place: Place, name: str) -> Message:
    """A group got another name, or lost it ("")."""
    return _event(box, place, _NAME, 0, {"group_title": name})


def left(box: Mailbox, place: Place) -> Message:
    """The sender left the group."""
    return _event(box, place, _LEFT_OR_PHOTO, 0)


def photo_changed(box: Mailbox, place: Place) -> Message:
    """The group got another photo."""
    return _event(box, place, _LEFT_OR_PHOTO, 1)


def photo_removed(box: Mailbox, place: Place) -> Message:
    """The group has no photo any more."""
    return _event(box, place, _LEFT_OR_PHOTO, 2)


def background_changed(box: Mailbox, place: Place) -> Message:
    """The conversation got another background, which macOS 26 brought."""
    return _event(box, place, _LEFT_OR_PHOTO, 4)


def background_removed(box: Mailbox, place: Place) -> Message:
    """The conversation's background is the plain one again."""
    return _event(box, place, _LEFT_OR_PHOTO, 6)


def location_shared(box: Mailbox, place: Place, *, started: bool) -> Message:
    """Location sharing began or ended; Messages leaves these rows unread for ever."""
    status: dict[str, SqlValue] = {
        "share_status": 0 if started else 1,
        "share_direction": 0 if place.sender is None else 1,
    }
    message = _event(box, place, _LOCATION, 0, status)
    message.is_read = place.sender is None
    return message


def audio_kept(box: Mailbox, place: Place) -> Message:
    """Somebody kept a voice memo that would have expired."""
    return _event(box, place, _KEPT_AUDIO, 0)


def call(box: Mailbox, place: Place) -> Message:
    """SharePlay or FaceTime was used."""
    return _event(box, place, _CALL, 0)


def _event(
    box: Mailbox,
    place: Place,
    item_type: int,
    action: int,
    more: dict[str, SqlValue] | None = None,
) -> Message:
    return box.write(
        place,
        "event",
        None,
        columns={
            "item_type": item_type,
            "group_action_type": action,
            **(more or {}),
        },
    )
