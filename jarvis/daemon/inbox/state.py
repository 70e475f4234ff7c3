"""What the inbox knows of the chat.db that is open, shared by its rooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from jarvis.daemon.inbox.listing import Listing
from jarvis.daemon.inbox.telling import Telling
from jarvis.records import Timestamp
from jarvis.stores.apple_time import to_apple_ns
from jarvis.stores.chatdb import ChatDb, Directory
from jarvis.stores.contacts import ContactNames
from jarvis.stores.events import StoredEvent
from jarvis.stores.jarvisdb import JarvisDb
from jarvis.stores.ledger import Cursor
from jarvis.stores.watched import Watched


class State:
    """One reading of chat.db; everything in it is stored in jarvis.db too.

    `horizon_ns`: the newest date known when this run began or the machine awoke; what is
    older is history. `pending` are rows that are not whole yet, with when they were first
    seen, in ms since 1970. `stored_directory` is the one whose names others can read in
    jarvis.db: a new chat may make another one known before it is compared.
    """

    def __init__(
        self,
        journal: JarvisDb,
        publish: Callable[[StoredEvent], None],
        now: Callable[[], datetime],
    ) -> None:
        self.journal = journal
        self.now = now
        self.list = Listing()
        self.names = ContactNames()
        self.maybe_db: ChatDb | None = None
        self.maybe_directory: Directory | None = None
        self.stored_directory: Directory | None = None
        self.epoch: str | None = None
        self.seq = 0
        self.cursor = Cursor(0, 0, 0)
        self.horizon_ns = 0
        self.pending: dict[int, int] = {}
        self.watched: dict[int, Watched] = {}
        self._publish = publish

    @property
    def db(self) -> ChatDb:
        """The file that is open."""
        assert self.maybe_db is not None
        return self.maybe_db

    @property
    def directory(self) -> Directory:
        """Who talks with whom."""
        assert self.maybe_directory is not None
        return self.maybe_directory

    def now_ms(self) -> int:
        """Since 1970."""
        return int(self.now().timestamp() * 1000)

    def now_ns(self) -> int:
        """Apple's clock."""
        return to_apple_ns(self.now())

    def timestamp(self) -> Timestamp:
        """When the events of now are made."""
        text = self.now().astimezone(UTC).isoformat(timespec="milliseconds")
        return Timestamp(text.replace("+00:00", "Z"))

    def telling(self) -> Telling:
        """Events that follow those told so far; to be stored before they are told."""
        assert self.epoch is not None
        return Telling(self.seq, self.epoch)

    def tell(self, stored: Sequence[StoredEvent]) -> None:
        """What is stored goes out."""
        self.seq += len(stored)
        for event in stored:
            self._publish(event)
