"""Apple's chat.db, read only: conversations, pages of messages, and what is new."""

from jarvis.stores.chatdb.addressing import (
    meant_by,
    people_meant,
    search_texts,
    searched_for,
)
from jarvis.stores.chatdb.arrivals import (
    Arrival,
    arrivals,
    count_before,
    linked_chats,
    newest_date_ns,
    newest_rowid,
    rowids_after,
    rowids_before,
    target_guid,
)
from jarvis.stores.chatdb.chats import read_directory
from jarvis.stores.chatdb.conversations import (
    ChatHeads,
    conversation_states,
    deletions_noted,
    first_of_slice,
    listed_counts,
    read_heads,
)
from jarvis.stores.chatdb.directory import Chat, Directory
from jarvis.stores.chatdb.fingerprints import (
    Fingerprint,
    WindowRow,
    is_tracked,
    oldest_tracked,
    read_fingerprint,
    read_window,
)
from jarvis.stores.chatdb.opening import ChatDb, data_version, open_chatdb
from jarvis.stores.chatdb.owner import own_addresses
from jarvis.stores.chatdb.pages import (
    Page,
    message_page,
    messages_by_guid,
    messages_by_id,
)
from jarvis.stores.chatdb.sent import (
    Delivery,
    SentLook,
    SentRow,
    delivery_of,
    look_for_sent,
    newest_member,
)
from jarvis.stores.chatdb.twins import twins_of

__all__ = [
    "Arrival",
    "Chat",
    "ChatDb",
    "ChatHeads",
    "Delivery",
    "Directory",
    "Fingerprint",
    "Page",
    "SentLook",
    "SentRow",
    "WindowRow",
    "arrivals",
    "conversation_states",
    "count_before",
    "data_version",
    "deletions_noted",
    "delivery_of",
    "first_of_slice",
    "is_tracked",
    "linked_chats",
    "listed_counts",
    "look_for_sent",
    "meant_by",
    "message_page",
    "messages_by_guid",
    "messages_by_id",
    "newest_date_ns",
    "newest_member",
    "newest_rowid",
    "oldest_tracked",
    "open_chatdb",
    "own_addresses",
    "people_meant",
    "read_directory",
    "read_fingerprint",
    "read_heads",
    "read_window",
    "rowids_after",
    "rowids_before",
    "search_texts",
    "searched_for",
    "target_guid",
    "twins_of",
]
