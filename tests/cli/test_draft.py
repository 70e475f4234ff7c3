"""`jarvis draft`: the reply on one stream, what is to be known of it on the other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import writes, written_by


async def draft(
    daemon: DaemonProcess, chat: str, *more: str
) -> subprocess.CompletedProcess[str]:
    """The command against this daemon."""
    command = [sys.executable, "-m", "jarvis", "draft", chat, *more]
    environment = {**os.environ, "JARVIS_HOME": str(daemon.home)}
    return await asyncio.to_thread(
        lambda: subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=50
        )
    )


async def test_what_a_draft_made_up_is_said_beside_it(
    app: MessagesApp, short_path: Path
) -> None:
    """A pipe gets the reply alone."""
    await asyncio.to_thread(
        app.write, "when do we meet?", date=datetime.now().astimezone()
    )
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        written_by(daemon, writes("At 7:40, see evil.example.com")),
    ):
        done = await draft(daemon, app.chat_guid)
    assert done.stdout.lower() == "at 7:40, see evil.example.com\n"
    looked_at, source = done.stderr.splitlines()
    assert looked_at == "Look at 7:40, evil.example.com: nobody wrote that before."
    assert source.startswith("[model small")


async def test_a_draft_that_was_cut_is_said_to_be(
    app: MessagesApp, short_path: Path
) -> None:
    """It ends with its last whole sentence; what is no reply leaves no blank line."""
    await asyncio.to_thread(app.write, "and?", date=datetime.now().astimezone())
    speeches = (
        writes("<chat-548b509f>"),
        writes("i would love to! and i could bring the", finish="length"),
    )
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        written_by(daemon, *speeches),
    ):
        done = await draft(daemon, app.chat_guid, "-n", "2")
    assert done.stdout == "i would love to!\n"
    cut, source = done.stderr.splitlines()
    assert cut.startswith("The model had more to say")
    assert source.startswith("[model small")


async def test_a_beginning_that_came_to_nothing_is_said_to_be_none(
    app: MessagesApp, short_path: Path
) -> None:
    """It is in the stream already; --json tells what is left."""
    await asyncio.to_thread(app.write, "and?", date=datetime.now().astimezone())
    speeches = (
        writes("i would love to come and i could bring the", finish="length"),
        writes("sounds good, see you then!"),
    )
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        written_by(daemon, *speeches),
    ):
        done = await draft(daemon, app.chat_guid, "-n", "2")
    assert done.stdout.endswith("\n\nsounds good, see you then!\n")
    assert "could not be sent" in done.stderr


async def test_without_a_model_it_says_how_to_get_one(
    app: MessagesApp, short_path: Path
) -> None:
    """Whatever was answered to the same words before."""
    now = datetime.now().astimezone()
    await asyncio.to_thread(app.write, "coming to the lake with us?", date=now)
    await asyncio.to_thread(app.write, "gladly, count me in", date=now, from_me=True)
    await asyncio.to_thread(app.write, "coming to the lake with us?", date=now)
    flags = on_inbox(app.path.parent, "mlx")
    async with living(short_path, *flags) as daemon:
        done = await draft(daemon, app.chat_guid)
    assert done.stdout == ""
    assert "jarvis models" in done.stderr
