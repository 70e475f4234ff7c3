"""What Jarvis has learnt is shown, over a restart, and can be forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jarvis.records import ChatId
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


OPENER = "walnuts"
ENGLISH = f"{OPENER} are what i like best with the bread"
GERMAN = f"{OPENER} sind was ich am liebsten mit dem brot habe"


def converse(app: MessagesApp, texts: list[str], now: datetime) -> None:
    """Somebody asks and the user answers two minutes later, each hour, up to now."""
    for hours_ago, text in enumerate(reversed(texts), 1):
        asked = now - timedelta(hours=hours_ago)
        app.write("what shall i bring along?", date=asked)
        app.write(text, date=asked + timedelta(minutes=2), from_me=True)


async def test_the_voice_with_somebody_is_shown_as_it_grows(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Of a few messages that of all; then theirs, in both languages; it is in no file."""
    chat = app.chat_guid
    before = await daemon.ask("get_voice", chat_id=chat)
    texts = [*[ENGLISH] * 8, *[GERMAN] * 8]
    await asyncio.to_thread(converse, app, texts[:3], now - timedelta(hours=20))
    few = await voice_of(daemon, chat, before["own_messages"] + 3)
    assert few["habits"]["is_of_contact"] is (few["own_messages"] >= few["fewest"])
    await asyncio.to_thread(converse, app, texts * 2, now)
    voice = await voice_of(daemon, chat, few["own_messages"] + 32)
    habits = voice["habits"]
    assert habits["is_of_contact"] is True
    assert habits["count"] == voice["own_messages"]
    assert habits["openers"][0] == OPENER
    assert {"de", "en"} <= {each["code"] for each in habits["languages"]}
    assert (habits["case"], voice["answers"] >= 35) == ("lower", True)
    assert voice["median_wait_ms"] == 120_000
    log = await asyncio.to_thread((daemon.home / "daemon.log").read_text)
    assert OPENER not in log
    await daemon.ask("forget", what="everything")
    assert await voice_of(daemon, chat, voice["own_messages"]) == voice


async def voice_of(daemon: DaemonProcess, chat: ChatId, own_messages: int) -> Any:
    """What is known once so many messages of the user are."""
    async with asyncio.timeout(30):
        while True:
            voice = await daemon.ask("get_voice", chat_id=chat)
            if voice.get("own_messages") == own_messages:
                return voice


async def test_of_a_conversation_that_is_not_there_no_voice_is_known(
    daemon: DaemonProcess,
) -> None:
    """The error is that of every method about one."""
    error = await daemon.ask("get_voice", chat_id="nobody")
    assert error["data"]["kind"] == "UnknownChat"
    error = await daemon.ask("get_voice")
    assert (error["data"]["kind"], error["data"]["field"]) == (
        "InvalidParams",
        "chat_id",
    )
