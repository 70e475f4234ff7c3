"""Models that think aloud, forget to end or write something else: through a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from jarvis.client import Client
from jarvis.errors import ModelUnavailable
from jarvis.records import ChatId
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.model_server import Speech
from tests.journeys.daemon_process import DaemonProcess
from tests.journeys.hard_mail import drafted, summarized, writes, written_by

TEXT = "sounds good, see you at six!"
OUTPUTS = {
    "plain": TEXT,
    "a thought that its template began": (
        f"Okay, the user wants me to reply. Keep it short.\n</think>\n\n{TEXT}"
    ),
    "channels": (
        "<|channel|>analysis<|message|>Say yes.<|end|><|start|>assistant"
        f"<|channel|>final<|message|>{TEXT}<|return|>"
    ),
    "a mark": f"{TEXT}<|eot_id|>",
    "an invented turn": f"{TEXT}<|im_end|>\n<|im_start|>user\nwhat else?<|im_end|>",
    "a long thought": f"<think>\n{'Let me see.' * 100}\n\n</think>\n\n{TEXT}",
    "an announcement": f"Here's a reply you could send:\n\n{TEXT}",
    "twice": f"{TEXT} {TEXT} {TEXT}",
}
REFUSED = {
    "<chat-548b509f>": "frame",
    "The last message is in compliance with the request.": "about_task",
    "hey! i'm here to answer your questions.": "about_task",
    "<think>never ends": "thought",
}


@pytest.fixture
async def chat(app: MessagesApp) -> ChatId:
    """A conversation that waits for an answer."""
    await asyncio.to_thread(app.write, "dinner at six?", date=datetime.now(UTC))
    return ChatId(app.chat_guid)


@asynccontextmanager
async def answered(daemon: DaemonProcess, *speeches: Speech) -> AsyncIterator[Client]:
    """A client of a daemon whose model writes so, one text after another."""
    async with written_by(daemon, *speeches), Client(daemon.socket) as client:
        yield client


async def test_what_is_no_part_of_a_reply_never_streams(
    chat: ChatId, daemon: DaemonProcess
) -> None:
    """By the same model, one after another: what streamed is the suggestion."""
    speeches = [writes(*raw) for raw in OUTPUTS.values()]
    seen: dict[str, str] = {}
    async with answered(daemon, *speeches) as client:
        for name in OUTPUTS:
            # Which also sees that it streamed as it is.
            draft = await drafted(client, chat)
            (suggestion,) = draft.suggestions
            assert suggestion.finish_reason == "stop"
            seen[name] = suggestion.text
    assert seen == dict.fromkeys(OUTPUTS, TEXT)


async def test_what_is_no_reply_is_refused_and_counted(
    chat: ChatId, daemon: DaemonProcess
) -> None:
    """An error that says why; the reasons stand in the metrics, the texts nowhere."""
    async with answered(daemon, *(writes(*raw) for raw in REFUSED)) as client:
        before = (await client.call("get_routing_metrics")).dropped
        for _ in REFUSED:
            with pytest.raises(ModelUnavailable, match="no reply that could be sent"):
                await drafted(client, chat)
        after = (await client.call("get_routing_metrics")).dropped
    counted = {
        reason: after.get(reason, 0) - before.get(reason, 0)
        for reason in REFUSED.values()
    }
    assert counted == {"frame": 1, "about_task": 2, "thought": 1}


async def test_a_summary_is_the_summary_alone(
    chat: ChatId, daemon: DaemonProcess
) -> None:
    """Neither the thought nor the prompt, neither streamed nor in the result."""
    raw = (
        "The user wants a summary.\n</think>\n\nHere's a summary of the chat:\n\n"
        "Dinner is at six.\n<chat-548b509f>\n- When: at six<|im_end|>"
    )
    async with answered(daemon, writes(*raw)) as client:
        summary = await summarized(client, chat)
    assert summary.summary == "Dinner is at six."
    assert summary.key_points == ("When: at six",)
