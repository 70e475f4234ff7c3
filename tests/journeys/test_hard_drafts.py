"""Drafts, summaries and short answers where the chat or the model makes it hard."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jarvis.client import Client
from jarvis.errors import ModelUnavailable
from jarvis.records import ChatId, Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.model_server import DONE, chunk, head, says
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox, start
from tests.journeys.hard_mail import (
    asked,
    drafted,
    fill,
    short_answers,
    summarized,
    writes,
    written_by,
)

SCRIPTS = (
    "Café à 8 h ? Ça te va, naïve Zoë",
    "Привет, как дела? Ёлка готова",
    "مرحبا، كيف حالك اليوم؟",
    "नमस्ते, क्या तुम आओगे?",
    "你好吗？明日は東京で 韓國도",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 e\u0301 ❤️",
)
"""Letters of one, two, three and four bytes, joined and combined ones among them."""


class Shared:
    """Messages and a daemon that all tests here speak to; each brings its own thread."""

    def __init__(self, app: MessagesApp, daemon: DaemonProcess) -> None:
        self.app = app
        self.daemon = daemon
        self._written = 0

    @property
    def chat(self) -> ChatId:
        """The chat they all write into."""
        return ChatId(self.app.chat_guid)

    async def hear(self, *texts: str, said_by_user: bool = False) -> None:
        """Somebody writes, a second after what was written before: the other side."""
        for text in texts:
            self._written += 1
            date = datetime.now(UTC) - timedelta(hours=1, seconds=-self._written)
            await asyncio.to_thread(
                self.app.write, text, date=date, from_me=said_by_user
            )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One daemon for all of them."""
    app = MessagesApp(tmp_path_factory.mktemp("messages"), messages=20)
    with TemporaryDirectory(prefix="jv") as home:
        daemon = start(Path(home), *on_inbox(app.path.parent), HOME=home)
        yield Shared(app, daemon)
        daemon.process.terminate()
        daemon.process.communicate(timeout=50)
    app.close()


async def test_a_thread_in_five_scripts_comes_through_whole(shared: Shared) -> None:
    """To the model and back, though its server tears every letter into bytes."""
    await shared.hear(*SCRIPTS)
    # What is asked would be an echo; so much of it in one sentence is none.
    text = " / ".join(line.rstrip(" ?？؟") for line in SCRIPTS)
    torn = [bytes([byte]) for byte in chunk(text)]
    speech = says(head(), *torn, chunk(finish="stop"), DONE)
    async with (
        written_by(shared.daemon, speech) as server,
        Client(shared.daemon.socket) as client,
    ):
        draft = await drafted(client, shared.chat)
    assert draft.suggestions[0].text == text
    assert all(line in asked(server) for line in SCRIPTS)


async def test_a_model_that_never_stops_is_stopped(shared: Shared) -> None:
    """It has its tokens and those of a thought, and no more are read."""
    await shared.hear("do you ever stop?")

    def endless(connection: socket.socket) -> None:
        connection.sendall(head())
        while True:
            connection.sendall(chunk("on "))

    async with (
        written_by(shared.daemon, endless),
        Client(shared.daemon.socket) as client,
    ):
        with pytest.raises(ModelUnavailable, match="sentence did not end"):
            await drafted(client, shared.chat)
        metrics = await client.call("get_routing_metrics")
    assert metrics.dropped == {"cut": 1}


async def test_what_a_model_says_twice_is_offered_once(shared: Shared) -> None:
    """Case and marks make no difference; what differs stays, in streams of its own."""
    await shared.hear("shall we go by train?")
    speeches = [writes("Yes, ", "gladly"), writes("yes gladly!"), writes("Rather not")]
    async with (
        written_by(shared.daemon, *speeches),
        Client(shared.daemon.socket) as client,
    ):
        draft = await drafted(client, shared.chat, num_suggestions=3)
    assert {each.text for each in draft.suggestions} == {"Yes, gladly", "Rather not"}
    assert {each.suggestion for each in draft.suggestions} == {0, 2}


async def test_half_a_letter_at_the_end_is_left_out(shared: Shared) -> None:
    """What a cut text leaves behind never reaches the screen."""
    await shared.hear("how was the show?")
    speech = writes("so good! \ufffd", "\ufffd", finish="length")
    async with (
        written_by(shared.daemon, speech),
        Client(shared.daemon.socket) as client,
    ):
        draft = await drafted(client, shared.chat)
    assert draft.suggestions[0].text == "so good!"


async def test_bytes_that_are_no_text_fail_one_draft_only(shared: Shared) -> None:
    """One sentence for it, in lines that anybody can read; the next draft is written."""
    await shared.hear("are you still there?")
    garbage = chunk("xxx").replace(b"xxx", b"\xff\xfe\xc3(\xf0\x9f")
    speeches = [says(head(), garbage, DONE), writes("still here")]
    async with (
        written_by(shared.daemon, *speeches),
        Client(shared.daemon.socket) as client,
        shared.daemon.raw() as raw,
    ):
        raw.ask(1, "generate_draft", chat_id=shared.chat)
        error = (await raw.answer(1))["error"]
        draft = await drafted(client, shared.chat)
    assert error["data"]["kind"] == "ModelUnavailable"
    assert draft.suggestions[0].text == "still here"


async def test_a_model_that_writes_nothing_is_an_error(shared: Shared) -> None:
    """No empty card: what to do about it; for a summary the same."""
    await shared.hear("say something!")
    speeches = [writes(), writes(" \n", "\ufffd")]
    async with (
        written_by(shared.daemon, *speeches),
        Client(shared.daemon.socket) as client,
    ):
        with pytest.raises(ModelUnavailable, match=r"wrote nothing.*ask again"):
            await drafted(client, shared.chat)
        with pytest.raises(ModelUnavailable, match="wrote nothing"):
            await summarized(client, shared.chat)


async def test_what_a_model_made_up_is_flagged(shared: Shared) -> None:
    """Numbers and links that nobody wrote; those of the thread are none of them."""
    await shared.hear("dinner at 19:30 in room 4711? see https://menu.example/today")
    text = "7:30 pm at 4711 is fine, https://menu.example/today; call 0171 2345678"
    speech = writes(text, ", or look at www.fake.example")
    async with (
        written_by(shared.daemon, speech),
        Client(shared.daemon.socket) as client,
    ):
        draft = await drafted(client, shared.chat, context_messages=1)
    assert draft.suggestions[0].foreign == ("0171 2345678", "www.fake.example")


async def test_an_instruction_may_hold_any_character(shared: Shared) -> None:
    """Quotes, lines, marks that models heed, every script: it reaches the model as text."""
    await shared.hear("what do you say?")
    instruction = 'say "no"\n\tkindly {x} </chat> \\ 100 % <|im_end|> ' + " ".join(
        SCRIPTS
    )
    async with (
        written_by(shared.daemon, *map(writes, ("no 🙂", "no!"))) as server,
        Client(shared.daemon.socket) as client,
    ):
        first, again, anew = [
            await drafted(client, shared.chat, instruction=instruction, **how)
            for how in ({}, {"only_if_expected": True}, {"skip_cache": True})
        ]
    assert (first.route, again.route, anew.route) == ("model", "cached", "model")
    assert again.suggestions == first.suggestions
    assert (first.suggestions[0].text, anew.suggestions[0].text) == ("no 🙂", "no!")
    assert "<|im_end|>" not in asked(server)
    assert all(script in asked(server) for script in SCRIPTS)


async def test_two_who_ask_the_same_at_once_are_both_answered(shared: Shared) -> None:
    """Each on the own connection, with tokens of the own; none gets the other's."""
    await shared.hear("coming to the lake?")
    speeches = [writes("On ", "my way"), writes("On ", "my way")]
    async with (
        written_by(shared.daemon, *speeches),
        Client(shared.daemon.socket) as one,
        Client(shared.daemon.socket) as other,
    ):
        drafts = await asyncio.gather(
            *(drafted(each, shared.chat, skip_cache=True) for each in (one, other))
        )
    assert [draft.suggestions[0].text for draft in drafts] == ["On my way"] * 2


async def test_messages_of_a_megabyte_are_answered(shared: Shared) -> None:
    """The question at the end is heard, the prompt stays short, the user's own count."""
    megabyte = "lorem ipsum dolor sit amet, " * 40_000
    await shared.hear(megabyte, said_by_user=True)
    await shared.hear(f"{megabyte}. will you come?")
    summary = writes("A long text came.\n", "- Open: an answer")
    async with (
        written_by(shared.daemon, writes("I will"), summary) as server,
        Client(shared.daemon.socket) as client,
    ):
        draft = await drafted(client, shared.chat, only_if_expected=True)
        told = await summarized(client, shared.chat)
        answers = await short_answers(client, shared.chat)
    assert (draft.route, draft.suggestions[0].text) == ("model", "I will")
    assert told.key_points == ("Open: an answer",)
    assert "I will" in answers
    assert max(len(json.dumps(body)) for body in server.bodies[1:]) < 20_000


async def test_a_chat_of_a_hundred_thousand_messages_is_answered(
    app: MessagesApp, short_path: Path
) -> None:
    """The end of it, that is; and whoever pings meanwhile is answered all along."""
    await asyncio.to_thread(fill, app, 100_000)
    chat, pings = app.chat_guid, 0
    async with (
        living(short_path, *on_inbox(app.path.parent)) as daemon,
        Client(daemon.socket) as client,
        Client(daemon.socket) as pinger,
    ):

        async def ask_all() -> tuple[Draft, int, list[str]]:
            draft = await drafted(client, chat, context_messages=100)
            summary = await summarized(client, chat, num_messages=500)
            return draft, summary.message_count, await short_answers(client, chat)

        asking = asyncio.create_task(ask_all())
        async with asyncio.timeout(30):
            while not asking.done():
                assert (await pinger.call("ping")).status in ("ok", "starting")
                pings += 1
            draft, summarized_messages, answers = await asking
    assert pings >= 10
    assert 0 < draft.context_used.num_messages <= 100
    assert draft.context_used.last_message == "are you coming to number 99999?"
    assert 0 < summarized_messages <= 500
    assert len(answers) == 3
