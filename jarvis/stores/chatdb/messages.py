"""From rows to the messages that clients see, with their reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jarvis.records import (
    Attachment,
    Edit,
    Message,
    MessageKind,
    Part,
)
from jarvis.stores.apple_time import EPOCH_TIMESTAMP, from_apple
from jarvis.stores.chatdb.directory import YOU, Chat, Directory
from jarvis.stores.chatdb.files import AttachmentRow, file_name
from jarvis.stores.chatdb.lines import (
    app_line,
    is_painted,
    kind_of,
    line_of,
    shortened,
)
from jarvis.stores.chatdb.reactions import reactions_of
from jarvis.stores.chatdb.reading import Said, read_said
from jarvis.stores.chatdb.rows import MessageRow
from jarvis.stores.chatdb.senders import sender_of

LocalPath = Callable[[str | None], str | None]
"""From attachment.filename to the file on this machine, None when it is not here."""


def message_of(
    row: MessageRow, chat: Chat, directory: Directory, local_path: LocalPath
) -> Message:
    """The message that a row of nature message or event tells of."""
    said = read_said(row)
    is_from_me = bool(row.is_from_me)
    sender = sender_of(row.sender, is_from_me, chat)
    is_plain = row.is_plain and len(said.parts) == 1
    if said.text and is_plain and not (said.is_secret or said.is_edited):
        text: str | None = said.text
        kind: MessageKind = "text"
        line = shortened(said.text)
        parts = said.parts
    else:
        has_no_text = said.is_unsent or row.nature == "event"
        text = None if has_no_text else said.text or ""
        kind = kind_of(row, said)
        parts = _parts(row, said)
        who = YOU if is_from_me else directory.called(sender)
        line = line_of(row, said, who=who, name=directory.called)
    return Message(
        id=row.rowid,
        guid=row.guid,
        chat_id=chat.chat_id,
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
        attachments=_attachments(said.files, local_path) if said.files else (),
        reactions=reactions_of(row, chat, directory) if row.reactions else (),
        retracted=said.is_unsent,
        is_secret=said.is_secret,
        edits=_edits(said) if said.edits else (),
        parts=parts,
        sender_short_name=directory.short_name_of(sender, chat) if sender else None,
    )


def _parts(row: MessageRow, said: Said) -> tuple[Part, ...]:
    """The body in its order; what an app paints is one mark."""
    if row.nature == "event" or said.is_unsent:
        return ()
    if is_painted(row, said):
        return (Part(kind="mark", text=app_line(row, said)),)
    return said.parts


def _edits(said: Said) -> tuple[Edit, ...]:
    return tuple(
        Edit(text=text, date=from_apple(written) or EPOCH_TIMESTAMP)
        for written, text in said.edits
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
