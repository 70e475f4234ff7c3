"""Messages of chat.db as the index reads them: many at a time, beside everybody else."""

from __future__ import annotations

from collections.abc import Sequence

from jarvis.daemon.mail import Mail
from jarvis.records import ChatId, Message
from jarvis.stores.chatdb import (
    Directory,
    count_before,
    deletions_noted,
    linked_chats,
    messages_by_id,
    newest_rowid,
    rowids_after,
    rowids_before,
)


class MailReader:
    """Reads by a connection of its own, so that no page waits for thousands of rows.

    All of it raises StoreUnavailable where chat.db cannot be read.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    @property
    def directory(self) -> Directory:
        """Who talks with whom."""
        return self._mail.directory

    async def messages(self, rowids: Sequence[int]) -> list[Message]:
        """Those of the rows that are messages to a person, in the order given."""
        db = await self._mail.chat_db()
        return await messages_by_id(db, self._mail.directory, rowids)

    async def newest(self) -> int:
        """The highest ROWID there ever was."""
        return await newest_rowid(await self._mail.chat_db())

    async def before(self, rowid: int, limit: int) -> list[int]:
        """The next ROWIDs below this one, highest first."""
        return await rowids_before(await self._mail.chat_db(), rowid, limit)

    async def after(self, rowid: int, limit: int) -> list[int]:
        """The next ROWIDs above this one, lowest first."""
        return await rowids_after(await self._mail.chat_db(), rowid, limit)

    async def count_before(self, rowid: int) -> int:
        """How many rows there are below this one, of whatever kind."""
        return await count_before(await self._mail.chat_db(), rowid)

    async def linked(self, first: int, last: int) -> dict[int, ChatId]:
        """In which conversation each of the messages from first to last stands."""
        db = await self._mail.chat_db()
        return await linked_chats(db, self._mail.directory, first, last)

    async def deletions(self) -> int:
        """A number that rises with every message that is deleted."""
        return await deletions_noted(await self._mail.chat_db())

    async def close(self) -> None:
        """Let go of chat.db until more is to be read."""
        await self._mail.close()
