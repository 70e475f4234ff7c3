"""Fetching: each function asks the daemon one thing and puts the answer into the store.

A failure is put there as a sentence. A lost connection is passed over: the link says so
already, and everything is fetched again when it is back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from jarvis.errors import ConnectionLost, JarvisError
from jarvis.protocol.methods.mail import (
    ListConversations,
    ListMessages,
    ResolvedConversation,
)
from jarvis.protocol.methods.models import ListModels
from jarvis.protocol.methods.prefetch import Prefetched, PrefetchStats
from jarvis.protocol.methods.pushes import Subscribed
from jarvis.protocol.methods.status import Status
from jarvis.records import ChatId
from jarvis.tui.client import ClientLike
from jarvis.tui.drafting import SUGGESTIONS
from jarvis.tui.store.daemon_state import Model, Offer, Sender, offers_of
from jarvis.tui.store.page import Page
from jarvis.tui.store.pane import Pane
from jarvis.tui.store.store import Place, Store

CONVERSATIONS_AT_ONCE: Final = 100
"""Two screens of a tall window, so that the first page down needs no wait."""
MESSAGES_AT_ONCE: Final = 100
OLDER_AT_ONCE: Final = 200
AROUND_AT_ONCE: Final = 100
"""Half of them on either side of the message."""


async def fetch_inbox(client: ClientLike, store: Store) -> int:
    """Fetch the newest conversations; returns how many unread messages are new."""
    try:
        page: ListConversations = await client.call(
            "list_conversations", limit=CONVERSATIONS_AT_ONCE
        )
    except ConnectionLost:
        return 0
    except JarvisError as error:
        store.inbox_failure = str(error)
        store.touch(Pane.THREAD)
        return 0
    store.inbox_failure = None
    store.touch(Pane.LIST | Pane.THREAD)
    return store.inbox.replace(page)


async def fetch_more_conversations(client: ClientLike, store: Store) -> None:
    """Fetch the conversations below those already known."""
    cursor = store.inbox.next_cursor
    if cursor is None:
        return
    store.inbox.next_cursor = None  # not twice while the answer is on its way
    try:
        page: ListConversations = await client.call(
            "list_conversations", limit=CONVERSATIONS_AT_ONCE, before=cursor
        )
    except JarvisError:
        store.inbox.next_cursor = cursor
        return
    store.inbox.extend(page)
    store.touch(Pane.LIST)


async def fetch_newest(client: ClientLike, store: Store, page: Page) -> None:
    """Fetch the newest messages of a conversation."""
    try:
        newest: ListMessages = await client.call(
            "list_messages", chat_id=page.chat_id, limit=MESSAGES_AT_ONCE
        )
        page.replace(newest)
    except ConnectionLost:
        return
    except JarvisError as error:
        page.failure = str(error)
    store.recognise_sent(page.chat_id)


async def fetch_older(client: ClientLike, store: Store, page: Page) -> None:
    """Fetch the messages before the oldest known one, in one request at a time."""
    if page.is_loading_older or not page.has_older:
        return
    page.is_loading_older = True
    try:
        older: ListMessages = await client.call(
            "list_messages",
            chat_id=page.chat_id,
            limit=OLDER_AT_ONCE,
            before=page.oldest_id,
        )
        page.prepend(older)
    except ConnectionLost:
        return
    except JarvisError as error:
        page.failure = str(error)
        page.has_older = False
    finally:
        page.is_loading_older = False
        store.touch(Pane.THREAD)


async def fetch_around(client: ClientLike, page: Page, message_id: int) -> None:
    """Fetch the messages around one that may lie far back, and let the page visit them.

    Raises:
        JarvisError: it is not there any more, or cannot be read, or nobody answers.
    """
    around: ListMessages = await client.call(
        "list_messages",
        chat_id=page.chat_id,
        limit=AROUND_AT_ONCE,
        around=message_id,
    )
    run = Page(page.chat_id)
    run.replace(around)
    ids = [message.id for message in around.messages]
    # The answer tells of older ones only; fewer newer ones than asked for are the last.
    newer = len(ids) - 1 - ids.index(message_id) if message_id in ids else 0
    run.has_newer = newer >= AROUND_AT_ONCE // 2
    page.visit(run)


async def fetch_visited(client: ClientLike, store: Store, page: Page) -> None:
    """Fetch the visited run anew, where there is one, around what the reader looked for."""
    run = page.visited
    if run is None:
        return
    for message in run.messages:
        if message.guid == run.lit:
            with suppress(JarvisError):
                await fetch_around(client, page, message.id)
                page.light(message.id)
                store.touch(Pane.THREAD)


async def fetch_newer(client: ClientLike, store: Store, page: Page) -> None:
    """Fetch the messages below the visited run, in one request at a time."""
    run = page.visited
    if run is None or run.is_loading_newer or not run.has_newer:
        return
    run.is_loading_newer = True
    try:
        newer: ListMessages = await client.call(
            "list_messages",
            chat_id=page.chat_id,
            limit=OLDER_AT_ONCE,
            after=run.messages[-1].id,
        )
    except JarvisError:
        return  # the next step towards the end asks again
    finally:
        run.is_loading_newer = False
    run.append(newer)
    page.join()
    store.touch(Pane.THREAD)


async def fetch_row(client: ClientLike, store: Store, chat_id: ChatId) -> None:
    """Fetch the row of a conversation that the list does not reach."""
    if store.inbox.find(chat_id) is not None or chat_id in store.inbox.elsewhere:
        return
    try:
        meant: ResolvedConversation = await client.call(
            "resolve_conversation", name=chat_id
        )
    except JarvisError:
        return  # it is shown without a title
    store.inbox.meet(meant.conversations)
    store.touch(Pane.LIST | Pane.THREAD)


async def fetch_place(client: ClientLike, store: Store) -> None:
    """Fetch how far the events are, before the lists: those up to there are in them.

    What the model is at comes on this connection, where it is asked about. Choosing that
    ends the pushes that would come by default; they come from `Client.events`, where none
    is missed.
    """
    try:
        answer: Subscribed = await client.call("subscribe", events=["model_progress"])
    except JarvisError:
        store.fetched_at = None
        return
    store.fetched_at = Place(answer.seq, answer.epoch)


async def say_hello(client: ClientLike) -> None:
    """Say that drafts will be asked for; a daemon that does not know the word goes on."""
    with suppress(JarvisError):
        await client.call("hello", drafts=True)


async def fetch_prefetch(client: ClientLike, store: Store) -> None:
    """Learn whether drafts are made ready before they are asked for."""
    try:
        stats: PrefetchStats = await client.call("prefetch_stats")
    except JarvisError:
        store.prepared.is_on = False  # or it is a daemon that does not know of it
    else:
        store.prepared.is_on = stats.running


async def prefetch_focus(client: ClientLike, store: Store, chat_id: ChatId) -> None:
    """Say that a conversation was opened: a draft may be asked for next."""
    with suppress(JarvisError):
        answer: Prefetched = await client.call(
            "prefetch_focus", chat_id=chat_id, num_suggestions=SUGGESTIONS
        )
        if store.prepared.note(chat_id, is_ready=answer.prefetched):
            store.touch(Pane.LIST)


async def prefetch_hover(client: ClientLike, store: Store, chat_id: ChatId) -> None:
    """Say that a conversation may be opened next."""
    with suppress(JarvisError):
        answer: Prefetched = await client.call("prefetch_hover", chat_id=chat_id)
        if store.prepared.note(chat_id, is_ready=answer.prefetched):
            store.touch(Pane.LIST)


async def fetch_status(client: ClientLike, store: Store) -> None:
    """Fetch which model writes and who sends; what the daemon cannot say stays unknown."""
    try:
        status: Status = await client.call("get_status")
    except JarvisError:
        return
    store.model = Model.of_status(status.model)
    store.sender = Sender.of_status(status.sending, can_send=store.sender.can_send)
    store.touch(Pane.REPLY)


async def fetch_offers(client: ClientLike, store: Store) -> None:
    """Learn which models could write at once, where nobody has chosen one."""
    offers: tuple[Offer, ...] = ()
    if store.model.name is None:
        with suppress(JarvisError):
            answer: ListModels = await client.call("list_models")
            offers = offers_of(answer)
    if offers != store.offers:
        store.offers = offers
        store.touch(Pane.THREAD | Pane.STATUS)
