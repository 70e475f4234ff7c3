"""From rows to the messages that clients see, with their reactions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from jarvis.records import (
    Attachment,
    ChatId,
    Edit,
    Message,
    MessageKind,
    Reaction,
    ReactionKind,
)
from jarvis.stores.apple_time import EPOCH_TIMESTAMP, from_apple
from jarvis.stores.chatdb.directory import Directory
from jarvis.stores.chatdb.lines import file_name, kind_of, line_of, shortened
from jarvis.stores.chatdb.rows import AttachmentRow, MessageRow, Said, read_said
from jarvis.stores.handles import plain_handle

_PART: Final = re.compile(r"p:(?P<number>\d+)/")
_KINDS: Final[tuple[ReactionKind, ...]] = (
    "love",
    "like",
    "dislike",
    "laugh",
    "emphasize",
    "question",
    "emoji",
    "sticker",
)
LocalPath = Callable[[str | None], str | None]
"""From attachment.filename to the file on this machine, None when it is not here."""
_STICKER: Final = 7
_REMOVED: Final = 3000


def message_of(
    row: MessageRow, chat_id: ChatId, directory: Directory, local_path: LocalPath
) -> Message:
    """The message that a row of nature message or event tells of."""
    said = read_said(row)
    files = row.files() if row.attachments is not None else ()
    is_from_me = bool(row.is_from_me)
    sender = plain_handle(row.sender) if row.sender and not is_from_me else None
    if said.text and row.is_plain and not (said.is_secret or said.is_edited):
        text: str | None = said.text
        kind: MessageKind = "text"
        line = shortened(said.text)
    else:
        has_no_text = said.is_unsent or row.nature == "event"
        text = None if has_no_text else said.text or ""
        kind = kind_of(row, said, files)
        line = line_of(row, said, files, lambda each: directory.name_of(each) or each)
    return Message(
        id=row.rowid,
        guid=row.guid,
        chat_id=chat_id,
        sender=sender,
        sender_name=directory.name_of(sender) if sender else None,
        text=text,
        line=line,
        date=from_apple(row.date) or EPOCH_TIMESTAMP,
        is_from_me=is_from_me,
        service=row.service,
        kind=kind,
        is_read=bool(row.is_read),
        date_delivered=from_apple(row.date_delivered),
        date_read=from_apple(row.date_read),
        date_edited=from_apple(row.date_edited),
        reply_to=row.thread_originator,
        attachments=_attachments(files, local_path) if files else (),
        reactions=reactions_of(row, directory) if row.reactions else (),
        retracted=said.is_unsent,
        is_secret=said.is_secret,
        edits=_edits(said) if said.edits else (),
    )


def _edits(said: Said) -> tuple[Edit, ...]:
    return tuple(
        Edit(text=text, date=from_apple(written) or EPOCH_TIMESTAMP)
        for written, text in said.edits
    )


def reactions_of(row: MessageRow, directory: Directory) -> tuple[Reaction, ...]:
    """The reactions to a message as they stand now, oldest first."""
    if row.reactions is None:
        return ()
    return standing(
        msgspec.json.decode(row.reactions, type=list[TapbackRow]), directory
    )


def _attachments(
    files: Iterable[AttachmentRow], local_path: LocalPath
) -> tuple[Attachment, ...]:
    return tuple(_attachment(file, local_path) for file in files)


def _attachment(file: AttachmentRow, local_path: LocalPath) -> Attachment:
    path = local_path(file.filename)
    return Attachment(
        name=file_name(file),
        mime_type=file.mime_type or None,
        size_bytes=max(file.size_bytes or 0, 0),
        path=path,
        is_missing=path is None,
    )


class TapbackRow(msgspec.Struct, array_like=True):
    """One row of reaction; see chatdb_part_message_row.sql."""

    date: int | None
    rowid: int
    association: int
    target: str
    is_from_me: int
    handle: str | None
    emoji: str | None


def standing(
    tapbacks: Iterable[TapbackRow], directory: Directory
) -> tuple[Reaction, ...]:
    """What is left when all were put and taken back in their order.

    A person has one standard reaction on each part of a message; stickers add up.
    """
    left: dict[tuple[str | None, str], list[tuple[int, Reaction]]] = {}
    for tapback in sorted(tapbacks, key=lambda each: (each.date or 0, each.rowid)):
        sender = None if tapback.is_from_me else plain_handle(tapback.handle or "")
        reactor = directory.person_of(sender) if sender is not None else ""
        part = _PART.match(tapback.target)
        key = (part["number"] if part else None, reactor)
        number = _STICKER if tapback.association < 2000 else tapback.association % 1000
        before = left.setdefault(key, [])
        if tapback.association >= _REMOVED:
            left[key] = [each for each in before if each[0] != number]
            continue
        reaction = Reaction(
            kind=_KINDS[number],
            sender=sender,
            is_from_me=bool(tapback.is_from_me),
            emoji=tapback.emoji,
        )
        if number != _STICKER:
            before = [each for each in before if each[0] == _STICKER]
        left[key] = [*before, (number, reaction)]
    return tuple(reaction for each in left.values() for _, reaction in each)
