"""What changes afterwards: messages edited and unsent, and what became of suggestions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fixtures.messages_writer import MessagesWriter
from jarvis.assistant.drafting.calibration import FEWEST_OUTCOMES
from jarvis.client import Client
from jarvis.demo.live import Written
from jarvis.errors import UnknownChat
from jarvis.records import ChatId
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import asked, drafted, writes, written_by

_MOST_SUGGESTIONS = 5


@pytest.fixture
def writer(app: MessagesApp) -> Iterator[MessagesWriter]:
    """Messages, which can change its mind."""
    writer = MessagesWriter(app.path)
    yield writer
    writer.close()


async def change_told(daemon: DaemonProcess) -> None:
    """Wait until a message is known to have changed."""
    news = await daemon.ask(
        "events.poll", since=0, events=["message_updated"], timeout_ms=4_000
    )
    assert news["events"]


async def test_a_message_that_was_edited_or_unsent_is_answered_anew(
    daemon: DaemonProcess, app: MessagesApp, writer: MessagesWriter
) -> None:
    """The draft of before is not offered again, and no prompt has the old words."""
    chat = app.chat_guid
    await asyncio.to_thread(writer.incoming, chat, "the play is on saturday")
    message = await asyncio.to_thread(writer.incoming, chat, "dinner with walruses?")
    speeches = [writes("ok"), writes("fine"), writes("good")]
    async with written_by(daemon, *speeches) as server, Client(daemon.socket) as client:
        assert (await drafted(client, chat)).route == "model"
        assert (await drafted(client, chat, only_if_expected=True)).route == "cached"

        await asyncio.to_thread(writer.edit, message, "dinner with penguins?")
        edited = await drafted(client, chat)
        assert (edited.route, edited.suggestions[0].text) == ("model", "fine")
        assert "walruses" not in asked(server)
        assert "penguins" in asked(server)

        await asyncio.to_thread(writer.unsend, message)
        unsent = await drafted(client, chat)
        assert (unsent.route, unsent.suggestions[0].text) == ("model", "good")
        assert "penguins" not in asked(server)
        assert unsent.context_used.last_message == "the play is on saturday"


async def test_what_the_user_took_back_is_an_example_no_more(
    daemon: DaemonProcess, app: MessagesApp, writer: MessagesWriter, now: datetime
) -> None:
    """Of how the user answers: the next prompt is without it."""
    chat = app.chat_guid
    before = now - timedelta(minutes=9)
    await asyncio.to_thread(app.write, "xylophone quagga zeppelin?", date=before)
    (rowid,) = await asyncio.to_thread(
        app.write, "only for jubilees", date=before, from_me=True, guid="jubilee"
    )
    own = Written(rowid=rowid, guid="jubilee")
    await asyncio.to_thread(app.write, "xylophone quagga zeppelin?", date=now)
    speeches = [writes("ok"), writes("fine")]
    async with written_by(daemon, *speeches) as server, Client(daemon.socket) as client:
        await drafted(client, chat, context_messages=1)
        assert "only for jubilees" in asked(server)
        await asyncio.to_thread(writer.unsend, own)
        await change_told(daemon)
        again = await drafted(client, chat, context_messages=1)
        assert (again.route, again.suggestions[0].text) == ("model", "fine")
        assert "jubilees" not in asked(server)


async def test_two_hundred_outcomes_put_confidences_right_for_good(
    app: MessagesApp, short_path: Path
) -> None:
    """Not before; and the next daemon has not forgotten it."""
    flags, chat = on_inbox(app.path.parent), app.chat_guid
    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        with pytest.raises(UnknownChat):
            await client.call(
                "record_feedback",
                chat_id=ChatId("nobody"),
                action="sent",
                suggestion_text="yes",
            )
        for _ in range(FEWEST_OUTCOMES // _MOST_SUGGESTIONS):
            draft = await drafted(client, chat, num_suggestions=_MOST_SUGGESTIONS)
            assert not draft.calibrated
            assert len(draft.suggestions) == _MOST_SUGGESTIONS
            for each in draft.suggestions:
                assert each.confidence is not None
                await client.call(
                    "record_feedback",
                    chat_id=chat,
                    action="sent",
                    suggestion_text=each.text,
                )
        assert (await drafted(client, chat, num_suggestions=1)).calibrated
    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        again = await drafted(client, chat, num_suggestions=_MOST_SUGGESTIONS)
    assert again.calibrated
    # All of them were sent as they were.
    assert {each.confidence for each in again.suggestions} == {1.0}
