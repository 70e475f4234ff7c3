"""The small inbox of the demo: written into a directory, in place of an older one."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from jarvis.demo.conversations import demo_mailbox
from jarvis.demo.mailbox.attachments import write_files
from jarvis.demo.mailbox.chatdb import write_chatdb
from jarvis.demo.manifest import MANIFEST, Manifest, manifest_of
from jarvis.demo.people import write_address_book
from jarvis.errors import StoreUnavailable


def build_demo_inbox(directory: Path, *, now: datetime, seed: int = 1) -> Manifest:
    """Write DIR/chat.db, DIR/AddressBook and DIR/manifest.json, in place of older ones.

    The newest message is minutes older than now; the others reach back some weeks, and
    were written by day in the time zone of now. The same seed and now, the same rows.

    Raises:
        StoreUnavailable: what lies there was not made by Jarvis; it stays untouched.
        ValueError: now has no time zone.
    """
    mailbox, known = demo_mailbox(now=now, seed=seed)
    _make_room(directory)
    manifest = manifest_of(mailbox, seed=seed)
    # First, since what has no manifest is somebody's own mail and never replaced.
    manifest.write(directory / MANIFEST)
    write_address_book(mailbox, known, directory / "AddressBook")
    write_chatdb(mailbox, directory / "chat.db", meanwhile=lambda: None)
    write_files(mailbox, directory)
    return manifest


def _make_room(directory: Path) -> None:
    """An empty place for an inbox; an older one made here goes, nothing else does."""
    directory.mkdir(parents=True, exist_ok=True)
    path, contacts = directory / "chat.db", directory / "AddressBook"
    is_ours = (directory / MANIFEST).exists()
    if not is_ours and (path.exists() or contacts.exists()):
        raise StoreUnavailable(
            f"{directory} holds mail or contacts that Jarvis did not make: "
            "choose another directory."
        )
    for name in ("chat.db", "chat.db-wal", "chat.db-shm"):
        (directory / name).unlink(missing_ok=True)
    for folder in (contacts, directory / "Attachments"):
        if is_ours and folder.exists():
            shutil.rmtree(folder)
