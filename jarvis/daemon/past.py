"""What the user answered before, read from chat.db when it is first wanted, and kept up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from jarvis.assistant.history.memory import Memory
from jarvis.daemon.inbox import Committed
from jarvis.daemon.mail import Mail
from jarvis.records import PlainMessage
from jarvis.stores.chatdb import Chat, newest_said

NEWEST_MESSAGES: Final = 8_000
"""Of all conversations together; more of them would take longer than they help."""
OF_ONE_CHAT: Final = 1_000
"""Of the conversation that is asked about, so that a quiet one is known as well."""
MOST_CHATS: Final = 64

_SLICE: Final = 40
"""Messages taken in at a time: one or two milliseconds in which nobody else is served."""


class Past:
    """Holds the one Memory of the daemon; nothing of it is on any disk."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._reading = asyncio.Lock()
        self._memory: Memory | None = None
        self._identity: tuple[int, int] | None = None
        self._last_id = 0
        self._read_to: int | None = None
        """The newest ROWID there was when it was last brought up to date."""
        self._chats: dict[str, None] = {}

    def follow(self, committed: Committed) -> None:
        """Words that were changed or taken back are no example any more."""
        if any(row.has_other_words for row in committed.changed):
            self.forget()

    def forget(self) -> None:
        """What was read may be wrong by now: it is read anew when it is next wanted."""
        self._memory = None

    async def memory(self, chat: Chat | None = None) -> Memory:
        """How the user answers, up to the newest message; more is known of that chat.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """
        async with self._reading:
            db = await self._mail.reader()
            memory = self._memory
            if memory is None or self._identity != db.identity:
                memory = self._begin(db.identity)
            newest = self._mail.newest_rowid
            if newest != self._read_to:
                after = self._last_id or None
                new = await newest_said(
                    db, self._mail.directory, limit=NEWEST_MESSAGES, after=after
                )
                await self._take(memory, new)
                self._read_to = newest
            if chat is not None and chat.chat_id not in self._chats:
                older = await newest_said(
                    db, self._mail.directory, limit=OF_ONE_CHAT, chat=chat
                )
                memory.add_chat(older)
                self._chats[chat.chat_id] = None
                if len(self._chats) > MOST_CHATS:
                    del self._chats[next(iter(self._chats))]
            return memory

    def _begin(self, identity: tuple[int, int]) -> Memory:
        self._memory = memory = Memory()
        self._identity = identity
        self._last_id, self._read_to = 0, None
        self._chats.clear()
        return memory

    async def _take(self, memory: Memory, messages: Sequence[PlainMessage]) -> None:
        for start in range(0, len(messages), _SLICE):
            memory.add(messages[start : start + _SLICE])
            await asyncio.sleep(0)
        self._last_id = max((each.id for each in messages), default=self._last_id)
