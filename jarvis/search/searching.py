"""Search over everything that was written: from a question to hits, and how far they go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import aiosqlite

from jarvis.protocol.methods.search import (
    IndexState,
    SearchHit,
    SearchResults,
    SemanticSearchParams,
)
from jarvis.records import Message
from jarvis.search.cursors import Cursor, cursor_in, search_of, written
from jarvis.search.highlights import highlights
from jarvis.search.hits import context_of, found_message, shown_text, still_says
from jarvis.search.looking import Look, Looker, Ways, alike
from jarvis.search.meaning import Connect
from jarvis.search.narrowing import Narrowing, narrowing_of
from jarvis.search.pages import Hit, KeptPages, Pages
from jarvis.search.question import Question, question_of
from jarvis.stores.chatdb import Directory
from jarvis.stores.index.finding import newest_indexed
from jarvis.stores.index.models import answering_model
from jarvis.stores.index.numbers import chats_numbered, senders_numbered
from jarvis.stores.index.reading import messages, messages_of, newest
from jarvis.stores.index.records import Filters, Kind, Ref, StoredMessage

_NOBODY: Final = "Nobody who wrote here has that name or address."
_CUT: Final = "The question is too long; only its beginning was looked for."


class Mailbox(Protocol):
    """Messages as they are now."""

    @property
    def directory(self) -> Directory:
        """Who talks with whom."""

    async def messages(self, rowids: Sequence[int]) -> list[Message]:
        """Those of these that are there, in this order.

        Raises:
            StoreUnavailable: chat.db cannot be read.
        """


class Searcher:
    """Answers searches; each has a connection to jarvis.db while it looks."""

    def __init__(
        self,
        connect: Connect,
        looker: Looker,
        mailbox: Mailbox,
        progress: Callable[[], IndexState],
    ) -> None:
        self._connect = connect
        self._looker = looker
        self._mailbox = mailbox
        self._progress = progress
        self._kept = KeptPages()

    def forget(self) -> None:
        """The index was emptied: no page of what was found before is shown any more."""
        self._kept.forget()

    async def search(self, params: SemanticSearchParams) -> SearchResults:
        """A page of hits, best first; of an empty query the newest messages.

        Raises:
            UnknownChat: no conversation has that id.
            InvalidParams: a moment is none, the span is upside down, or no such cursor.
            ModelUnavailable: only the meaning was to be looked at, and cannot be.
            StoreUnavailable: chat.db cannot be read.
        """
        cursor = cursor_in(params)
        narrowing, question = Narrowing(), question_of(params.query)
        if params.filters is not None:
            narrowing = await asyncio.to_thread(
                narrowing_of, params.filters, self._mailbox.directory
            )
        async with self._connect() as db:
            filters = await _filters(db, narrowing)
            if question.is_empty:
                return await self._newest(db, params, narrowing, filters, cursor)
            return await self._best(db, params, question, narrowing, filters, cursor)

    async def _newest(
        self,
        db: aiosqlite.Connection,
        params: SemanticSearchParams,
        narrowing: Narrowing,
        filters: Filters,
        cursor: Cursor | None,
    ) -> SearchResults:
        before = None if cursor is None else (cursor.first, cursor.second)
        rows = await newest(db, filters, params.limit + 1, before)
        shown, has_more = rows[: params.limit], len(rows) > params.limit
        now = await self._now([row.id for row in shown])
        hits = tuple(
            SearchHit(
                message=found_message(now[row.id], self._mailbox.directory),
                similarity=None,
                match="keyword",
                highlights=(),
                repeat_count=1,
                context=(),
            )
            for row in shown
            if row.id in now and still_says(now[row.id], row)
        )
        following = None
        if has_more:
            last = shown[-1]
            following = written(Cursor(search_of(params), last.date_ms, last.id))
        return self._results(
            hits,
            next=following,
            is_first=cursor is None,
            reasons=_of_sender(narrowing),
            can_mean=await answering_model(db) is not None,
        )

    async def _best(
        self,
        db: aiosqlite.Connection,
        params: SemanticSearchParams,
        question: Question,
        narrowing: Narrowing,
        filters: Filters,
        cursor: Cursor | None,
    ) -> SearchResults:
        search, at = search_of(params), 0 if cursor is None else cursor.second
        newest_id = await newest_indexed(db) if cursor is None else cursor.first
        pages = None if cursor is None else self._kept.find(search, newest_id)
        if pages is None:
            ways = Ways(params.mode, params.threshold)
            look = await self._looker.look(db, question, filters, ways, newest_id)
            pages = Pages(look)
            self._kept.keep(search, newest_id, pages)
        hits: list[SearchHit] = []
        while len(hits) < params.limit:
            some = await pages.hits(db, at, params.limit - len(hits))
            if not some:
                break
            at += len(some)
            hits += await self._shown(db, some, question, pages.look, filters)
        following = None
        if not await pages.is_end(db, at):
            following = written(Cursor(search, newest_id, at))
        return self._results(
            tuple(hits),
            look=pages.look,
            next=following,
            is_first=cursor is None,
            reasons=(*_of_sender(narrowing), *_of_question(question, pages.look)),
            can_mean=pages.look.can_mean,
        )

    async def _shown(
        self,
        db: aiosqlite.Connection,
        hits: Sequence[Hit],
        question: Question,
        look: Look,
        filters: Filters,
    ) -> list[SearchHit]:
        """Hits as they stand in chat.db now; what is not what was found is left out."""
        said = [each for hit in hits for each in (hit.ranked.id, *hit.ranked.repeats)]
        rows = await messages(db, said)
        counts = await _times(db, hits, rows, question, filters)
        now = await self._now([*said, *(each for hit in hits for each in hit.beside)])
        standing = [
            hit
            for hit in hits
            if (message := now.get(hit.ranked.id)) is not None
            and (row := rows.get(hit.ranked.id)) is not None
            and still_says(message, row)
        ]
        directory = self._mailbox.directory

        def make() -> list[SearchHit]:
            return [_made(hit, now, look, counts, directory) for hit in standing]

        # In a thread: to look for words in long texts would hold everybody else.
        return await asyncio.to_thread(make)

    async def _now(self, ids: Sequence[int]) -> dict[int, Message]:
        """These messages as they are in chat.db."""
        found = await self._mailbox.messages([*dict.fromkeys(ids)])
        return {message.id: message for message in found}

    def _results(
        self,
        hits: tuple[SearchHit, ...],
        *,
        next: str | None,
        is_first: bool,
        reasons: Sequence[str],
        can_mean: bool,
        look: Look | None = None,
    ) -> SearchResults:
        state = self._progress()
        by_meaning = look is not None and look.model is not None
        indexed, total = state.indexed, state.total
        if by_meaning and look is not None and not look.is_whole:
            indexed, total = state.embedded, state.to_embed
        if indexed < total and state.state in ("paused", "failed") and state.reason:
            reasons = (*reasons, f"The index is {state.state}: {state.reason}")
        return SearchResults(
            results=hits,
            total_results=len(hits) if is_first and next is None else None,
            mode_used="semantic" if by_meaning else "keyword",
            semantic_available=can_mean,
            indexed=indexed,
            total=total,
            model=None if look is None else look.model,
            took_ms={} if look is None else look.took_ms,
            reason=" ".join(reasons) or None,
            next=next,
        )


async def _filters(db: aiosqlite.Connection, narrowing: Narrowing) -> Filters:
    """The same in the numbers of the index."""
    chats, senders = None, None
    if narrowing.chat is not None:
        numbers = [await chats_numbered(db, guid) for guid in narrowing.chat.guids]
        chats = tuple(sorted({each for some in numbers for each in some}))
    if narrowing.handles is not None:
        senders = await senders_numbered(db, narrowing.handles)
    return Filters(
        chats=chats,
        senders=senders,
        after_ms=narrowing.after_ms,
        before_ms=narrowing.before_ms,
        from_me=narrowing.from_me,
        has_attachment=narrowing.has_attachment,
    )


async def _times(
    db: aiosqlite.Connection,
    hits: Sequence[Hit],
    rows: dict[int, StoredMessage],
    question: Question,
    filters: Filters,
) -> dict[int, int]:
    """How many messages that pass say what each hit says."""
    texts = {
        hit.ranked.id: {
            rows[each].text_id
            for each in (hit.ranked.id, *hit.ranked.repeats)
            if each in rows and rows[each].text
        }
        for hit in hits
    }
    refs = {Ref(Kind.TEXT, each) for some in texts.values() for each in some}
    said = await messages_of(db, [*refs], filters)
    asked = alike(question.text)
    counts = {}
    for hit in hits:
        row = rows.get(hit.ranked.id)
        refs_of_hit = (Ref(Kind.TEXT, each) for each in texts[hit.ranked.id])
        count = sum(said[ref].messages for ref in refs_of_hit if ref in said)
        is_one = row is None or alike(row.text) == asked
        counts[hit.ranked.id] = 1 if is_one else max(count, 1)
    return counts


def _made(
    hit: Hit,
    now: Mapping[int, Message],
    look: Look,
    counts: Mapping[int, int],
    directory: Directory,
) -> SearchHit:
    message = now[hit.ranked.id]
    beside = (now[each] for each in hit.beside if each in now)
    return SearchHit(
        message=found_message(message, directory),
        similarity=hit.ranked.similarity,
        match=hit.ranked.match,
        highlights=highlights(shown_text(message), look.words),
        repeat_count=counts[hit.ranked.id],
        context=context_of(beside, directory),
    )


def _of_sender(narrowing: Narrowing) -> tuple[str, ...]:
    return () if narrowing.handles is None or narrowing.handles else (_NOBODY,)


def _of_question(question: Question, look: Look) -> Iterator[str]:
    if question.is_cut:
        yield _CUT
    if look.reason is not None:
        yield look.reason
