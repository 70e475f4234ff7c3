"""Messages made findable by their words, a few hundred at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import aiosqlite

from jarvis.daemon.indexing.findable import handle_of, indexed, is_findable
from jarvis.daemon.indexing.reading import MailReader
from jarvis.daemon.indexing.segmenting import Place, Segmenter, State
from jarvis.records import ChatId, Message
from jarvis.stores.index.numbers import number_chats, number_senders
from jarvis.stores.index.reading import messages as stored_messages
from jarvis.stores.index.records import USER, IndexedMessage, StoredMessage
from jarvis.stores.index.state import put_state
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb

ROWS_AT_A_TIME: Final = 200
"""A transaction over them takes some milliseconds; new mail never waits longer for it."""


class WordIndex:
    """Writes what chat.db says now in the place of what the index held of the same rows."""

    def __init__(
        self,
        mail: MailReader,
        writer: JarvisDb,
        reader: aiosqlite.Connection,
        segmenter: Segmenter,
    ) -> None:
        self._mail = mail
        self._writer = writer
        self._reader = reader
        self._segmenter = segmenter
        self._chats: dict[ChatId, int] = {}
        self._senders: dict[str, int] = {}

    def forget(self) -> None:
        """The index was emptied, or conversations were renumbered."""
        self._chats.clear()
        self._senders.clear()

    async def update(self, rowids: Sequence[int], state: State) -> int:
        """Make the index say of these rows what chat.db does, and remember `state` with it.

        Rows that are gone, taken back or no message go from it. Doing it twice changes
        nothing. Gives how many more messages are indexed.

        Raises:
            StoreUnavailable: chat.db cannot be read, or jarvis.db not be written.
        """
        read = await self._mail.messages(rowids)
        found = [message for message in read if is_findable(message)]
        await self._number(found)
        made = await asyncio.to_thread(indexed, found, self._chats, self._senders)
        # Nobody else writes messages: between this and the transaction they stay.
        before = await stored_messages(self._reader, rowids)
        now = {message.id for message in made}
        gone = [before[rowid] for rowid in before if rowid not in now]
        changed = [
            message
            for message in made
            if not self._is_as(before.get(message.id), message)
        ]
        if gone or changed or state:
            async with self._writer.transaction() as db:
                await delete_messages(db, [message.id for message in gone])
                await write_messages(db, changed)
                places = _places(gone, changed, before)
                await put_state(db, {**state, **self._segmenter.note(places)})
        return sum(message.id not in before for message in changed) - len(gone)

    def _is_as(self, before: StoredMessage | None, now: IndexedMessage) -> bool:
        if before is None:
            return False
        sender = USER if before.sender is None else self._senders.get(before.sender)
        was = (before.chat, sender, before.date_ms, before.text, before.extra)
        return (
            was == (now.chat, now.sender, now.date_ms, now.text, now.extra)
            and before.has_attachment == now.has_attachment
        )

    async def _number(self, found: Iterable[Message]) -> None:
        """Give conversations and senders their numbers, which they keep."""
        chats = {message.chat_id for message in found} - self._chats.keys()
        handles = {handle for each in found if (handle := handle_of(each)) is not None}
        senders = handles - self._senders.keys()
        if chats or senders:
            async with self._writer.transaction() as db:
                self._chats.update(await number_chats(db, chats))
                self._senders.update(await number_senders(db, senders))


def _places(
    gone: Iterable[StoredMessage],
    changed: Iterable[IndexedMessage],
    before: Mapping[int, StoredMessage],
) -> Iterator[Place]:
    for message in gone:
        yield Place(message.chat, message.date_ms, message.id, is_new=False)
    for now in changed:
        if (was := before.get(now.id)) is not None:
            yield Place(was.chat, was.date_ms, was.id, is_new=False)
        yield Place(now.chat, now.date_ms, now.id, is_new=was is None)
