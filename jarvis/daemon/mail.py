"""Messages and conversations as handlers read them, always from the file of now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final, Literal

import aiosqlite

from jarvis.daemon.inbox import Inbox
from jarvis.errors import StoreUnavailable, UnknownChat
from jarvis.protocol.methods.mail import ResolvedConversation
from jarvis.records import ChatId, Folder
from jarvis.stores import conversations as listed
from jarvis.stores.chatdb import (
    Chat,
    ChatDb,
    Directory,
    Page,
    meant_by,
    message_page,
    open_chatdb,
    searched_for,
)

MOST_FITTING: Final = 100
"""Conversations that are named where a name fits more than one."""


class Mail:
    """Reads beside the inbox, on connections of its own, so neither waits for the other."""

    def __init__(self, inbox: Inbox, reader: aiosqlite.Connection) -> None:
        self._inbox = inbox
        self._reader = reader
        self._chatdb: ChatDb | None = None
        self._opening = asyncio.Lock()

    @property
    def is_ready(self) -> bool:
        """Whether conversations can be listed."""
        return self._inbox.directory is not None

    @property
    def directory(self) -> Directory:
        """Who talks with whom."""
        assert self._inbox.directory is not None, "services hands out mail when ready"
        return self._inbox.directory

    @property
    def newest_rowid(self) -> int:
        """The highest ROWID that was ingested; it rises with each message."""
        return self._inbox.newest_rowid

    async def conversations(
        self,
        *,
        limit: int,
        before: str | None,
        query: str | None,
        folder: Folder | Literal["all"],
    ) -> listed.ConversationPage:
        """A page of the maintained list, newest first.

        Raises:
            InvalidParams: `before` is no cursor.
        """
        if query:
            query = await asyncio.to_thread(searched_for, query, self.directory)
        return await listed.page(
            self._reader, limit=limit, before=before, query=query, folder=folder
        )

    async def meant(self, typed: str, *, to_send: bool) -> ResolvedConversation:
        """Which conversation somebody means by an id, a name or an address."""
        directory, shown = self.directory, await listed.chat_ids(self._reader)
        listed_chats = filter(None, map(directory.find, shown))
        chats = {chat.chat_id: chat for chat in listed_chats}.values()
        meant = await asyncio.to_thread(
            meant_by, typed, directory, chats, to_send=to_send
        )
        fitting = [chat.chat_id for chat in meant.fitting[:MOST_FITTING]]
        return ResolvedConversation(
            chat_id=meant.chat.chat_id if meant.chat else None,
            conversations=tuple(await listed.rows_of(self._reader, fitting)),
        )

    def chat(self, chat_id: ChatId) -> Chat:
        """The conversation that a guid belongs to.

        Raises:
            UnknownChat: none does.
        """
        chat = self.find(chat_id)
        if chat is None:
            reason = (
                "There is no such conversation; list_conversations tells which are."
            )
            raise UnknownChat(reason)
        return chat

    def find(self, chat_id: ChatId) -> Chat | None:
        """The conversation that a guid belongs to, None when there is none."""
        return self.directory.find(chat_id)

    def names_of(self, chat: Chat) -> tuple[str, ...]:
        """The participants by name, by handle where the address book knows none."""
        return self.directory.names_of(chat)

    async def names_behind(self, addresses: Iterable[str]) -> dict[str, str | None]:
        """Names by address as it was written, None where no contact card has it."""
        names = self._inbox.names

        def look_up() -> dict[str, str | None]:
            return {address: names.name_of(address) for address in addresses}

        return await asyncio.to_thread(look_up)

    async def page(
        self,
        chat: Chat,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
    ) -> Page:
        """Messages of a conversation, oldest first.

        Raises:
            StoreUnavailable: chat.db cannot be read.
            InvalidParams: the anchor is not a message of this conversation.
        """
        return await message_page(
            await self.chat_db(),
            self.directory,
            chat,
            limit=limit,
            before=before,
            after=after,
            around=around,
        )

    async def chat_db(self) -> ChatDb:
        """A connection to the file that the inbox reads now."""
        async with self._opening:
            if self._inbox.problem is not None:
                await self._let_go()
                raise StoreUnavailable(self._inbox.problem)
            if self._chatdb is None or self._chatdb.identity != self._inbox.identity:
                await self._let_go()
                self._chatdb = await open_chatdb(self._inbox.path)
            return self._chatdb

    async def close(self) -> None:
        """Let go of chat.db; what is just being opened is waited for, and closed."""
        async with self._opening:
            await self._let_go()

    async def _let_go(self) -> None:
        if self._chatdb is not None:
            await self._chatdb.close()
            self._chatdb = None
