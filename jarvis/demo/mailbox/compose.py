"""What people do in Messages, a function each, which adds the rows that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jarvis.demo.clock import MINUTE_NS
from jarvis.demo.mailbox.edits import history
from jarvis.demo.mailbox.mailbox import Mailbox, Place
from jarvis.demo.mailbox.rows import File, Message, SqlValue
from jarvis.demo.typedstream import (
    PLACEHOLDER,
    Run,
    attachment,
    one_time_code,
    utf16_length,
    words,
)
from jarvis.records import Part

FileType = Literal["photo", "picture", "video", "pdf", "card", "place", "archive"]
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
_NAME = 2


@dataclass(frozen=True, slots=True)
class Format:
    """How files of a type are named, and how a reader calls one and several."""

    name: str
    mime_type: str | None
    uti: str
    label: str
    plural: str = ""


FORMATS: dict[FileType, Format] = {
    "photo": Format("IMG_{}.HEIC", "image/heic", "public.heic", "Photo", "photos"),
    "picture": Format("IMG_{}.png", "image/png", "public.png", "Photo", "photos"),
    "video": Format(
        "IMG_{}.MOV", "video/quicktime", "com.apple.quicktime-movie", "Video", "videos"
    ),
    "pdf": Format("paper-{}.pdf", "application/pdf", "com.adobe.pdf", "PDF {}"),
    "card": Format("card-{}.vcf", "text/vcard", "public.vcard", "Contact card"),
    "place": Format("CL.loc.vcf", "text/x-vlocation", "public.vlocation", "Location"),
    "archive": Format("bundle-{}.dat", None, "dyn.age80c6dmr", "File {}"),
}


def text(
    mailbox: Mailbox, place: Place, says: str, *, parts: Sequence[Run] | None = None
) -> Message:
    """Plain words; parts may mark some of them, as mentions do."""
    return mailbox.write(place, "text", says, parts=parts)


def one_time(mailbox: Mailbox, place: Place, code: str, sender_name: str) -> Message:
    """A one-time code, marked as such in the body."""
    rest = f" is your {sender_name} code. Nobody from {sender_name} will ask for it."
    return mailbox.write(
        place,
        "one_time_code",
        code + rest,
        parts=[one_time_code(code), words(rest)],
    )


def edited(
    mailbox: Mailbox,
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
    message = mailbox.write(
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


def tapback(
    mailbox: Mailbox,
    place: Place,
    to: Message,
    kind: Tapback,
    *,
    emoji: str | None = None,
    form: TargetForm = "part",
) -> Message:
    """A reaction to a message; its own text is a sentence nobody should be shown."""
    number, verb = TAPBACKS[kind]
    return mailbox.write(
        place,
        "tapback",
        f"{verb.format(emoji)} “{(to.text or '').replace(PLACEHOLDER, '')[:120]}”",
        columns=target_columns(to, number, form, emoji),
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


def attached(
    mailbox: Mailbox,
    place: Place,
    file_type: FileType,
    *,
    count: int = 1,
    says: str = "",
) -> Message:
    """One or more files of a type, with words below them if there are any."""
    guids = transfer_guids(mailbox, place, count)
    files = tuple(file_of(mailbox, guid, FORMATS[file_type]) for guid in guids)
    message = mailbox.write(
        place,
        "attachment",
        PLACEHOLDER * count + says,
        parts=runs_of_files(guids, says),
        files=files,
        note=label_of(FORMATS[file_type], files),
    )
    form = FORMATS[file_type]
    labels = [label_of(form, [file]) for file in files]
    parts = [file_part(label, place) for place, label in enumerate(labels)]
    message.expected_parts = (*parts, *([text_part(says)] if says else []))
    return message


def transfer_guids(mailbox: Mailbox, place: Place, count: int) -> list[str]:
    """Guids of files: received ones carry their part's number in front."""
    if place.sender is None:
        return [mailbox.guid() for _ in range(count)]
    message = mailbox.guid()
    return [f"at_{part}_{message}" for part in range(count)]


def file_of(mailbox: Mailbox, guid: str, form: Format) -> File:
    """A file that is here, was offloaded (its path leads nowhere) or never came."""
    name = form.name.format(mailbox.rng.randrange(1000, 10_000))
    fold = guid[-2:].lower()
    path = f"~/Library/Messages/Attachments/{fold}/{int(fold, 16) % 16:02d}/{guid}/"
    return File(
        guid=guid,
        name=name,
        mime_type=form.mime_type,
        uti=form.uti,
        size_bytes=mailbox.rng.randrange(2_000, 5_000_000),
        path=None if mailbox.rng.random() < 0.1 else path + name,
    )


def label_of(form: Format, files: Sequence[File]) -> str:
    """What stands for the files on one line."""
    if len(files) > 1:
        return f"{len(files)} {form.plural}"
    return form.label.format(files[0].name)


def runs_of_files(guids: Sequence[str], says: str) -> list[Run]:
    """The runs of files first and words after them, a part for each."""
    runs = [attachment(guid, part=part) for part, guid in enumerate(guids)]
    return [*runs, words(says, part=len(runs))] if says else runs


def text_part(text: str) -> Part:
    """Words of a body, as a reader is to tell them."""
    return Part(kind="text", text=text)


def file_part(label: str, number: int = 0) -> Part:
    """A file of a body; number is its place among the message's files."""
    return Part(kind="file", text=label, attachment=number)


def mark_part(description: str, number: int | None = 0) -> Part:
    """A small picture, or what an app has painted, which is no file."""
    return Part(kind="mark", text=description, attachment=number)


def renamed(mailbox: Mailbox, place: Place, name: str) -> Message:
    """A group got another name, or lost it ("")."""
    return event(mailbox, place, _NAME, 0, {"group_title": name})


def event(
    mailbox: Mailbox,
    place: Place,
    item_type: int,
    action: int,
    more: dict[str, SqlValue] | None = None,
) -> Message:
    """What happened to a conversation rather than in it, by Apple's numbers."""
    return mailbox.write(
        place,
        "event",
        None,
        columns={
            "item_type": item_type,
            "group_action_type": action,
            **(more or {}),
        },
    )
