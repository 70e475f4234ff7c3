"""A draft that was made ready when a conversation was opened, and those who ask then."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from datetime import datetime
from threading import Event

from jarvis.client import Client
from jarvis.records import Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.child import WAIT_S
from tests.inference.model_server import DONE, ModelServer, chunk, head
from tests.journeys.daemon_process import DaemonProcess
from tests.journeys.hard_mail import drafted, writes, written_by


async def test_it_is_there_at_once_for_who_was_there_and_one_who_comes_later(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """Once for each; then whoever asks gets one of their own."""
    chat = app.chat_guid
    await asyncio.to_thread(app.write, "shall we have dinner?", date=now)
    speeches = [writes("ready"), writes("another"), writes("one more")]
    async with (
        written_by(daemon, *speeches) as server,
        Client(daemon.socket) as one,
        Client(daemon.socket) as two,
    ):
        await two.call("ping")
        ready = await drafted(one, chat, only_if_expected=True)
        async with Client(daemon.socket) as late:
            found = [await drafted(each, chat) for each in (one, two, late)]
            again = [await drafted(each, chat) for each in (one, late)]
    assert (ready.route, ready.from_cache) == ("model", False)
    assert {(each.route, each.from_cache) for each in found} == {("cached", True)}
    assert [each.suggestions for each in found] == [ready.suggestions] * 3
    assert [each.suggestions[0].text for each in again] == ["another", "one more"]
    assert len(prompts(server)) == 3


async def test_it_is_read_from_its_first_word_while_it_is_written(
    daemon: DaemonProcess, app: MessagesApp, now: datetime
) -> None:
    """And goes on for who asked in person when who opened the conversation leaves it."""
    goes_on = Event()
    text = "there is soup and bread! it is hot"

    def speech(connection: socket.socket) -> None:
        connection.sendall(head() + chunk("there is soup and bread! i"))
        assert goes_on.wait(WAIT_S)
        connection.sendall(chunk("t is hot") + chunk(finish="stop") + DONE)

    chat = app.chat_guid
    await asyncio.to_thread(app.write, "what is there to eat?", date=now)
    async with (
        written_by(daemon, writes("soup"), speech) as server,
        Client(daemon.socket) as one,
        Client(daemon.socket) as two,
    ):
        # Whether the model thinks is known when it has written once.
        await drafted(two, chat, context_messages=1)
        opened = AsyncExitStack()
        passing = await opened.enter_async_context(
            one.stream("generate_draft", chat_id=chat, only_if_expected=True)
        )
        await anext(aiter(passing))
        async with two.stream("generate_draft", chat_id=chat) as asked:
            tokens = [await anext(aiter(asked))]
            await opened.aclose()
            goes_on.set()
            tokens += [token async for token in asked]
        draft: Draft = asked.result
    assert "".join(token.text for token in tokens) == text
    assert [each.text for each in draft.suggestions] == [text]
    assert (draft.route, draft.from_cache) == ("cached", True)
    assert len(prompts(server)) == 2


def prompts(server: ModelServer) -> list[object]:
    """What the model was asked."""
    return [body["messages"] for body in server.bodies if body]
