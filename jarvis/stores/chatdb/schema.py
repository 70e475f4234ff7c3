"""Which columns of chat.db Jarvis reads, and the defaults where a macOS lacks one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from jarvis.errors import StoreUnavailable
from jarvis.stores.schema_shim import schema_shim

_ALWAYS_THERE = {
    "message": (
        "ROWID guid text attributedBody subject handle_id is_from_me service date "
        "date_read date_delivered is_read is_sent is_delivered error item_type "
        "group_action_type group_title share_status other_handle associated_message_guid "
        "associated_message_type balloon_bundle_id payload_data is_finished "
        "is_system_message is_audio_message is_expirable cache_has_attachments"
    ),
    "chat": (
        "ROWID guid style chat_identifier service_name display_name group_id "
        "account_login is_archived last_addressed_handle"
    ),
    "handle": "ROWID id",
    "attachment": (
        "ROWID guid filename transfer_name mime_type uti total_bytes is_sticker "
        "transfer_state hide_attachment"
    ),
    "chat_message_join": "chat_id message_id message_date",
    "chat_handle_join": "chat_id handle_id",
    "message_attachment_join": "message_id attachment_id",
}

_SINCE_SOME_VERSION = {
    "message": {
        "message_summary_info": "NULL",
        "thread_originator_guid": "NULL",
        "destination_caller_id": "NULL",
        "is_spam": "0",
        "date_edited": "0",
        "was_detonated": "0",
        "part_count": "NULL",
        "associated_message_emoji": "NULL",
        "schedule_type": "0",
    },
    "chat": {
        "original_group_id": "NULL",
        "is_filtered": "0",
        "last_read_message_timestamp": "0",
        "is_blackholed": "0",
        "is_deleting_incoming_messages": "0",
        "is_pending_review": "0",
    },
    "attachment": {"emoji_image_short_description": "NULL"},
    "chat_lookup": {"identifier": "NULL", "chat": "NULL"},
}


def read_columns(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """The columns of every table of the file that is open, by table."""
    pairs = connection.execute(
        "SELECT tables.name, columns.name FROM sqlite_master AS tables, "
        "pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
    )
    columns: dict[str, set[str]] = {}
    for table, column in pairs:
        columns.setdefault(table, set()).add(column)
    return {table: frozenset(names) for table, names in columns.items()}


def complete_schema(columns: Mapping[str, frozenset[str]], path: Path) -> Iterator[str]:
    """Statements that put a view in front of each table that lacks columns.

    So every query can be written for the newest macOS.

    Raises:
        StoreUnavailable: the file is empty, or is another kind of database.
    """
    for table, names in _ALWAYS_THERE.items():
        if not frozenset(names.split()) <= columns.get(table, frozenset()):
            raise StoreUnavailable(_foreign(columns, path))
    for table, defaults in _SINCE_SOME_VERSION.items():
        always = {name: name for name in _ALWAYS_THERE.get(table, "").split()}
        there = columns.get(table, frozenset())
        view = schema_shim(table, there, {**always, **defaults})
        if view is not None:
            yield view


def _foreign(columns: Mapping[str, frozenset[str]], path: Path) -> str:
    if not columns:
        return (
            f"{path} is an empty database: open Messages once, or set JARVIS_CHAT_DB "
            "to the chat.db that it uses."
        )
    tables = ", ".join(sorted(columns)[:8])
    return (
        f"{path} is not a chat.db that Jarvis knows (its tables: {tables}); set "
        "JARVIS_CHAT_DB to the one that Messages uses."
    )
