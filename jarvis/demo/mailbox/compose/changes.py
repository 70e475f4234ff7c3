"""Messages that did not stay as they were sent: edited, unsent, expired."""

import plistlib

from jarvis.demo.clock import MINUTE_NS, SECOND_NS
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Message, SqlValue
from jarvis.demo.typedstream import encode, utf16_length, words


def edited(
    box: Mailbox,
    place: Place,
    first: str,
    now: str,
    *,
    keeps_body: bool = True,
    keeps_date: bool = True,
) -> Message:
    """Words that were changed two minutes later.

    Some rows lack the body, so that only the history tells the text; some lack the
    date of the edit.
    """
    changed = place.date + 2 * MINUTE_NS
    message = box.write(
        place,
        "edited",
        now,
        columns={
            "date_edited": changed if keeps_date else 0,
            "message_summary_info": history([(place.date, first), (changed, now)]),
        },
    )
    if not keeps_body:
        message.has_text_column = message.has_body = False
    return message


def history(versions: list[tuple[int, str]]) -> bytes:
    """message_summary_info of an edited part: (date, text) from the first on."""
    return history_of_bodies(
        [(date, encode(text)) for date, text in versions],
        length=utf16_length(versions[0][1]),
    )


def history_of_bodies(bodies: list[tuple[int, bytes]], *, length: int) -> bytes:
    """The same for bodies that are there already; length is the first one's, in UTF-16."""
    return _plist(
        {
            "amc": 1,
            "ec": {"0": [{"d": date / SECOND_NS, "t": body} for date, body in bodies]},
            "ep": [0],
            "otr": {"0": {"lo": 0, "le": length}},
            "ust": True,
        }
    )


def bodies_of(summary: bytes | None) -> list[tuple[int, bytes]]:
    """What history_of_bodies wrote, to go on from there; nothing if never edited."""
    edits = plistlib.loads(summary).get("ec", {}) if summary else {}
    return [(int(v["d"] * SECOND_NS), v["t"]) for v in edits.get("0", ())]


def unsent(box: Mailbox, place: Place, length: int) -> Message:
    """A message taken back; length is what it was long in UTF-16 units."""
    return box.write(
        place,
        "unsent",
        None,
        columns={
            "date_edited": place.date + MINUTE_NS,
            "message_summary_info": retraction(length),
        },
    )


def retraction(length: int) -> bytes:
    """message_summary_info of a message whose only part was taken back."""
    return _plist(
        {"amc": 1, "rp": [0], "otr": {"0": {"lo": 0, "le": length}}, "ust": True}
    )


def partly_unsent(box: Mailbox, place: Place, kept: str, taken: str) -> Message:
    """A message of two parts, the second of which was taken back."""
    kept_units, taken_units = utf16_length(kept), utf16_length(taken)
    ranges = {
        "0": {"lo": 0, "le": kept_units},
        "1": {"lo": kept_units, "le": taken_units},
    }
    columns: dict[str, SqlValue] = {
        "date_edited": place.date + MINUTE_NS,
        "message_summary_info": _plist({"amc": 1, "rp": [1], "otr": ranges}),
        "part_count": 2,
    }
    return box.write(place, "partly_unsent", kept, parts=[words(kept)], columns=columns)


def expired(box: Mailbox, place: Place) -> Message:
    """A message that was made to destroy itself, and did."""
    columns = {"was_detonated": 1, "is_expirable": 1, "expire_state": 3}
    return box.write(place, "expired", None, columns=columns)


def _plist(value: dict[str, object]) -> bytes:
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY)
