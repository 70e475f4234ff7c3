"""Subscribing, resuming and polling, on a real server over a real chat.db."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from jarvis.config import Limits
from jarvis.daemon.broadcast import Broadcast
from jarvis.daemon.dispatch import Caller
from jarvis.daemon.handlers import pushes
from jarvis.daemon.services import Services
from jarvis.daemon.subscriptions import Push
from jarvis.errors import InvalidRequest
from jarvis.protocol.methods.pushes import SubscribeParams
from jarvis.records import ChatId
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.pushing import Pushing, pushed, pushing
from tests.daemon.server import RawClient

LIMITS = Limits(missed_events=5, subscriptions=3, unread_bytes=200_000)


@pytest.fixture
async def server(app: MessagesApp, short_path: Path) -> AsyncIterator[Pushing]:
    """A server with small limits; the test says when mail is told."""
    async with pushing(short_path / "s", app, LIMITS) as opened:
        yield opened


async def subscribe(client: RawClient, **params: object) -> dict[str, Any]:
    """The answer to a subscribe, result or error."""
    client.ask("sub", "subscribe", **params)
    answer = await client.answer("sub")
    found: dict[str, Any] = answer.get("result") or answer["error"]
    return found


async def only_answers(client: RawClient) -> bool:
    """Whether a ping's answer is the next line: nothing was pushed before it."""
    client.ask("only", "ping")
    line = await client.line()
    return bool(line.get("id") == "only")


def texts(events: list[dict[str, Any]]) -> list[str]:
    """What was written in them."""
    return [event["text"] for event in events]


async def test_subscribing_answers_where_the_events_stand(server: Pushing) -> None:
    """The number and the epoch from which a client resumes."""
    await server.tell("one")
    async with server.client() as client:
        answer = await subscribe(client)
        assert answer == {
            "subscription": "s1",
            "seq": 1,
            "epoch": server.inbox.epoch,
            "gap": False,
        }


async def test_what_was_missed_comes_after_the_answer_and_before_the_new(
    server: Pushing,
) -> None:
    """In the order of their numbers, each once."""
    await server.tell("one", "two")
    async with server.client() as client:
        client.ask("sub", "subscribe", since=0)
        first = await client.line()
        assert first["result"]["gap"] is False
        await server.tell("three")
        events = await pushed(client, 3)
        assert texts(events) == ["one", "two", "three"]
        assert [event["seq"] for event in events] == [1, 2, 3]
        assert await only_answers(client)


async def test_a_new_connection_that_resumes_at_once_hears_all_in_order(
    server: Pushing,
) -> None:
    """Also when something is told between its connecting and its first word."""
    await server.tell("one")
    async with server.client() as client:
        await server.connected()
        await server.tell("two")
        client.ask("sub", "subscribe", since=0)
        assert (await client.line())["id"] == "sub"
        assert texts(await pushed(client, 2)) == ["one", "two"]
        assert await only_answers(client)


async def test_one_that_never_speaks_hears_new_mail(server: Pushing) -> None:
    """The desktop app's bridge only listens."""
    async with server.client() as client:
        await server.connected()
        await server.tell("one")
        await server.tell("two")
        assert texts(await pushed(client, 2)) == ["one", "two"]


async def test_the_first_subscription_replaces_the_default(server: Pushing) -> None:
    """An empty list of events means silence."""
    async with server.client() as client:
        await subscribe(client, events=[])
        await server.tell("unheard")
        assert await only_answers(client)
        await subscribe(client, events=["new_message"])
        await server.tell("heard")
        assert texts(await pushed(client, 1)) == ["heard"]


async def test_an_event_comes_once_whatever_the_subscriptions(server: Pushing) -> None:
    """Three subscriptions that all want it are one push."""
    async with server.client() as client:
        for _ in range(3):
            await subscribe(client, since=0, chat_id=server.app.chat_guid)
        await server.tell("once")
        assert texts(await pushed(client, 1)) == ["once"]
        assert await only_answers(client)


async def test_what_was_pushed_is_not_replayed_on_the_same_connection(
    server: Pushing,
) -> None:
    """Neither by the default nor by a later subscription."""
    async with server.client() as client:
        assert await only_answers(client)
        await server.tell("one")
        assert texts(await pushed(client, 1)) == ["one"]
        await subscribe(client, since=0)
        assert await only_answers(client)


async def test_a_subscription_is_of_one_conversation_where_asked(
    server: Pushing,
) -> None:
    """By the guid of any of its chats; an unknown one is refused."""
    async with server.client() as client:
        await subscribe(client, chat_id=server.app.chat_guid)
        await server.tell("here")
        assert texts(await pushed(client, 1)) == ["here"]
        elsewhere = Push.of("new_message", {}, chat_id=ChatId("other"), seq=2)
        server.broadcast.publish(elsewhere, after=1)
        assert await only_answers(client)
        error = await subscribe(client, chat_id="iMessage;-;nobody")
        assert error["data"]["kind"] == "UnknownChat"


async def test_ending_a_subscription_ends_its_events(server: Pushing) -> None:
    """And says whether there was one."""
    async with server.client() as client:
        name = (await subscribe(client))["subscription"]
        client.ask(1, "unsubscribe", subscription=name)
        assert (await client.answer(1))["result"] == {"success": True}
        client.ask(2, "unsubscribe", subscription=name)
        assert (await client.answer(2))["result"] == {"success": False}
        await server.tell("unheard")
        assert await only_answers(client)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"events": ["new_mail"]}, "events[0]"),
        ({"events": "new_message"}, "events"),
        ({"since": -1}, "since"),
        ({"since": "1"}, "since"),
    ],
)
async def test_a_wrong_subscription_is_refused_and_changes_nothing(
    server: Pushing, params: dict[str, object], field: str
) -> None:
    """The error names the member; the default goes on."""
    async with server.client() as client:
        error = await subscribe(client, **params)
        assert error["code"] == -32602
        assert error["data"]["field"] == field
        await server.tell("still here")
        assert texts(await pushed(client, 1)) == ["still here"]


async def test_too_many_subscriptions_are_refused(server: Pushing) -> None:
    """The error names the limit."""
    async with server.client() as client:
        for _ in range(3):
            await subscribe(client)
        error = await subscribe(client)
        assert error["data"] == {"kind": "Busy", "retryable": True}
        assert "at most 3 subscriptions" in error["message"]


@pytest.mark.parametrize(
    "params",
    [{"since": 0}, {"since": 9, "epoch": "another"}, {"since": 99}],
    ids=["more than the limit", "another epoch", "a number from elsewhere"],
)
async def test_what_cannot_be_pushed_is_a_gap(
    server: Pushing, params: dict[str, object]
) -> None:
    """Nothing old comes, the client loads anew, and live events go on."""
    await server.tell(*(f"number {n}" for n in range(6)))
    async with server.client() as client:
        answer = await subscribe(client, **params)
        assert (answer["gap"], answer["seq"]) == (True, 6)
        await server.tell("live")
        assert texts(await pushed(client, 1)) == ["live"]


async def test_one_that_lags_is_told_where_to_resume(server: Pushing) -> None:
    """On the same connection too, once it has read; nothing is lost or doubled."""
    progress = Push.of("model_progress", {"model": "m" * 10_000})
    async with server.client() as client:
        names = ["new_message", "model_progress"]
        mine = (await subscribe(client, events=names))["subscription"]
        await server.tell("before")
        for _ in range(100):
            server.broadcast.publish(progress, after=server.inbox.seq)
        await server.tell("after", "and after that")
        methods: list[str] = []
        while not methods or methods[-1] != "subscription.closed":
            line = await client.line()
            methods.append(line["method"])
        assert methods[0] == "new_message"
        assert "new_message" not in methods[1:]
        assert line["params"] == {"subscription": mine, "reason": "lagging", "seq": 1}
        answer = await subscribe(client, since=1)
        assert answer["gap"] is False
        assert texts(await pushed(client, 2)) == ["after", "and after that"]
        assert await only_answers(client)


async def test_polling_gives_the_same_events_by_the_same_numbers(
    server: Pushing,
) -> None:
    """Page by page; the cursor of each page begins the next."""
    await server.tell("one", "two", "three")
    async with server.client() as client:
        client.ask(1, "events.poll", since=0, limit=2)
        first = (await client.answer(1))["result"]
        assert [event["method"] for event in first["events"]] == ["new_message"] * 2
        assert first["seq"] == 2
        client.ask(2, "events.poll", since=first["seq"], epoch=first["epoch"])
        second = (await client.answer(2))["result"]
        assert texts([event["params"] for event in second["events"]]) == ["three"]
        assert (second["seq"], second["gap"]) == (3, False)


async def test_a_poll_waits_for_the_next_event(server: Pushing) -> None:
    """And a ping overtakes it."""
    async with server.client() as client:
        client.ask(1, "events.poll", since=0)
        client.ask(2, "ping")
        assert (await client.line())["id"] == 2
        await server.tell("at last")
        events = (await client.answer(1))["result"]["events"]
        assert texts([event["params"] for event in events]) == ["at last"]


async def test_an_event_that_comes_while_a_poll_looks_is_not_waited_out(
    server: Pushing,
) -> None:
    """At whatever step of the looking it is told: the poll ends long before its time."""
    async with server.client() as client, asyncio.timeout(20):
        since = 0
        for steps in range(60):
            await server.commit(f"number {steps}")
            telling = asyncio.create_task(server.poll())
            for _ in range(steps):
                await asyncio.sleep(0)
            client.ask(steps, "events.poll", since=since, timeout_ms=25_000)
            result = (await client.answer(steps))["result"]
            assert len(result["events"]) == 1
            since = result["seq"]
            await telling


def test_news_of_a_moment_ago_is_not_waited_for() -> None:
    """What came after somebody began to look, and before they wait, counts."""
    broadcast = Broadcast()
    news = broadcast.news
    broadcast.wake()
    assert news.is_set()
    assert not broadcast.news.is_set()


async def test_a_poll_ends_when_its_time_is_over(server: Pushing) -> None:
    """With no events and the number it reached."""
    async with server.client() as client:
        client.ask(1, "events.poll", since=0, timeout_ms=0)
        result = (await client.answer(1))["result"]
        assert (result["events"], result["seq"], result["gap"]) == ([], 0, False)


async def test_a_poll_that_can_no_longer_be_answered_says_gap(server: Pushing) -> None:
    """At once: the client has to load anew."""
    async with server.client() as client:
        client.ask(1, "events.poll", since=0, epoch="another")
        result = (await client.answer(1))["result"]
        assert (result["events"], result["gap"]) == ([], True)


async def test_in_a_batch_array_what_was_missed_comes_after_the_array(
    server: Pushing,
) -> None:
    """The response is what the array is, so nothing replayed overtakes it."""
    await server.tell("one")
    call = {"jsonrpc": "2.0", "method": "subscribe", "params": {"since": 0}, "id": 1}
    async with server.client() as client:
        client.send([call, {"jsonrpc": "2.0", "method": "ping", "id": 2}])
        answers = await client.line()
        assert {answer["id"] for answer in answers} == {1, 2}
        assert texts(await pushed(client, 1)) == ["one"]


async def test_what_cannot_be_pushed_to_is_told_to_poll() -> None:
    """A carrier of single requests has no connection to push on."""
    nothing = cast(Services, None)  # it is refused before anything is looked at
    with pytest.raises(InvalidRequest, match=r"events\.poll"):
        await pushes.subscribe(nothing, SubscribeParams(), Caller("somebody"))


async def test_subscribing_as_a_notification_works_too(server: Pushing) -> None:
    """Nobody answers it, and it takes effect."""
    await server.tell("one")
    async with server.client() as client:
        client.notify("subscribe", since=0)
        assert texts(await pushed(client, 1)) == ["one"]


@pytest.mark.parametrize("seed", range(6))
async def test_over_any_interleaving_a_client_sees_exactly_what_was_written(
    app: MessagesApp, short_path: Path, seed: int
) -> None:
    """Mail is told all the time while it comes and goes: all once, and in order."""
    chance = random.Random(seed)
    written: list[str] = []
    seen: list[str] = []

    rounds = deque(range(60))

    async def keep_telling(server: Pushing) -> None:
        while rounds:
            rounds.popleft()
            fresh = [f"m{len(written) + n}" for n in range(chance.randint(1, 3))]
            written.extend(fresh)
            await server.tell(*fresh)

    async def listen(client: RawClient, number: int) -> None:
        for event in await pushed(client, number):
            assert event["seq"] == len(seen) + 1
            seen.append(event["text"])

    async with pushing(short_path / "s", app) as server, asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(keep_telling(server))
        while not telling.done():
            async with server.client() as client:
                for _ in range(chance.randint(0, 9)):
                    await asyncio.sleep(0)
                answer = await subscribe(client, since=len(seen))
                assert answer["gap"] is False
                missed = answer["seq"] - len(seen)
                await listen(client, min(missed, chance.randint(0, 3)))
                if missed == 0 and rounds:
                    await listen(client, 1)
        async with server.client() as client:
            await subscribe(client, since=len(seen))
            await listen(client, len(written) - len(seen))
            assert await only_answers(client)
    assert seen == written
