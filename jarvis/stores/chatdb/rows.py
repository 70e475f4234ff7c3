"""One row of message as Jarvis reads it, and what kind of thing it is to a person."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import msgspec

from jarvis.stores.attributed_body import (
    AUDIO_TRANSCRIPT,
    PLACEHOLDER,
    Undecodable,
    read_body,
    read_text,
)
from jarvis.stores.message_summary import ChangeHistory, read_history

Nature = Literal["message", "event", "reaction", "hidden"]

URL_BALLOON: Final = "com.apple.messages.URLBalloonProvider"
ONE_TIME_CODE_MARK: Final = b"__kIMOneTimeCodeAttributeName"
_APP_MARK: Final = "\ufffd"
_SCHEDULED: Final = 2
_STICKER_ON_MESSAGE: Final = 1000


class AttachmentRow(NamedTuple):
    """A file of a message, in the order of the view's JSON."""

    guid: str | None
    filename: str | None
    transfer_name: str | None
    mime_type: str | None
    uti: str | None
    size_bytes: int | None
    is_sticker: bool | None
    is_hidden: bool | None
    description: str | None


class MessageRow(NamedTuple):
    """The columns of message_row, in its order; see chatdb_part_message_row.sql."""

    rowid: int
    guid: str
    text: str | None
    body: bytes | None
    subject: str | None
    sender: str | None
    is_from_me: int
    service: str | None
    date: int | None
    date_read: int | None
    date_delivered: int | None
    date_edited: int | None
    is_read: int
    error: int | None
    item_type: int | None
    group_action_type: int | None
    group_title: str | None
    share_status: int | None
    other_handle: int | None
    other: str | None
    associated_guid: str | None
    associated_type: int | None
    balloon: str | None
    payload: bytes | None
    summary_info: bytes | None
    thread_originator: str | None
    is_audio: int | None
    is_expirable: int | None
    was_detonated: int | None
    is_spam: int | None
    schedule_type: int | None
    attachments: str | None
    reactions: str | None

    @property
    def nature(self) -> Nature:
        """What the row is: only messages and events are shown in a thread."""
        if self.item_type:
            return "event"
        association = self.associated_type
        if not association or association < _STICKER_ON_MESSAGE:
            return "message"
        is_tapback = 2000 <= association <= 2007 or 3000 <= association <= 3007
        return (
            "reaction" if is_tapback or association == _STICKER_ON_MESSAGE else "hidden"
        )

    @property
    def is_plain(self) -> bool:
        """Whether its columns tell of nothing but a text: most rows are so."""
        return not (
            self.item_type
            or self.balloon
            or self.attachments
            or self.date_edited
            or self.thread_originator
            or self.error
            or self.is_audio
            or self.schedule_type
            or self.was_detonated
        )

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits to be sent at its date."""
        return self.schedule_type == _SCHEDULED

    def files(self) -> tuple[AttachmentRow, ...]:
        """The files that are to be shown, stickers included."""
        if self.attachments is None:
            return ()
        rows = msgspec.json.decode(self.attachments, type=list[tuple[object, ...]])
        files = (AttachmentRow(*row) for row in rows)  # type: ignore[arg-type]  # the view casts
        return tuple(file for file in files if not _is_hidden(file))


def _is_hidden(file: AttachmentRow) -> bool:
    name = file.transfer_name or file.filename or ""
    return bool(file.is_hidden) or name.endswith(".pluginPayloadAttachment")


class Said(NamedTuple):
    """What a row says. `text` is None when it says nothing, "" when only files do.

    `edits` are (seconds on Apple's clock, text) of what it said before, oldest first.
    """

    text: str | None
    is_unreadable: bool = False
    is_unsent: bool = False
    is_secret: bool = False
    is_edited: bool = False
    edits: tuple[tuple[float, str], ...] = ()


def read_said(row: MessageRow) -> Said:
    """The text as it stands now: edits applied, placeholders of files left out.

    The body comes before the text column: it alone is complete on newer systems.
    """
    history = _history(row)
    if history.is_unsent or (row.date_edited and _is_blank(row) and not history.text):
        return Said(None, is_unsent=True)
    text, is_unreadable = _body_text(row)
    if text is None:
        text = row.text if row.text is not None else history.text
        is_unreadable = is_unreadable and text is None
    if text is None:
        return Said(None, is_unreadable, edits=history.earlier)
    is_secret = isinstance(row.body, bytes) and ONE_TIME_CODE_MARK in row.body
    is_edited = bool(history.earlier or (row.date_edited and not history.unsent))
    text = text.replace(PLACEHOLDER, "")
    if row.is_audio and not text:
        text = _transcript(row)
    if row.balloon:
        text = text.replace(_APP_MARK, "")
    if row.subject:
        text = f"Subject: {row.subject}\n{text}"
    return Said(text, False, False, is_secret, is_edited, history.earlier)


def _transcript(row: MessageRow) -> str:
    """What Messages heard in a voice memo; only there are the runs worth reading."""
    if not isinstance(row.body, bytes) or AUDIO_TRANSCRIPT.encode() not in row.body:
        return ""
    try:
        runs = read_body(row.body).runs
    except Undecodable:
        return ""
    heard = (run.attributes.get(AUDIO_TRANSCRIPT) for run in runs)
    return " ".join(text for text in heard if isinstance(text, str))


def _is_blank(row: MessageRow) -> bool:
    return not row.text and not row.body


def _history(row: MessageRow) -> ChangeHistory:
    blob = row.summary_info
    # Most rows have none, or one that tells of nothing but the sender's settings.
    if not isinstance(blob, bytes) or (b"Rrp" not in blob and b"Rec" not in blob):
        return ChangeHistory()
    return read_history(blob)


def _body_text(row: MessageRow) -> tuple[str | None, bool]:
    if not isinstance(row.body, bytes):
        return None, False
    try:
        return read_text(row.body), False
    except Undecodable:
        return None, True
