"""Searching: what stands in the box as a request, names in it looked up, and its answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from jarvis.errors import ConnectionLost, JarvisError, UnknownChat
from jarvis.protocol.methods.mail import ResolvedConversation
from jarvis.protocol.methods.pushes import Subscribed
from jarvis.protocol.methods.search import SearchResults
from jarvis.protocol.methods.status import Status
from jarvis.records import ChatId
from jarvis.tui.client import ClientLike
from jarvis.tui.clock import Clock
from jarvis.tui.store.search import Search
from jarvis.tui.text.clean import one_line
from jarvis.tui.text.question import Question, read_question
from jarvis.tui.text.search_facts import NOT_CONNECTED

HITS_AT_ONCE: Final = 20
_MOST_NAMED: Final = 3


class Searching:
    """Asks what the search box asks, as often as it changes; the latest answer counts."""

    def __init__(self, client: ClientLike, search: Search, clock: Clock) -> None:
        self._client = client
        self._search = search
        self._clock = clock
        self._asked: dict[str, Any] = {}
        """The params of the latest question, which its following pages repeat."""
        self._meant: dict[str, ResolvedConversation] = {}
        self._subscription: str | None = None
        self._is_left = False

    def question(self) -> Question:
        """What the box asks now."""
        clock = self._clock
        return read_question(self._search.typed, clock.now(), clock.zone)

    async def ask(self, open_chat: ChatId | None) -> None:
        """Ask for the first page; `open_chat` is the only one looked in, if it is to be."""
        search, number = self._search, self._search.number
        question = self.question()
        here = open_chat if search.is_here_only else None
        try:
            self._asked = {
                "query": question.words,
                "filters": await self._filters(question, here),
            }
            search.take(number, await self._page())
        except ConnectionLost:
            search.fail(number, NOT_CONNECTED)
        except JarvisError as error:
            search.fail(number, str(error))

    async def ask_for_more(self) -> None:
        """Ask for the following page, in one request at a time."""
        search, number = self._search, self._search.number
        if search.answer is None or not search.wants_more:
            return
        search.is_loading_more = True
        with suppress(JarvisError):  # the next step down asks again
            search.extend(number, await self._page(before=search.answer.next))
        search.is_loading_more = False

    async def follow_index(self) -> None:
        """Hear how far the index is, until `leave_index`."""
        with suppress(JarvisError):
            answer: Subscribed = await self._client.call(
                "subscribe", events=["index_progress"]
            )
            self._subscription = answer.subscription
            status: Status = await self._client.call("get_status")
            self._search.note_index(status.index)
        if self._is_left:
            await self.leave_index()

    async def leave_index(self) -> None:
        """Hear no more of it."""
        self._is_left = True
        if self._subscription is not None:
            with suppress(JarvisError):
                await self._client.call("unsubscribe", subscription=self._subscription)

    async def _page(self, **more: Any) -> SearchResults:
        page: SearchResults = await self._client.call(
            "semantic_search", limit=HITS_AT_ONCE, **self._asked, **more
        )
        return page

    async def _filters(
        self, question: Question, here: ChatId | None
    ) -> dict[str, object] | None:
        chat_id = here
        if question.chat is not None:
            chat_id = await self._conversation(question.chat)
        filters = {
            "chat_id": chat_id,
            "sender": question.sender,
            "after": question.after,
            "before": question.before,
            "from_me": question.is_from_me,
            "has_attachment": question.has_attachment,
        }
        return {
            name: each for name, each in filters.items() if each is not None
        } or None

    async def _conversation(self, name: str) -> ChatId:
        """The one conversation of that name.

        Raises:
            UnknownChat: there is none, or one of several could be meant.
        """
        meant = await self._resolve(name)
        if meant.chat_id is not None:
            return meant.chat_id
        names = [one_line(row.display_name) for row in meant.conversations]
        if not names:
            raise UnknownChat(f"in:{name}: no conversation is called that.")
        if len(names) > _MOST_NAMED:
            names[_MOST_NAMED:] = [f"{len(names) - _MOST_NAMED} more"]
        raise UnknownChat(f"in:{name} may be {', '.join(names)}: write more of it.")

    async def _resolve(self, name: str) -> ResolvedConversation:
        """Whom a name means; asked once, for it stands there at every key."""
        if name not in self._meant:
            self._meant[name] = await self._client.call(
                "resolve_conversation", name=name
            )
        return self._meant[name]
