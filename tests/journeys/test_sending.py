"""Sending through the socket: into the demo's inbox, and where nothing can be sent."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


@pytest.fixture
async def demo(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that sends into the made-up inbox."""
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags, "--sender", "demo") as daemon:
        yield daemon


async def test_what_is_sent_appears_and_its_states_are_told(
    demo: DaemonProcess, app: MessagesApp
) -> None:
    """The answer, the event and the page speak of one message."""
    assert (await demo.ask("ping"))["can_send"] is True
    assert (await demo.ask("get_status"))["sending"]["sender"] == "demo"
    async with demo.raw() as client:
        client.ask(1, "subscribe", events=["send_status", "new_message"])
        await client.answer(1)
        client.ask(
            2,
            "send_message",
            chat_id=app.chat_guid,
            text="from the socket",
            idempotency_key="one",
        )
        lines = await client.until_answer(2)
        sent = lines.pop()["result"]
        assert sent["status"] == "sent"
        while "delivered" not in [each["params"].get("status") for each in lines]:
            lines.append(await client.line())
        while "new_message" not in [each["method"] for each in lines]:
            lines.append(await client.line())
    new = [each["params"] for each in lines if each["method"] == "new_message"]
    states = [each["params"] for each in lines if each["method"] == "send_status"]
    assert {each["guid"] for each in new} == {sent["guid"]}
    told = [each["status"] for each in states]
    assert told[0] == "accepted"
    assert told == sorted(set(told), key=told.index), "each state once"
    page = await demo.ask("list_messages", chat_id=app.chat_guid, limit=1)
    assert page["messages"][0]["guid"] == sent["guid"]
    assert page["messages"][0]["is_from_me"] is True


@pytest.mark.parametrize("wait_s", [0.0, 0.05, 0.15, 0.3, 0.5])
async def test_a_kill_in_the_middle_never_sends_twice(
    app: MessagesApp, short_path: Path, wait_s: float
) -> None:
    """The client asks again with its key, and is told what became of the first time."""
    flags = [*on_inbox(app.path.parent), "--sender", "demo"]
    request = {
        "chat_id": app.chat_guid,
        "text": "only once",
        "idempotency_key": "the key",
    }
    async with living(short_path, *flags) as daemon, daemon.raw() as client:
        client.ask(1, "send_message", **request)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.line(), wait_s)
        daemon.process.kill()
        await daemon.ended()
    async with living(short_path, *flags) as daemon:
        sent = await daemon.ask("send_message", **request)
        assert sent["status"] in ("sent", "unknown", "failed")
        page = await daemon.ask("list_messages", chat_id=app.chat_guid, limit=20)
    texts = [message["text"] for message in page["messages"]]
    assert texts.count("only once") <= 1
    if sent["status"] in ("sent", "failed"):
        assert texts.count("only once") == (sent["status"] == "sent")


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac can send")
async def test_a_machine_without_messages_says_that_it_cannot(
    daemon: DaemonProcess, app: MessagesApp
) -> None:
    """CannotSend, with what to do; nothing is written anywhere."""
    assert (await daemon.ask("ping"))["can_send"] is False
    refused = await daemon.ask(
        "send_message", chat_id=app.chat_guid, text="hello", idempotency_key="k"
    )
    assert refused["data"]["kind"] == "CannotSend"
    assert "Mac" in refused["message"]
    assert (await daemon.ask("get_status"))["sending"]["reason"] == refused["message"]


async def test_an_unknown_conversation_is_refused_before_anything_is_sent(
    demo: DaemonProcess,
) -> None:
    """By its own error."""
    refused = await demo.ask(
        "send_message", chat_id="nobody", text="hello", idempotency_key="k"
    )
    assert refused["data"]["kind"] == "UnknownChat"
