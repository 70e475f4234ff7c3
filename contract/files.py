"""Which files the contract consists of, and what must stand in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from contract.handbook import handbook
from contract.typescript import declarations
from jarvis.protocol.openrpc import document
from jarvis.stores.queries import load_query

ROOT: Final = Path(__file__).parents[1]
RELEASED: Final = Path(__file__).parent / "released"
"""What clients were promised: one OpenRPC document a protocol version, never changed."""

QUERIES: Final = {
    "conversations": "jarvisdb_conversations",
    "conversations_anywhere": "jarvisdb_conversations_anywhere",
    "chats": "chatdb_chats",
    "participants": "chatdb_participants",
    "page_before": "chatdb_page_before",
    "page_after": "chatdb_page_after",
    "messages": "chatdb_rows_by_id",
    "attachments": "chatdb_attachments",
    "tapbacks": "chatdb_tapbacks",
    "contacts": "addressbook_contacts",
}
"""What other programs may run on the databases: the daemon's own queries, whole."""


def drawn() -> dict[str, str]:
    """The text of each generated file, by its path in the repository."""
    return {
        "contract/openrpc.json": json.dumps(document(), indent=1) + "\n",
        "contract/jarvis.d.ts": declarations(document()),
        "docs/protocol.md": handbook(document()),
        **{
            f"contract/sql/{shown}.sql": load_query(name)
            for shown, name in QUERIES.items()
        },
    }
