"""Messages that are words: plain, replies, links, codes, failed and scheduled ones."""

from collections.abc import Sequence

from jarvis.demo.clock import SECOND_NS
from jarvis.demo.mailbox.compose.files import link_preview
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Message
from jarvis.demo.typedstream import Run, link, one_time_code, utf16_length, words

URL_BALLOON = "com.apple.messages.URLBalloonProvider"
_NETWORK_FAILURE = 22
_NOT_SENT = {"is_sent": 0, "is_delivered": 0, "date_delivered": 0}


def text(
    box: Mailbox, place: Place, says: str, *, parts: Sequence[Run] | None = None
) -> Message:
    """Plain words; parts may mark some of them, as mentions do."""
    return box.write(place, "text", says, parts=parts)


def reply(box: Mailbox, place: Place, says: str, to: Message) -> Message:
    """An inline reply to another message of the same chat."""
    length = utf16_length(to.text or "")
    columns = {
        "thread_originator_guid": to.guid,
        "thread_originator_part": f"0:0:{length}",
    }
    return box.write(place, "reply", says, columns=columns)


def url(box: Mailbox, place: Place, address: str) -> Message:
    """A link, which Messages turns into a balloon with a preview."""
    return box.write(
        place,
        "url",
        address,
        parts=[link(address, address)],
        columns={"balloon_bundle_id": URL_BALLOON},
        files=link_preview(box),
    )


def url_written_twice(box: Mailbox, place: Place, address: str) -> Message:
    """A link that Messages stored in two rows, half a minute apart; the first row."""
    first = url(box, place, address)
    again = Place(place.chat, place.sender, place.date + 40 * SECOND_NS)
    url(box, again, address)
    return first


def one_time(box: Mailbox, place: Place, code: str, sender_name: str) -> Message:
    """A one-time code, marked as such in the body."""
    rest = f" is your {sender_name} code. Nobody from {sender_name} will ask for it."
    return box.write(
        place,
        "one_time_code",
        code + rest,
        parts=[one_time_code(code), words(rest)],
    )


def failed(box: Mailbox, place: Place, says: str) -> Message:
    """Own words that could not be delivered."""
    columns = {"error": _NETWORK_FAILURE, **_NOT_SENT}
    return box.write(place, "failed", says, columns=columns)


def scheduled(box: Mailbox, place: Place, says: str) -> Message:
    """Own words that go out later: place.date lies in the future."""
    columns = {"schedule_type": 2, "schedule_state": 2, **_NOT_SENT}
    message = box.write(place, "scheduled", says, columns=columns)
    message.arrived = box.now
    return message
