"""A draft that is there before anybody asks for it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from jarvis.client import Client
from jarvis.records import Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import RawClient
from tests.inference.child import WAIT_S
from tests.inference.model_server import DONE, Speech, chunk, head
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import drafted, writes, written_by
from tests.journeys.test_a_ready_draft import prompts


@pytest.fixture
async def daemon(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon on that inbox, as people have it."""
    async with living(short_path, *on_inbox(app.path.parent)) as daemon:
        yield daemon


async def listening(daemon: DaemonProcess, stack: AsyncExitStack) -> RawClient:
    """A client that hears of drafts that are ready."""
    client = await stack.enter_async_context(daemon.raw())
    client.ask("s", "subscribe", events=["prefetch_complete"])
    await client.answer("s")
    return client


async def completed(client: RawClient) -> dict[str, Any]:
    """What the next prefetch_complete says."""
    while True:
        line = await client.line()
        if line["method"] == "prefetch_complete":
            params: dict[str, Any] = line["params"]
            return params


async def stats_with(
    daemon: DaemonProcess, *path: str, at_least: int = 1
) -> dict[str, Any]:
    """The stats once the number under this path has come to so much."""
    async with asyncio.timeout(30):
        while True:
            stats: dict[str, Any] = await daemon.ask("prefetch_stats")
            value: Any = stats
            for name in path:
                value = value.get(name, 0) if isinstance(value, dict) else value
            if value >= at_least:
                return stats


async def test_a_conversation_that_is_opened_has_its_draft_before_it_is_asked_for(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """It is told of, served from its first ask on without the model, and counted."""
    chat = app.chat_guid
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    async with (
        AsyncExitStack() as stack,
        written_by(daemon, writes("gladly"), writes("another")) as server,
        Client(daemon.socket) as client,
    ):
        listener = await listening(daemon, stack)
        opened = await client.call("prefetch_focus", chat_id=chat)
        assert (opened.success, opened.prefetched, opened.draft) == (True, False, None)
        ready = await completed(listener)
        assert (ready["chat_id"], ready["source"]) == (chat, "focus")
        opened = await client.call("prefetch_focus", chat_id=chat)
        assert opened.draft is not None
        draft = await drafted(client, chat)
        assert len(prompts(server)) == 1
        again = await drafted(client, chat)
    assert [each["text"] for each in ready["draft"]["suggestions"]] == ["gladly"]
    assert ready["draft"]["prefetched"]
    assert opened.draft.suggestions == draft.suggestions
    assert (draft.from_cache, draft.prefetched, draft.route) == (True, True, "cached")
    assert (again.prefetched, again.suggestions[0].text) == (False, "another")
    stats = await daemon.ask("prefetch_stats")
    assert stats["by_source"]["focus"] | {"cost_ms": 0} == {
        "asked": 2,
        "made": 1,
        "used": 1,
        "hit_rate": 1.0,
        "cost_ms": 0,
        "unused_cost_ms": 0.0,
    }
    assert (stats["cache"]["hits"], stats["cache"]["misses"]) == (1, 1)
    metrics = await daemon.ask("get_routing_metrics")
    assert [each["prefetched"] for each in metrics["recent_requests"]] == [False, True]
    assert metrics["summary"]["prefetched"] == 1


async def test_two_read_a_draft_that_is_being_made_ready_from_its_first_word(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """What there is comes at once, the rest as it is written; the model writes once."""
    goes_on = Event()
    text = "there is soup and bread! it is hot"
    await asyncio.to_thread(app.write, "what is there to eat?", date=now)
    async with (
        written_by(daemon, writes("soup"), halting(text, goes_on)) as server,
        Client(daemon.socket) as one,
        Client(daemon.socket) as two,
    ):
        # Whether the model thinks is known when it has written once.
        await drafted(two, app.chat_guid, context_messages=1)
        await one.call("prefetch_focus", chat_id=app.chat_guid)
        await until(lambda: len(prompts(server)) == 2)
        async with (
            one.stream("generate_draft", chat_id=app.chat_guid) as first,
            two.stream("generate_draft", chat_id=app.chat_guid) as second,
        ):
            tokens = [[await anext(aiter(each))] for each in (first, second)]
            assert all(text.startswith(said[0].text) for said in tokens)
            goes_on.set()
            for stream, said in zip((first, second), tokens, strict=True):
                said += [token async for token in stream]
        drafts: list[Draft] = [first.result, second.result]
    for draft, said in zip(drafts, tokens, strict=True):
        assert "".join(token.text for token in said) == text
        assert [token.index for token in said] == list(range(len(said)))
        assert (draft.route, draft.prefetched) == ("cached", True)
    assert len(prompts(server)) == 2


async def test_new_mail_outdates_what_was_ready_and_is_answered_itself(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Nobody opened anything: a client listens, and the mail asks."""
    async with AsyncExitStack() as stack:
        listener = await listening(daemon, stack)
        for question in ("shall we have dinner?", "or lunch?"):
            await asyncio.to_thread(app.write, question, date=now)
            ready = await completed(listener)
            assert ready["source"] == "new_message"
            assert ready["draft"]["context_used"]["last_message"] == question
    stats = await stats_with(daemon, "invalidator", "total_invalidations")
    assert stats["invalidator"]["by_reason"]["new message"] >= 1


async def test_a_person_has_the_model_at_once(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """A draft that nobody waits for makes way, and is made after theirs."""
    flags = on_inbox(app.path.parent)
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    async with living(short_path, *flags, JARVIS_SCRIPTED_TOKEN_MS="40") as daemon:
        async with AsyncExitStack() as stack, Client(daemon.socket) as client:
            listener = await listening(daemon, stack)
            await client.call("prefetch_focus", chat_id=app.chat_guid)
            await loaded(daemon)
            draft = await drafted(client, app.chat_guid, instruction="be brief")
            ready = await completed(listener)
        stats = await daemon.ask("prefetch_stats")
    assert not draft.prefetched
    assert ready["chat_id"] == app.chat_guid
    assert stats["executor"]["executed"] == 1
    assert stats["executor"]["unused_cost_ms"] > 0


async def test_it_is_off_with_one_switch(app: MessagesApp, short_path: Path) -> None:
    """Nothing is made, and the stats say why."""
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags, JARVIS_PREFETCH="off") as daemon:
        opened = await daemon.ask("prefetch_focus", chat_id=app.chat_guid)
        hovered = await daemon.ask("prefetch_hover", chat_id=app.chat_guid)
        stats = await daemon.ask("prefetch_stats")
    assert (opened["prefetched"], hovered["prefetched"]) == (False, False)
    assert (stats["running"], stats["executor"]["state"]) == (False, "off")
    resources = stats["executor"]["resource_manager"]
    assert not resources["can_prefetch"]
    assert "JARVIS_PREFETCH" in resources["reason"]
    assert stats["executor"]["skipped_by_reason"] == {resources["reason"]: 2}


async def test_where_no_reply_is_expected_nothing_is_made(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """And the stats say so."""
    await asyncio.to_thread(app.write, "see you there", date=now, from_me=True)
    await daemon.ask("prefetch_focus", chat_id=app.chat_guid)
    stats = await stats_with(daemon, "executor", "skipped")
    assert stats["executor"]["skipped_by_reason"] == {"no reply is expected": 1}
    assert stats["executor"]["executed"] == 0


async def test_an_unknown_conversation_is_an_error(daemon: DaemonProcess) -> None:
    """Whatever is asked of it."""
    for method in ("prefetch_focus", "prefetch_hover", "prefetch_invalidate"):
        refused = await daemon.ask(method, chat_id="iMessage;-;nobody")
        assert refused["data"]["kind"] == "UnknownChat"


async def test_a_client_that_opens_one_and_hangs_up_leaves_the_daemon_well(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """One draft is made; it is there for whoever comes next, once."""
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    async with daemon.raw() as client:
        client.ask(1, "prefetch_focus", chat_id=app.chat_guid)
        await client.answer(1)
    await stats_with(daemon, "executor", "executed")
    async with Client(daemon.socket) as late, Client(daemon.socket) as later:
        assert (await drafted(late, app.chat_guid)).prefetched
        assert not (await drafted(later, app.chat_guid)).prefetched


async def test_a_worker_that_dies_at_it_fails_nobody(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """It is counted; whoever opens the conversation again gets a draft."""
    flags = on_inbox(app.path.parent)
    slow = {"JARVIS_SCRIPTED_TOKEN_MS": "200"}
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    async with living(short_path, *flags, **slow) as daemon:
        await daemon.ask("prefetch_focus", chat_id=app.chat_guid)
        await loaded(daemon)
        os.kill(await daemon.worker_pid(), signal.SIGKILL)
        stats = await stats_with(daemon, "executor", "failed")
        assert stats["executor"]["executed"] == 0
        await daemon.ask("prefetch_focus", chat_id=app.chat_guid)
        await stats_with(daemon, "executor", "executed")


async def test_what_is_dropped_on_wish_is_made_for_nobody(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """It says how many drafts those were."""
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    await daemon.ask("prefetch_focus", chat_id=app.chat_guid)
    await stats_with(daemon, "executor", "executed")
    first = await daemon.ask("prefetch_invalidate")
    second = await daemon.ask("prefetch_invalidate", chat_id=app.chat_guid)
    assert [first["invalidated"], second["invalidated"]] == [1, 0]
    async with Client(daemon.socket) as client:
        assert not (await drafted(client, app.chat_guid)).prefetched


async def loaded(daemon: DaemonProcess) -> None:
    """Wait until the model is at its first text."""
    async with asyncio.timeout(30):
        while (await daemon.ask("get_status"))["model"]["state"] != "ready":
            continue


async def until(condition: Any) -> None:
    """Wait for something that a thread brings about."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # a server in a thread
            await asyncio.sleep(0.005)


def halting(text: str, goes_on: Event) -> Speech:
    """A text of which most comes at once, and the rest when it may."""

    def speech(connection: socket.socket) -> None:
        connection.sendall(head() + chunk(text[:-8]))
        assert goes_on.wait(WAIT_S)
        connection.sendall(chunk(text[-8:]) + chunk(finish="stop") + DONE)

    return speech
