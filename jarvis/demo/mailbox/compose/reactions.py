"""Tapbacks, stickers on messages and votes: rows that say something about another."""

from typing import Literal

from jarvis.demo.mailbox.compose.files import sticker_file
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import Message, SqlValue
from jarvis.demo.typedstream import PLACEHOLDER, attachment, utf16_length

Tapback = Literal[
    "love", "like", "dislike", "laugh", "emphasize", "question", "emoji", "sticker"
]
TargetForm = Literal["part", "balloon", "bare"]

TAPBACKS: dict[Tapback, tuple[int, str]] = {
    "love": (2000, "Loved"),
    "like": (2001, "Liked"),
    "dislike": (2002, "Disliked"),
    "laugh": (2003, "Laughed at"),
    "emphasize": (2004, "Emphasized"),
    "question": (2005, "Questioned"),
    "emoji": (2006, "Reacted {} to"),
    "sticker": (2007, "Reacted with a sticker to"),
}
_TAKEN_BACK = 1000
_PLACED_STICKER = 1000
_VOTE = 4000
_NOT_YET_KNOWN = 5000


def tapback(
    box: Mailbox,
    place: Place,
    to: Message,
    kind: Tapback,
    *,
    emoji: str | None = None,
    form: TargetForm = "part",
) -> Message:
    """A reaction to a message; its own text is a sentence nobody should be shown."""
    number, verb = TAPBACKS[kind]
    return box.write(
        place,
        "tapback",
        f"{verb.format(emoji)} “{(to.text or '').replace(PLACEHOLDER, '')[:120]}”",
        columns=target_columns(to, number, form, emoji),
        note=kind,
    )


def removed_tapback(
    box: Mailbox, place: Place, to: Message, kind: Tapback, *, added: int
) -> Message:
    """A reaction taken back: the row that added it is gone, one that says so remains.

    added is when the reaction had arrived.
    """
    box.removed.append((added, box.guid()))
    number = TAPBACKS[kind][0] + _TAKEN_BACK
    return box.write(
        place,
        "untapback",
        f"Removed a {kind} from “{(to.text or '').replace(PLACEHOLDER, '')[:120]}”",
        columns=target_columns(to, number, "part", None),
        note=kind,
    )


def target_columns(
    to: Message, number: int, form: TargetForm = "part", emoji: str | None = None
) -> dict[str, SqlValue]:
    """The columns that tie a row to part 0 of another."""
    prefix = {"part": "p:0/", "balloon": "bp:", "bare": ""}[form]
    columns: dict[str, SqlValue] = {
        "associated_message_guid": prefix + to.guid,
        "associated_message_type": number,
        "associated_message_range_length": utf16_length(to.text or ""),
    }
    if emoji:
        columns["associated_message_emoji"] = emoji
    return columns


def sticker_on(box: Mailbox, place: Place, to: Message) -> Message:
    """A sticker put on somebody's message."""
    guid = box.guid()
    return box.write(
        place,
        "sticker",
        PLACEHOLDER,
        parts=[attachment(guid)],
        columns=target_columns(to, _PLACED_STICKER),
        files=(sticker_file(box, guid),),
    )


def vote(box: Mailbox, place: Place, poll: Message) -> Message:
    """A vote in a poll."""
    return box.write(
        place, "vote", None, columns=target_columns(poll, _VOTE, form="bare")
    )


def unknown(box: Mailbox, place: Place, to: Message) -> Message:
    """A sort of reaction that a later macOS may bring."""
    columns = target_columns(to, _NOT_YET_KNOWN)
    return box.write(place, "unknown_association", None, columns=columns)
