"""From rows to the messages that clients see, with their reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jarvis.records import (
    Attachment,
    Edit,
    Message,
    Part,
)
from jarvis.stores.apple_time import EPOCH_TIMESTAMP, from_apple
from jarvis.stores.chatdb.directory import OWNER, YOU, Chat, Directory
from jarvis.stores.chatdb.files import AttachmentRow, file_name
from jarvis.stores.chatdb.lines import (
    app_line,
    is_painted,
    kind_of,
    line_of,
    reply_line,
    shortened,
)
from jarvis.stores.chatdb.reactions import reactions_of
from jarvis.stores.chatdb.reading import Said, plain_text, read_said
from jarvis.stores.chatdb.rows import MessageRow, beside_the_text, of_plain_row

LocalPath = Callable[[str | None], str | None]
"""From attachment.filename to the file on this machine, None when it is not here."""


def message_of(
    row: Sequence[Any], chat: Chat, directory: Directory, local_path: LocalPath
) -> Message:
    """The message that a row of nature message or event tells of.

    Most rows are a text and nothing else, and take the short way: none of what others
    may hold is looked for, and the record is made by position.
    """
    (
        rowid,
        guid,
        body,
        handle,
        is_from_me,
        service,
        date,
        date_read,
        date_delivered,
        is_read,
        summary_info,
        reply_to,
        tapbacks,
    ) = of_plain_row(row)
    text = None if any(beside_the_text(row)) else plain_text(body, summary_info)
    if text is None:
        return message_of_any(MessageRow._make(row), chat, directory, local_path)
    sender, name, short_name = (
        OWNER if is_from_me else directory.writer_of(handle, chat)
    )
    return Message(
        rowid,
        guid,
        chat.chat_id,
        sender,
        name,
        text,
        reply_line(text) if reply_to else shortened(text),
        from_apple(date) or EPOCH_TIMESTAMP,
        bool(is_from_me),
        service,
        "text",
        bool(is_read),
        from_apple(date_delivered) if date_delivered else None,
        from_apple(date_read) if date_read else None,
        None,  # date_edited
        reply_to,
        (),  # attachments
        reactions_of(tapbacks, chat, directory) if tapbacks else (),
        False,  # retracted
        False,  # is_secret
        (),  # edits
        (Part("text", text),),
        short_name,
    )


def message_of_any(
    row: MessageRow, chat: Chat, directory: Directory, local_path: LocalPath
) -> Message:
    said = read_said(row)
    is_from_me = bool(row.is_from_me)
    writer = OWNER if is_from_me else directory.writer_of(row.sender, chat)
    has_no_text = said.is_unsent or row.nature == "event"
    who = YOU if is_from_me else directory.called(writer.address)
    return Message(
        id=row.rowid,
        guid=row.guid,
        chat_id=chat.chat_id,
        sender=writer.address,
        sender_name=writer.name,
        text=None if has_no_text else said.text or "",
        line=line_of(row, said, who=who, name=directory.called),
        date=from_apple(row.date) or EPOCH_TIMESTAMP,
        is_from_me=is_from_me,
        service=row.service,
        kind=kind_of(row, said),
        is_read=bool(row.is_read),
        date_delivered=from_apple(row.date_delivered),
        date_read=from_apple(row.date_read),
        date_edited=from_apple(row.date_edited),
        reply_to=row.thread_originator,
        attachments=_attachments(said.files, local_path) if said.files else (),
        reactions=reactions_of(row.reactions, chat, directory) if row.reactions else (),
        retracted=said.is_unsent,
        is_secret=said.is_secret,
        edits=_edits(said) if said.edits else (),
        parts=_parts(row, said),
        sender_short_name=writer.short_name,
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
