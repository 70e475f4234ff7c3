"""Writes the rows of a mailbox as a chat.db in the shape of one version of macOS."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from jarvis.demo.clock import SECOND_NS
from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.demo.mailbox.rows import Chat, File, Message, SqlValue
from jarvis.demo.schema import Schema, chatdb
from jarvis.demo.typedstream import encode

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
)
_SELDOM: dict[str, SqlValue] = {
    "subject": None,
    "error": 0,
    "is_empty": 0,
    "is_system_message": 0,
    "is_audio_message": 0,
    "is_spam": 0,
    "item_type": 0,
    "other_handle": 0,
    "group_title": None,
    "group_action_type": 0,
    "share_status": 0,
    "share_direction": 0,
    "is_expirable": 0,
    "expire_state": 0,
    "was_detonated": 0,
    "was_downgraded": 0,
    "has_unseen_mention": 0,
    "associated_message_guid": None,
    "associated_message_type": 0,
    "associated_message_range_location": 0,
    "associated_message_range_length": 0,
    "associated_message_emoji": None,
    "balloon_bundle_id": None,
    "payload_data": None,
    "expressive_send_style_id": None,
    "message_summary_info": None,
    "thread_originator_guid": None,
    "thread_originator_part": None,
    "date_edited": 0,
    "date_retracted": 0,
    "schedule_type": 0,
    "schedule_state": 0,
}


def write_chatdb(box: Mailbox, path: Path) -> None:
    """Number the rows and write them all to path, which must not exist yet.

    The file ends in WAL mode, checkpointed, with no sidecar files.
    """
    schema = chatdb(box.profile)
    box.number()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # Nobody else sees the file yet: a crash here costs a rebuild, not a message.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        for table in schema.tables:
            db.execute(table)
        db.execute("BEGIN")
        _write_chats(db, box)
        _write_messages(db, box)
        _write_files(db, box)
        db.execute("COMMIT")
        _finish(db, schema)


def _finish(db: sqlite3.Connection, schema: Schema) -> None:
    """Indexes and triggers last: built once, they cost a third of growing along."""
    for statement in (*schema.indexes, *schema.triggers):
        db.execute(statement)
    db.execute("ANALYZE")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def insert(
    db: sqlite3.Connection,
    table: str,
    names: Iterable[str],
    rows: Iterable[Sequence[SqlValue]],
) -> None:
    """Insert rows, sequences in the order of names, leaving out what table lacks."""
    known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    if not known:
        return
    names = list(names)
    places = [at for at, name in enumerate(names) if name in known]
    kept = [names[at] for at in places]
    if len(kept) < len(names):
        rows = ([row[at] for at in places] for row in rows)
    marks = ", ".join("?" * len(kept))
    db.executemany(f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})", rows)


def _write_chats(db: sqlite3.Connection, box: Mailbox) -> None:
    handles = box.handles.values()
    insert(
        db,
        "handle",
        ("ROWID", "id", "country", "service", "uncanonicalized_id"),
        (
            (h.rowid, h.address, h.country, h.service, h.uncanonicalized)
            for h in handles
        ),
    )
    columns = [_chat_columns(chat, box) for chat in box.chats]
    if columns:
        insert(db, "chat", columns[0], (tuple(row.values()) for row in columns))
    insert(
        db,
        "chat_handle_join",
        ("chat_id", "handle_id"),
        ((chat.rowid, h.rowid) for chat in box.chats for h in chat.handles),
    )
    insert(
        db,
        "chat_lookup",
        ("identifier", "domain", "chat"),
        (
            (*(chat.lookup or (chat.identifier, chat.service)), chat.rowid)
            for chat in box.chats
        ),
    )
    insert(
        db,
        "chat_service",
        ("service", "chat"),
        ((chat.service, chat.rowid) for chat in box.chats),
    )


def _chat_columns(chat: Chat, box: Mailbox) -> dict[str, SqlValue]:
    return {
        "ROWID": chat.rowid,
        "guid": chat.guid,
        "style": GROUP_STYLE if chat.is_group else DIRECT_STYLE,
        "state": JOINED,
        "chat_identifier": chat.identifier,
        "service_name": chat.service,
        "room_name": chat.identifier if chat.is_group else None,
        "account_login": account(box, chat.service),
        "last_addressed_handle": box.owner.phone,
        "display_name": chat.name,
        "group_id": chat.group_id,
        "original_group_id": chat.group_id,
        "is_archived": int(chat.is_archived),
        "is_filtered": chat.is_filtered,
        "last_read_message_timestamp": chat.last_read,
    }


def account(box: Mailbox, service: str) -> str:
    """The owner's login on a service, as Messages spells it."""
    is_imessage = service == "iMessage"
    return f"E:{box.owner.email}" if is_imessage else f"P:{box.owner.phone}"


def _write_messages(db: sqlite3.Connection, box: Mailbox) -> None:
    insert(db, "message", (*_ALWAYS, *_SELDOM), _message_rows(box))
    messages = box.messages
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
    insert(db, "deleted_messages", ("guid",), ((guid,) for _, guid in box.removed))


def _message_rows(box: Mailbox) -> Iterator[list[SqlValue]]:
    """The columns of each message, in the order of _ALWAYS and _SELDOM."""
    position = {name: at for at, name in enumerate((*_ALWAYS, *_SELDOM))}
    seldom = tuple(_SELDOM.values())
    accounts = {name: account(box, name) for name in ("iMessage", "SMS", "RCS")}
    previous: dict[Chat | None, str] = {}
    for message in box.messages:
        row = [
            *_always(message, box.owner.phone, accounts, previous.get(message.chat)),
            *seldom,
        ]
        for name, value in message.columns.items():
            row[position[name]] = value
        previous[message.chat] = message.guid
        yield row


def _always(
    message: Message, phone: str, accounts: dict[str, str], previous: str | None
) -> tuple[SqlValue, ...]:
    sender, chat, date = message.sender, message.chat, message.date
    is_from_me = sender is None
    is_imessage = message.service == "iMessage"
    was_read = message.is_read and not is_from_me
    return (
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
    )


def body_of(message: Message) -> bytes | None:
    """The attributedBody of a message: its own blob, or the one its text gives."""
    if not message.has_body:
        return None
    if message.body is not None:
        return message.body
    return encode(message.text or "", outgoing=not message.sender, parts=message.parts)


def _write_files(db: sqlite3.Connection, box: Mailbox) -> None:
    placed = [(m, f) for m in box.messages for f in m.files]
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
