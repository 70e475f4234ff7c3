"""Apple's chat.db, read only: conversations, pages of messages, and what is new."""

from jarvis.stores.chatdb.arrivals import (
    Arrival,
    arrivals,
    newest_date_ns,
    newest_rowid,
    rowids_after,
)
from jarvis.stores.chatdb.conversations import all_conversations, conversation_states
from jarvis.stores.chatdb.directory import (
    Chat,
    Directory,
    owner_region,
    read_directory,
)
from jarvis.stores.chatdb.opening import ChatDb, data_version, open_chatdb
from jarvis.stores.chatdb.pages import Page, message_page, messages_by_id

__all__ = [
    "Arrival",
    "Chat",
    "ChatDb",
    "Directory",
    "Page",
    "all_conversations",
    "arrivals",
    "conversation_states",
    "data_version",
    "message_page",
    "messages_by_id",
    "newest_date_ns",
    "newest_rowid",
    "open_chatdb",
    "owner_region",
    "read_directory",
    "rowids_after",
]
