"""The person's mail as `jarvis eval` reads it, without a daemon: any place, read only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from jarvis.assistant.evaluating.moments import Moment
from jarvis.config import Settings
from jarvis.daemon.reply_history import OF_ONE_CHAT
from jarvis.errors import UnknownChat
from jarvis.records import ChatId, Message, PlainMessage
from jarvis.stores.chatdb import (
    Chat,
    ChatDb,
    Directory,
    message_page,
    messages_by_id,
    open_chatdb,
    own_addresses,
    read_directory,
)
from jarvis.stores.chatdb.said import newest_said
from jarvis.stores.contacts import load_contacts


class Mail:
    """Conversations, their people, and what was written last."""

    def __init__(self, db: ChatDb, directory: Directory) -> None:
        self._db = db
        self._directory = directory

    def others(self, chat_id: ChatId) -> tuple[str, ...]:
        """The participants by name, by handle where the address book knows none."""
        return self._directory.names_of(self._chat(chat_id))

    async def before(
        self, chat_id: ChatId, message_id: int, limit: int
    ) -> tuple[Sequence[Message], bool]:
        """The messages before one, oldest first, and whether there are more."""
        page = await message_page(
            self._db,
            self._directory,
            self._chat(chat_id),
            limit=limit,
            before=message_id,
        )
        return page.messages, page.has_more

    async def message(self, message_id: int) -> Sequence[Message]:
        """The message of this ROWID; none where it is gone."""
        return await messages_by_id(self._db, self._directory, [message_id])

    async def newest(self, limit: int) -> list[PlainMessage]:
        """What was written last in all conversations, oldest first."""
        return await newest_said(self._db, self._directory, limit=limit)

    async def with_older(
        self, newest: list[PlainMessage], moments: Sequence[Moment]
    ) -> list[PlainMessage]:
        """The same with more of the conversations that are asked about, as the daemon."""
        whole = {(each.chat_id, each.id): each for each in newest}
        for chat_id in {moment.chat_id for moment in moments}:
            older = await newest_said(
                self._db,
                self._directory,
                limit=OF_ONE_CHAT,
                chat=self._chat(chat_id),
            )
            whole |= {(each.chat_id, each.id): each for each in older}
        return sorted(whole.values(), key=lambda each: (each.sent_ms, each.id))

    def _chat(self, chat_id: ChatId) -> Chat:
        chat = self._directory.find(chat_id)
        if chat is None:
            raise UnknownChat("A conversation has gone meanwhile; begin anew.")
        return chat


@asynccontextmanager
async def reading_mail(settings: Settings) -> AsyncIterator[Mail]:
    """The mail of these settings for as long as the block runs.

    Raises:
        StoreUnavailable: chat.db cannot be read.
    """
    db = await open_chatdb(settings.chat_db)
    try:
        own = await own_addresses(db)
        names = await load_contacts(settings.contacts_db, own=own)
        yield Mail(db, await read_directory(db, names))
    finally:
        await db.close()
