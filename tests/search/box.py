"""Conversations that a test makes up, an index of them, and a search over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiosqlite
import msgspec
import numpy as np

from jarvis.errors import ModelUnavailable
from jarvis.inference.embedders.static import StaticEmbedder
from jarvis.inference.embedders.vectors import stored
from jarvis.inference.models.embedder_registry import STATIC
from jarvis.inference.models.record import ModelRecord
from jarvis.protocol.methods.search import (
    IndexState,
    SearchFilters,
    SearchResults,
    SemanticSearchParams,
)
from jarvis.records import ChatId, Message, Timestamp, Title
from jarvis.search.looking import Looker, Mode
from jarvis.search.meaning import Meaning
from jarvis.search.searching import Searcher
from jarvis.search.segments import segment_text, segments_of
from jarvis.stores.apple_time import from_apple
from jarvis.stores.chatdb import Chat, Directory
from jarvis.stores.contacts import ContactNames
from jarvis.stores.index.models import activate_model, begin_model
from jarvis.stores.index.numbers import number_chats, number_senders
from jarvis.stores.index.records import IndexedMessage, Kind
from jarvis.stores.index.segments import write_segments
from jarvis.stores.index.vectors import texts_without_vector, write_vectors
from jarvis.stores.index.words import prepare_words
from jarvis.stores.index.writing import delete_messages, write_messages
from jarvis.stores.jarvisdb import JarvisDb, open_reader, open_writer

ME = None
APPLE_EPOCH_MS = 978_307_200_000
START_MS = APPLE_EPOCH_MS + 700_000_000_000
MINUTE_MS = 60_000


class Box:
    """Messages as chat.db would have them, and as the index does; made by `box`.

    It stands for the mailbox of a Searcher.
    """

    def __init__(self, path: Path, writer: JarvisDb, table: StaticEmbedder) -> None:
        self.path = path
        self.writer = writer
        self.written: dict[int, Message] = {}
        self.state = IndexState(state="ready")
        self.table = table
        self.is_broken = False
        self.connections = 0
        self._chats: dict[ChatId, Chat] = {}
        self._clock_ms = START_MS
        self.meaning = Meaning(self.connect)
        looker = Looker(self.meaning, self)
        self.searcher = Searcher(self.connect, looker, self, lambda: self.state)

    # What is written

    def chat(self, *people: str, name: str = "") -> ChatId:
        """A conversation, of several people under a name."""
        kind = "+" if len(people) > 1 else "-"
        guid = ChatId(f"iMessage;{kind};{name or people[0]}")
        self._chats[guid] = Chat(
            chat_id=guid,
            guids=(guid,),
            rowids=(len(self._chats) + 1,),
            name=name or None,
            title=Title(name or people[0]),
            participants=people,
            is_group=len(people) > 1,
            service="iMessage",
            folder="inbox",
            people=len(people),
        )
        return guid

    def say(
        self,
        chat: ChatId,
        text: str,
        *,
        sender: str | None = ME,
        after_minutes: float = 1,
        **more: object,
    ) -> int:
        """Somebody writes; the id of the message."""
        self._clock_ms += int(after_minutes * MINUTE_MS)
        rowid = len(self.written) + 1
        message = Message(
            id=rowid,
            guid=f"guid-{rowid}",
            chat_id=chat,
            sender=sender,
            sender_name=None,
            text=text,
            line=text or "Photo",
            date=self._now(),
            is_from_me=sender is None,
            service="iMessage",
            kind="text" if text else "attachment",
            is_read=True,
        )
        self.written[rowid] = msgspec.structs.replace(message, **more)
        return rowid

    def change(self, message: int, **changes: object) -> None:
        """A message is edited or taken back."""
        self.written[message] = msgspec.structs.replace(
            self.written[message], **changes
        )

    def _now(self) -> Timestamp:
        found = from_apple((self._clock_ms - APPLE_EPOCH_MS) * 1_000_000)
        assert found is not None
        return found

    @property
    def directory(self) -> Directory:
        """See Mailbox."""
        handles = {each for chat in self._chats.values() for each in chat.participants}
        return Directory(self._chats.values(), ContactNames(), handles=sorted(handles))

    async def messages(self, rowids: Sequence[int]) -> list[Message]:
        """See Mailbox."""
        return [self.written[each] for each in rowids if each in self.written]

    # What makes vectors of questions

    async def model_named(self, name: str | None) -> ModelRecord:
        """See QueryEmbedder."""
        if self.is_broken:
            raise ModelUnavailable("The model's folder is gone.")
        return STATIC

    async def embed_query(self, text: str, *, model: str | None = None) -> bytes:
        """See QueryEmbedder."""
        found = await asyncio.to_thread(self.table.embed, [text], "query")
        return found.tobytes()

    # The index

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[aiosqlite.Connection]:
        """A connection for one search."""
        self.connections += 1
        connection = await open_reader(self.path)
        try:
            yield connection
        finally:
            await connection.close()

    async def index(self, *, by_meaning: bool = True) -> None:
        """Everything that was written and is not indexed can be found."""
        async with self.writer.transaction() as db:
            chats = await number_chats(db, [*self._chats])
            people = {each.sender for each in self.written.values() if each.sender}
            senders = await number_senders(db, sorted(people))
            indexed = [
                IndexedMessage(
                    id=each.id,
                    chat=chats[each.chat_id],
                    sender=senders[each.sender] if each.sender else 0,
                    date_ms=ms(each),
                    text=each.text or "",
                    extra=" ".join(file.name for file in each.attachments),
                    has_attachment=bool(each.attachments),
                )
                for each in self.written.values()
                if each.text is not None
            ]
            await write_messages(db, indexed)
            if by_meaning:
                await self._cut(db, indexed)
        if by_meaning:
            await self._embed()
        self.state = msgspec.structs.replace(
            self.state, indexed=len(indexed), total=len(indexed)
        )

    async def forget(self, *messages: int) -> None:
        """The index follows what was deleted or taken back."""
        async with self.writer.transaction() as db:
            await delete_messages(db, messages)

    async def _cut(
        self, db: aiosqlite.Connection, indexed: Iterable[IndexedMessage]
    ) -> None:
        await db.execute("DELETE FROM search_segment")
        by_chat: dict[int, list[IndexedMessage]] = {}
        for each in indexed:
            by_chat.setdefault(each.chat, []).append(each)
        for messages in by_chat.values():
            await write_segments(db, segments_of(messages))

    async def _embed(self) -> None:
        mean = np.zeros(self.table.embed([""], "passage").shape[1], np.float32)
        async with self.writer.transaction() as db:
            model = await begin_model(db, STATIC.name, len(mean), mean.tobytes())
            wanted = await texts_without_vector(db, 100_000)
            texts = [
                segment_text(each.title, each.texts)
                if each.ref.kind is Kind.SEGMENT
                else "".join(each.texts)
                for each in wanted
            ]
            made = stored(self.table.embed(texts, "passage"), mean)
            await write_vectors(
                db,
                model.id,
                [each.ref for each in wanted],
                rows=made.rows,
                scales=made.scales,
                codes=made.codes,
            )
            await activate_model(db, model.id)

    # The search

    async def search(
        self,
        query: str,
        *,
        limit: int = 20,
        mode: Mode = "auto",
        before: str | None = None,
        threshold: float | None = None,
        filters: Mapping[str, object] | None = None,
    ) -> SearchResults:
        """A page of hits."""
        narrowed = msgspec.convert(filters, SearchFilters) if filters else None
        return await self.searcher.search(
            SemanticSearchParams(
                query=query,
                limit=limit,
                threshold=threshold,
                filters=narrowed,
                mode=mode,
                before=before,
            )
        )


def ms(message: Message) -> int:
    """When it was written, in ms since 1970."""
    return round(datetime.fromisoformat(message.date).timestamp() * 1000)


def ids(results: SearchResults) -> list[int]:
    """The hits of a page, best first."""
    return [hit.message.id for hit in results.results]


@asynccontextmanager
async def open_box(folder: Path) -> AsyncIterator[Box]:
    """An empty one."""
    writer = await open_writer(folder / "jarvis.db")
    async with writer.transaction() as db:
        await prepare_words(db)
    table = await asyncio.to_thread(StaticEmbedder, STATIC)
    made = Box(folder / "jarvis.db", writer, table)
    try:
        yield made
    finally:
        await made.meaning.close()
        await writer.close()
