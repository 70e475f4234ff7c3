"""manifest.json: what a made-up inbox was made of; what has none is somebody's own mail."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import msgspec

from jarvis.demo.clock import timestamp
from jarvis.demo.mailbox.mailbox import Mailbox
from jarvis.records import Record, Timestamp

MANIFEST = "manifest.json"
"""The file beside chat.db; where it lies, the mailbox was made up."""


class Manifest(Record, frozen=True, kw_only=True):
    """From what a mailbox was made, and the names of the people in it by address."""

    profile: int
    seed: int
    end: Timestamp
    owner: tuple[str, ...]
    contacts: dict[str, str]

    def write(self, path: Path) -> None:
        """Store as JSON that a person can read."""
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Load what write stored; what else stands there is passed over."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


def manifest_of(mailbox: Mailbox, *, seed: int) -> Manifest:
    """The manifest of a mailbox that was made with this seed."""
    return Manifest(
        profile=mailbox.profile,
        seed=seed,
        end=timestamp(mailbox.now),
        owner=(mailbox.owner.phone, mailbox.owner.email),
        contacts={
            address: card.full for address, card in sorted(mailbox.contacts.items())
        },
    )
