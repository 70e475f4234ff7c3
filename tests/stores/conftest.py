"""Generated mailboxes to read, built once, and the truth about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.inbox import build_inbox
from fixtures.manifest import FullManifest
from jarvis.stores.chatdb import (
    ChatDb,
    Directory,
    open_chatdb,
    own_addresses,
    read_directory,
)
from jarvis.stores.contacts import load_contacts

END = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Built:
    """A mailbox on disk and what must be seen in it."""

    path: Path
    truth: FullManifest


@pytest.fixture(scope="session", params=[13, 15, 26, 27])
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """A thousand messages of every kind, in the shape of four macOS versions."""
    path = tmp_path_factory.mktemp("mailbox")
    profile: int = request.param
    truth = build_inbox(path, messages=1000, seed=7, end=END, profile=profile)
    return Built(path, truth)


@dataclass(frozen=True)
class Mailbox:
    """An open mailbox."""

    db: ChatDb
    directory: Directory
    truth: FullManifest


@pytest.fixture
async def mailbox(built: Built) -> AsyncIterator[Mailbox]:
    """The built mailbox, open, with names."""
    db = await open_chatdb(built.path / "chat.db")
    own = await own_addresses(db)
    names = await load_contacts(built.path / "AddressBook", own=own)
    yield Mailbox(db, await read_directory(db, names), built.truth)
    await db.close()
