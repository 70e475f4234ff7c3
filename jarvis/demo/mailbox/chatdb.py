"""Writes the rows of a mailbox as a chat.db in the shape of one version of macOS."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from jarvis.demo.clock import SECOND_NS
from jarvis.demo.mailbox.bulk import begin, columns_of, finish, insert, insertion
from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.demo.mailbox.rows import Chat, File, Message, SqlValue
from jarvis.demo.schema import chatdb
from jarvis.demo.typedstream import encode

_T = TypeVar("_T")
GROUP_STYLE, DIRECT_STYLE = 43, 45
JOINED = 3
TRANSFERRED, WAITING = 5, 0

_ALWAYS = (
    "ROWID",
    "guid",
    "text",
    "attributedBody",
    "version",
    "handle_id",
    "country",
    "service",
    "account",
    "date",
    "date_read",
    "date_delivered",
    "is_delivered",
    "is_finished",
    "is_from_me",
    "is_read",
    "is_sent",
    "cache_has_attachments",
    "cache_roomnames",
    "destination_caller_id",
    "reply_to_guid",
    "part_count",
    "date_edited",
)
_PLACES = {name: at for at, name in enumerate(_ALWAYS)}


def write_chatdb(mailbox: Mailbox, path: Path, *, meanwhile: Callable[[], _T]) -> _T:
    """Number the rows and write them all to path, which must not exist yet.

    The file ends in WAL mode, checkpointed, with no sidecar files. meanwhile is called
    while the indexes are built, which needs no Python; its answer is returned.
    """
    schema = chatdb(mailbox.profile)
    mailbox.number()
    with (
        closing(
            sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        ) as db,
        ThreadPoolExecutor(1) as builder,
    ):
        begin(db, schema)
        db.execute("BEGIN")
        _write_chats(db, mailbox)
        _write_messages(db, mailbox)
        _write_files(db, mailbox)
        db.execute("COMMIT")
        finished = builder.submit(finish, db, schema)
        answer = meanwhile()
        finished.result()
    return answer


def _write_chats(db: sqlite3.Connection, mailbox: Mailbox) -> None:
    handles = mailbox.handles.values()
    insert(
        db,
        "handle",
        ("ROWID", "id", "country", "service", "uncanonicalized_id"),
        (
            (h.rowid, h.address, h.country, h.service, h.uncanonicalized)
            for h in handles
        ),
    )
    columns = [_chat_columns(chat, mailbox) for chat in mailbox.chats]
    if columns:
        insert(db, "chat", columns[0], (tuple(row.values()) for row in columns))
    insert(
        db,
        "chat_handle_join",
        ("chat_id", "handle_id"),
        ((chat.rowid, h.rowid) for chat in mailbox.chats for h in chat.handles),
    )
    insert(
        db,
        "chat_lookup",
        ("identifier", "domain", "chat"),
        (
            (*(chat.lookup or (chat.identifier, chat.service)), chat.rowid)
            for chat in mailbox.chats
        ),
    )
    insert(
        db,
        "chat_service",
        ("service", "chat"),
        ((chat.service, chat.rowid) for chat in mailbox.chats),
    )


def _chat_columns(chat: Chat, mailbox: Mailbox) -> dict[str, SqlValue]:
    return {
        "ROWID": chat.rowid,
        "guid": chat.guid,
        "style": GROUP_STYLE if chat.is_group else DIRECT_STYLE,
        "state": JOINED,
        "chat_identifier": chat.identifier,
        "service_name": chat.service,
        "room_name": chat.identifier if chat.is_group else None,
        "account_login": account(mailbox, chat.service),
        "last_addressed_handle": mailbox.owner.phone,
        "display_name": chat.name,
        "group_id": chat.group_id,
        "original_group_id": chat.group_id,
        "is_archived": int(chat.is_archived),
        "is_filtered": chat.is_filtered,
        "last_read_message_timestamp": chat.last_read,
    }


def account(mailbox: Mailbox, service: str) -> str:
    """The owner's login on a service, as Messages spells it."""
    is_imessage = service == "iMessage"
    return f"E:{mailbox.owner.email}" if is_imessage else f"P:{mailbox.owner.phone}"


def _write_messages(db: sqlite3.Connection, mailbox: Mailbox) -> None:
    messages = mailbox.messages
    _insert_messages(db, mailbox)
    insert(
        db,
        "chat_message_join",
        ("chat_id", "message_id", "message_date"),
        (
            (chat.rowid, message.rowid, message.date)
            for message in messages
            if not message.deleted_at
            for chat in (message.chat, message.also_in)
            if chat
        ),
    )
    insert(
        db,
        "chat_recoverable_message_join",
        ("chat_id", "message_id", "delete_date"),
        (
            (message.chat.rowid, message.rowid, message.deleted_at)
            for message in messages
            if message.deleted_at and message.chat
        ),
    )
    insert(db, "deleted_messages", ("guid",), ((guid,) for _, guid in mailbox.removed))


def _insert_messages(db: sqlite3.Connection, mailbox: Mailbox) -> None:
    """In the order of their ROWIDs, so that pages fill up one after the other.

    Most rows fill 23 of up to 103 columns; naming only those halves the time.
    """
    known = columns_of(db, "message")
    accounts = {name: account(mailbox, name) for name in ("iMessage", "SMS", "RCS")}
    phone = mailbox.owner.phone
    plain = insertion("message", _ALWAYS)
    previous: dict[Chat | None, str] = {}
    execute = db.cursor().execute
    for message in mailbox.messages:
        row = _always(message, phone, accounts, previous.get(message.chat))
        previous[message.chat] = message.guid
        if not message.columns:
            execute(plain, row)
            continue
        more = []
        for name, value in message.columns.items():
            if (at := _PLACES.get(name)) is not None:
                row[at] = value
            elif name in known:
                more.append(name)
                row.append(value)
        execute(insertion("message", (*_ALWAYS, *more)), row)


def _always(
    message: Message, phone: str, accounts: dict[str, str], previous: str | None
) -> list[SqlValue]:
    sender, chat, date = message.sender, message.chat, message.date
    is_from_me = sender is None
    is_imessage = message.service == "iMessage"
    was_read = message.is_read and not is_from_me
    return [
        message.rowid,
        message.guid,
        message.text if message.has_text_column else None,
        body_of(message),
        10,
        0 if sender is None else sender.rowid,
        None if sender is None else sender.country,
        message.service,
        accounts[message.service],
        date,
        date + 20 * SECOND_NS if was_read else 0,
        date + SECOND_NS if is_from_me and is_imessage else 0,
        int(is_from_me and is_imessage),
        1,
        int(is_from_me),
        int(was_read),
        int(is_from_me),
        int(bool(message.files)),
        chat.identifier if chat and chat.is_group else None,
        phone,
        previous if is_imessage else None,
        len(message.files) or 1,
        0,
    ]


def body_of(message: Message) -> bytes | None:
    """The attributedBody of a message: its own blob, or the one its text gives."""
    if not message.has_body:
        return None
    if message.body is not None:
        return message.body
    return encode(message.text or "", outgoing=not message.sender, parts=message.parts)


def _write_files(db: sqlite3.Connection, mailbox: Mailbox) -> None:
    placed = [(m, f) for m in mailbox.messages for f in m.files]
    columns = [
        _file_columns(rowid, message, file)
        for rowid, (message, file) in enumerate(placed, start=1)
    ]
    if columns:
        insert(db, "attachment", columns[0], (tuple(row.values()) for row in columns))
    insert(
        db,
        "message_attachment_join",
        ("message_id", "attachment_id"),
        ((message.rowid, at) for at, (message, _) in enumerate(placed, start=1)),
    )


def _file_columns(rowid: int, message: Message, file: File) -> dict[str, SqlValue]:
    created_s = message.date // SECOND_NS  # this table alone counts in seconds
    return {
        "ROWID": rowid,
        "guid": file.guid,
        "original_guid": file.guid,
        "created_date": created_s,
        "start_date": created_s,
        "filename": file.path,
        "uti": file.uti,
        "mime_type": file.mime_type,
        "transfer_state": TRANSFERRED if file.path else WAITING,
        "is_outgoing": int(message.sender is None),
        "transfer_name": file.name,
        "total_bytes": file.size_bytes,
        "is_sticker": int(file.is_sticker),
        "hide_attachment": int(file.is_hidden),
        "emoji_image_short_description": file.prompt,
    }
