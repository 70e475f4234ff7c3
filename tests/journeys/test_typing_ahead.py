"""Typing faster than the screen follows: a terminal, a daemon, and what was sent."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jarvis.client import BlockingClient
from jarvis.records import ChatId
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.tui.terminal import at_a_terminal

PASTED = ("the first of three lines", "the second of them", "and the last")


@pytest.fixture
async def demo(app: MessagesApp, short_path: Path) -> AsyncIterator[DaemonProcess]:
    """A daemon that sends into the made-up inbox."""
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags, "--sender", "demo") as daemon:
        yield daemon


async def test_each_message_is_what_was_typed_for_it(
    demo: DaemonProcess, app: MessagesApp
) -> None:
    """Ahead of the screen, and while it stands still; a paste sends nothing."""
    app.write("are you there?")
    wanted = ["on", "my", "ok", "see you!"]

    def watch() -> list[str]:
        tui = [sys.executable, "-m", "jarvis", "tui"]
        with at_a_terminal({"JARVIS_HOME": str(demo.home)}, command=tui) as terminal:

            def until_sent(text: str) -> None:
                terminal.until(lambda: own_texts(demo, app.chat_guid)[-1] == text)

            terminal.until_painted(b"are you there?")
            terminal.type(b"\r")
            terminal.until_painted(b"enter sends")
            terminal.type(b"on\rmy\r")
            for words in (b"ok\rsee", b" you", b"!\r"):
                terminal.stop()
                terminal.type(words)
                terminal.go_on()
            until_sent(wanted[-1])
            terminal.type("\r".join(PASTED).encode())
            terminal.until_painted(PASTED[-1].encode())
            return own_texts(demo, app.chat_guid)

    assert (await asyncio.to_thread(watch))[-len(wanted) :] == wanted


def own_texts(daemon: DaemonProcess, chat_id: ChatId) -> list[str]:
    """What stands in the history as the user's own, oldest first."""
    with BlockingClient(daemon.socket) as client:
        page = client.call("list_messages", chat_id=chat_id, limit=100)
    return [each["text"] for each in page["messages"] if each["is_from_me"]]
