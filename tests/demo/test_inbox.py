"""The demo's inbox, read back through the stores: people who say sensible things."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.manifest import full_manifest
from jarvis.demo.conversations import demo_mailbox
from jarvis.demo.inbox import build_demo_inbox
from jarvis.errors import StoreUnavailable
from jarvis.stores.chatdb import (
    conversation_states,
    listed_counts,
    open_chatdb,
    own_addresses,
    read_directory,
    read_heads,
)
from jarvis.stores.contacts import load_contacts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_it_reads_back_as_it_was_made(tmp_path: Path) -> None:
    """About forty conversations, the newest minutes old, most people known by name."""
    await asyncio.to_thread(build_demo_inbox, tmp_path / "inbox", now=NOW, seed=1)
    mailbox, _ = await asyncio.to_thread(demo_mailbox, now=NOW, seed=1)
    mailbox.number()
    manifest = full_manifest(mailbox, seed=1)
    db = await open_chatdb(tmp_path / "inbox" / "chat.db")
    own = await own_addresses(db)
    names = await load_contacts(tmp_path / "inbox" / "AddressBook", own=own)
    directory = await read_directory(db, names)
    heads = await read_heads(db, now=NOW)
    counts = await listed_counts(db, 0, manifest.message_rows)
    chats = directory.chats
    listed = await conversation_states(db, directory, chats, heads, counts)
    await db.close()
    found = sorted(listed, key=lambda each: each.last_message_date or "", reverse=True)
    assert 36 <= len(found) <= 44
    newest = datetime.fromisoformat(found[0].last_message_date or "")
    assert timedelta(0) < NOW - newest < timedelta(minutes=10)
    titles = {each.chat_guids[0]: each.title for each in manifest.conversations}
    assert {each.chat_id: each.display_name for each in found} == titles
    unread = {each.chat_guids[0]: each.unread_count for each in manifest.conversations}
    assert {each.chat_id: each.unread_count for each in found} == unread
    assert sum(unread.values()) >= 3
    assert {each.folder for each in found} == {"inbox", "unknown", "junk"}
    named = [each for each in found if not each.display_name.startswith("+")]
    assert len(named) > 30


def test_it_replaces_what_was_there(tmp_path: Path) -> None:
    """A demo begins fresh, and the same for the same seed."""
    first = build_demo_inbox(tmp_path / "inbox", now=NOW)
    (tmp_path / "inbox" / "chat.db-wal").write_bytes(b"left behind")
    assert build_demo_inbox(tmp_path / "inbox", now=NOW) == first
    assert not (tmp_path / "inbox" / "chat.db-wal").exists()


@pytest.mark.parametrize("name", ["chat.db", "AddressBook"])
def test_mail_without_a_manifest_is_never_written_over(
    tmp_path: Path, name: str
) -> None:
    """It is somebody's own."""
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(StoreUnavailable, match="did not make"):
        build_demo_inbox(tmp_path, now=NOW)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"mine"
