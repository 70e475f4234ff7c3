"""The reply history of now: read from chat.db when it is first wanted, and kept up.

Rows are made into a history in a thread, and a finished one takes the place of the one
before, so that the event loop never works through messages (docs/adr/0012).
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from jarvis.daemon.inbox import Committed
from jarvis.daemon.mail import Mail
from jarvis.later import later
from jarvis.records import ChatId, PlainMessage
from jarvis.stores.chatdb import Chat, ChatDb
from jarvis.stores.chatdb.said import newest_said

if TYPE_CHECKING:
    from jarvis.assistant.history import building
    from jarvis.assistant.history.building import HistoryBuilder
    from jarvis.assistant.history.reply_history import ReplyHistory
else:
    building = later("jarvis.assistant.history.building")

NEWEST_MESSAGES: Final = 8_000
"""Of all conversations together; more of them would take longer than they help."""
OF_ONE_CHAT: Final = 1_000
"""Of the conversation that is asked about, so that a quiet one is known as well."""
MOST_CHATS: Final = 64
MOST_CHANGED: Final = 32
"""Where words were changed in more conversations than that, all is read anew."""


class CurrentReplyHistory:
    """Holds the one reply history of the daemon; nothing of it is on any disk."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._reading = asyncio.Lock()
        self._history: ReplyHistory | None = None
        self._builder: HistoryBuilder | None = None
        self._identity: tuple[int, int] | None = None
        self._last_id = 0
        self._read_to: int | None = None
        """The newest ROWID there was when it was last brought up to date."""
        self._chats: dict[ChatId, None] = {}
        """Those of which more was read, the newest last."""
        self._changed: dict[int, ChatId | None] = {}
        """Messages whose words were changed or taken back, and where they stand."""

    def follow(self, committed: Committed) -> None:
        """Words that were changed or taken back are no example any more."""
        for row in committed.changed:
            if row.has_other_words and self._identity is not None:
                self._changed[row.before.rowid] = row.before.chat_id
        if len({*self._changed.values()}) > MOST_CHANGED:
            self.forget()

    def forget(self) -> None:
        """What was read may be wrong by now: it is read anew when it is next wanted."""
        self._identity = self._history = None

    async def history(self, chat: Chat | None = None) -> ReplyHistory:
        """How the user answers, up to the newest message; more is known of that chat.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        async with self._reading:
            db = await self._mail.chat_db()
            builder, read_to = self._builder, self._mail.newest_rowid
            if builder is None or self._identity != db.identity:
                builder = await self._begin(db.identity)
            changed = dict(self._changed)
            arrived = await self._arrived(db) if read_to != self._read_to else []
            chats = self._to_read(chat, changed.values())
            conversations = [await self._said(db, each) for each in chats]
            if arrived or conversations or changed or self._history is None:
                # A thread goes on when this is cancelled: the same may be taken in twice.
                history = await asyncio.to_thread(
                    builder.update,
                    arrived,
                    conversations=conversations,
                    changed=changed,
                )
                if builder is not self._builder or self._identity is None:
                    return history  # forgotten meanwhile
                self._history = history
            self._read_to = read_to
            self._last_id = max((each.id for each in arrived), default=self._last_id)
            for message_id in changed:
                self._changed.pop(message_id, None)
            self._note_read(chat)
            return self._history

    async def _begin(self, identity: tuple[int, int]) -> HistoryBuilder:
        builder = await asyncio.to_thread(lambda: building.HistoryBuilder())
        # What there is by now stays for good. Were it looked through for garbage while
        # thousands of rows come, every thread would wait for 20 ms.
        gc.freeze()
        self._builder = builder
        self._identity, self._history = identity, None
        self._last_id, self._read_to = 0, None
        self._chats.clear()
        self._changed.clear()
        return builder

    def _to_read(
        self, chat: Chat | None, changed: Iterable[ChatId | None]
    ) -> list[Chat]:
        """The conversations that have to be read: the one asked for, and changed ones."""
        found = [self._mail.find(chat_id) for chat_id in changed if chat_id is not None]
        if chat is not None and chat.chat_id not in self._chats:
            found.append(chat)
        return list({each.chat_id: each for each in found if each}.values())

    def _note_read(self, chat: Chat | None) -> None:
        if chat is not None:
            self._chats[chat.chat_id] = None
            if len(self._chats) > MOST_CHATS:
                del self._chats[next(iter(self._chats))]

    async def _arrived(self, db: ChatDb) -> list[PlainMessage]:
        """What was written since the last time; at first, the newest there are."""
        return await newest_said(
            db,
            self._mail.directory,
            limit=NEWEST_MESSAGES,
            after=self._last_id or None,
        )

    async def _said(self, db: ChatDb, chat: Chat) -> list[PlainMessage]:
        return await newest_said(db, self._mail.directory, limit=OF_ONE_CHAT, chat=chat)
