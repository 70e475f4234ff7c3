"""events(): every event once and in order, over lost connections, gaps and slow readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from jarvis.client import Client, Gap, Push
from jarvis.client.subscription import MOST_UNREAD
from jarvis.errors import InvalidParams, JarvisError
from jarvis.protocol.events import NewMessage
from jarvis.records import ChatId
from tests.client.daemon import Connection, FakeDaemon, fake_daemon
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.pushing import pushing

Events = AsyncGenerator[Push | Gap, None]


@pytest.fixture
async def daemon(short_path: Path) -> AsyncIterator[FakeDaemon]:
    """A daemon whose words are the test's."""
    async with fake_daemon(short_path / "s") as daemon:
        yield daemon


async def take(events: Events, number: int) -> list[int | Gap]:
    """The next so many: the numbers of messages, and gaps."""
    found: list[int | Gap] = []
    async with asyncio.timeout(30):
        while len(found) < number:
            event = await anext(events)
            if isinstance(event, Push):
                assert isinstance(event.params, NewMessage)
                found.append(event.params.seq)
            else:
                found.append(event)
    return found


async def test_a_lost_connection_is_resumed_after_the_last_event(
    daemon: FakeDaemon,
) -> None:
    """What was seen is not asked for again; what was missed is."""
    client = Client(daemon.path)
    async with aclosing(client.events(["new_message"], ChatId("c"))) as events:
        taking = asyncio.create_task(take(events, 2))
        first = await daemon.connection()
        assert await first.subscribed(seq=4) == {
            "events": ["new_message"],
            "chat_id": "c",
        }
        first.push(5, 6)
        assert await taking == [5, 6]
        taking = asyncio.create_task(take(events, 2))
        first.hang_up()
        second = await daemon.connection()
        assert await second.subscribed(seq=8) == {
            "events": ["new_message"],
            "chat_id": "c",
            "since": 6,
            "epoch": "e",
        }
        second.push(7, 8)
        assert await taking == [7, 8]


async def test_a_loss_before_the_first_event_misses_nothing(daemon: FakeDaemon) -> None:
    """The place to resume is where the subscription began; a replay begins anew."""
    client = Client(daemon.path)
    for since, resumed in ((None, 4), (2, 2)):
        async with aclosing(client.events(since=since)) as events:
            taking = asyncio.create_task(take(events, 1))
            first = await daemon.connection()
            asked = await first.subscribed(seq=4)
            assert asked == ({} if since is None else {"since": since})
            first.hang_up()
            second = await daemon.connection()
            again = {"since": resumed, "epoch": "e"}
            assert await second.subscribed(seq=4) == again
            second.push(5)
            assert await taking == [5]


async def test_lost_events_are_told_as_a_gap(daemon: FakeDaemon) -> None:
    """Where the daemon says so, and where it has another history; then all goes on."""
    client = Client(daemon.path)
    async with aclosing(client.events(since=1)) as events:
        taking = asyncio.create_task(take(events, 2))
        first = await daemon.connection()
        await first.subscribed(seq=5000, gap=True)
        first.push(5001)
        assert await taking == [Gap(5000, "e"), 5001]
        taking = asyncio.create_task(take(events, 2))
        first.hang_up()
        second = await daemon.connection()
        assert await second.subscribed(seq=0, epoch="new") == {
            "since": 5001,
            "epoch": "e",
        }
        second.push(1, epoch="new")
        assert await taking == [Gap(0, "new"), 1]
        taking = asyncio.create_task(take(events, 2))
        second.push(1, epoch="newer")
        assert await taking == [Gap(0, "newer"), 1]


async def test_a_subscription_closed_for_lagging_is_taken_up_again(
    daemon: FakeDaemon,
) -> None:
    """From the number that the daemon names, without being told."""
    client = Client(daemon.path)
    async with aclosing(client.events()) as events:
        taking = asyncio.create_task(take(events, 2))
        first = await daemon.connection()
        await first.subscribed(seq=4)
        first.push(5)
        first.lagging(7)
        second = await daemon.connection()
        assert await second.subscribed(seq=8) == {"since": 7, "epoch": "e"}
        second.push(8)
        assert await taking == [5, 8]
        assert await first.line() is None


async def test_news_told_before_it_was_asked_for_are_not_doubled(
    daemon: FakeDaemon,
) -> None:
    """A slow client may hear default pushes first; it asks for all on a new connection."""
    client = Client(daemon.path)
    async with aclosing(client.events(since=4)) as events:
        taking = asyncio.create_task(take(events, 3))
        first = await daemon.connection()
        first.push(6)
        await first.subscribed(seq=6)
        first.push(5)
        second = await daemon.connection()
        assert (await second.subscribed(seq=6))["since"] == 4
        second.push(5, 6, 7)
        assert await taking == [5, 6, 7]


async def test_closing_the_iterator_unsubscribes(daemon: FakeDaemon) -> None:
    """By hanging up, at once; so does cancelling whoever waits in it."""
    client = Client(daemon.path)
    async with aclosing(client.events()) as events:
        taking = asyncio.create_task(take(events, 1))
        first = await daemon.connection()
        await first.subscribed(seq=4)
        first.push(5)
        await taking
    assert await first.line() is None
    taking = asyncio.create_task(take(client.events(), 1))
    second = await daemon.connection()
    await second.subscribed(seq=4)
    taking.cancel()
    await asyncio.wait([taking])
    assert await second.ended()


async def test_a_refusal_is_raised_and_a_hindrance_waited_out(
    daemon: FakeDaemon,
) -> None:
    """What asking again may help is asked again; anything else is the caller's."""
    client = Client(daemon.path)
    for kind, error in (("InvalidParams", InvalidParams), ("OfTheFuture", JarvisError)):
        events = client.events()
        taking = asyncio.create_task(take(events, 1))
        connection = await daemon.connection()
        connection.refuse(await connection.asked("subscribe"), "StoreUnavailable", "no")
        connection = await daemon.connection()
        connection.refuse(await connection.asked("subscribe"), kind, "Not like that.")
        with pytest.raises(error, match="Not like that"):
            await taking


async def test_several_iterators_each_get_all_they_asked_for(
    app: MessagesApp, short_path: Path
) -> None:
    """Also what another of them was told, and what the notices of the client tell."""
    async with (
        pushing(short_path / "s", app) as server,
        Client(short_path / "s") as client,
    ):
        await server.tell("one", "two")
        all_of_them, of_chat = (
            client.events(since=0),
            client.events(None, app.chat_guid),
        )
        async with aclosing(all_of_them), aclosing(of_chat):
            assert await take(all_of_them, 2) == [1, 2]
            taking = asyncio.create_task(take(of_chat, 1))
            async with asyncio.timeout(30):
                while len(server.broadcast.connections) < 3:  # noqa: ASYNC110  # a turn of the loop
                    await asyncio.sleep(0)
            await client.call("ping")
            await server.tell("three")
            assert await taking == [3]
            assert await take(all_of_them, 1) == [3]
            async with aclosing(client.events(since=1)) as late:
                assert await take(late, 2) == [2, 3]
        async with asyncio.timeout(30):
            heard = [await anext(client.notices()) for _ in range(4)]
    assert [n.params.seq for n in heard if isinstance(n, Push)] == [1, 2, 3]


async def push_until_unread(connection: Connection) -> int:
    """Push until the client reads no more, or has read far too much; how many."""
    number = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while number < 10 * MOST_UNREAD:
                number += 1
                connection.push(number)
                await connection.writer.drain()
    return number


async def test_a_slow_reader_leaves_events_in_the_socket(daemon: FakeDaemon) -> None:
    """Memory stays bounded here, the daemon sees it, and nothing is lost or doubled."""
    async with aclosing(Client(daemon.path).events()) as events:
        taking = asyncio.create_task(take(events, 1))
        connection = await daemon.connection()
        await connection.subscribed(seq=0)
        number = await push_until_unread(connection)
        assert number < 10 * MOST_UNREAD
        assert await taking == [1]
        assert await take(events, number - 1) == list(range(2, number + 1))
