"""What Jarvis has learnt is shown, over a restart, and can be forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox


async def used(daemon: DaemonProcess) -> tuple[int, int]:
    """How many suggestions were used, of how many of which something was said."""
    weeks = (await daemon.ask("get_trend"))["weeks"]
    taken = sum(week["sent"] + week["copied"] + week["edited"] for week in weeks)
    return taken, sum(week["used"]["count"] for week in weeks)


async def test_what_became_of_suggestions_is_counted_until_it_is_forgotten(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """By the next daemon, too; `forget everything` leaves none of it."""
    chat = app.chat_guid
    await asyncio.to_thread(app.write, "are you coming along?", date=now)
    flags = on_inbox(app.path.parent)
    async with living(short_path, *flags, JARVIS_PREFETCH="off") as daemon:
        assert await used(daemon) == (0, 0)
        draft = await daemon.ask(
            "generate_draft", chat_id=chat, num_suggestions=3, stream=False
        )
        text = draft["suggestions"][0]["text"]
        for action in ("sent", "edited", "dismissed"):
            await daemon.ask(
                "record_feedback", chat_id=chat, action=action, suggestion_text=text
            )
        assert await used(daemon) == (2, 3)
    async with living(short_path, *flags, JARVIS_PREFETCH="off") as daemon:
        assert await used(daemon) == (2, 3)
        await daemon.ask("forget", what="everything")
        assert await used(daemon) == (0, 0)
