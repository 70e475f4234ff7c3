"""Which model writes: none at all, another one half way, one that is gone or too small."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from jarvis.client import Client
from jarvis.errors import ModelUnavailable
from jarvis.records import ChatId, Draft
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference import fm_program
from tests.inference.child import WAIT_S
from tests.inference.model_server import DONE, chunk, head
from tests.inference.tiny_model import write_tiny_model
from tests.journeys.daemon_process import DaemonProcess, living, on_inbox
from tests.journeys.hard_mail import drafted, short_answers, writes, written_by
from tests.needs import needs_mlx


async def hear(app: MessagesApp, *texts: str, at: datetime) -> None:
    """The other side writes."""
    await asyncio.to_thread(app.write, *texts, date=at)


async def answer(app: MessagesApp, *texts: str, at: datetime) -> None:
    """The user writes."""
    await asyncio.to_thread(app.write, *texts, date=at, from_me=True)


async def test_without_a_model_short_answers_and_reasons_are_all_there_is(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """What was answered before is no draft; each reason says what to do."""
    before, chat = now - timedelta(days=20), app.chat_guid
    await hear(app, "are you coming to the lake with us?", at=before)
    await answer(app, "gladly, count me in", at=before + timedelta(minutes=1))
    await hear(app, "are you coming to the lake with us?", at=now)
    flags = on_inbox(app.path.parent, "mlx")
    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        for only_if_expected in (True, False):
            with pytest.raises(ModelUnavailable, match="`jarvis models"):
                await drafted(client, chat, only_if_expected=only_if_expected)
        offered = await client.call("get_smart_replies", chat_id=chat)
        assert (len(offered.suggestions), offered.reason) == (3, None)

        await answer(app, "let me think", at=now + timedelta(seconds=1))
        silent = await drafted(client, chat, only_if_expected=True)
        assert (silent.gated, silent.suggestions) == (True, ())
        assert silent.reason == "You wrote the last message."
        gated = await client.call("get_smart_replies", chat_id=chat)
        assert (gated.suggestions, gated.reason) == ((), silent.reason)

        await hear(app, "xylophone quagga zeppelin?", at=now + timedelta(seconds=2))
        none = await client.call("get_smart_replies", chat_id=chat)
        assert none.suggestions == ()
        assert none.reason.endswith("Ask for a draft instead.")


async def test_another_model_writes_from_the_next_draft_on(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """The draft that is being written ends as it was begun."""
    await hear(app, "what is for dinner?", at=now)
    goes_on = Event()

    def speech(connection: socket.socket) -> None:
        connection.sendall(head() + chunk("there is soup and bread! i"))
        assert goes_on.wait(WAIT_S)
        connection.sendall(chunk("t is hot") + chunk(finish="stop") + DONE)

    flags = on_inbox(app.path.parent)
    async with (
        living(short_path, *flags) as daemon,
        Client(daemon.socket) as client,
        written_by(daemon, writes("soup"), speech, name="old"),
    ):
        # Whether it thinks is known when it has written once.
        await drafted(client, app.chat_guid)
        async with client.stream("generate_draft", chat_id=app.chat_guid) as stream:
            tokens = [await anext(aiter(stream))]
            async with written_by(daemon, writes("rice"), name="new"):
                goes_on.set()
                tokens += [token async for token in stream]
                after = await drafted(client, app.chat_guid)
    before: Draft = stream.result
    text = "there is soup and bread! it is hot"
    assert (before.model, before.suggestions[0].text) == ("old", text)
    assert "".join(token.text for token in tokens) == text
    assert (after.model, after.suggestions[0].text) == ("new", "rice")


@needs_mlx
async def test_a_model_that_is_gone_or_broken_can_be_mended(
    app: MessagesApp, short_path: Path, tmp_path: Path, now: datetime
) -> None:
    """Each ask says what is wrong now; all else works; whole again, it writes."""
    await hear(app, "are you there?", at=now)
    folder, kept = write_tiny_model(tmp_path / "model"), tmp_path / "kept"
    flags = [*on_inbox(app.path.parent, "mlx"), "--model", str(folder)]

    async def fails(client: Client, reason: str) -> None:
        with pytest.raises(ModelUnavailable, match=reason):
            await client.call("generate_draft", chat_id=app.chat_guid, stream=False)
        assert (await client.call("ping")).status == "ok"
        assert (await client.call("list_conversations")).conversations
        await short_answers(client, app.chat_guid)

    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        await _known(daemon, "model")
        await asyncio.to_thread(folder.rename, kept)
        await fails(client, "no model folder")
        await asyncio.to_thread(shutil.copytree, kept, folder)
        await asyncio.to_thread(
            (folder / "model.safetensors").write_bytes, b"\xff" * 99
        )
        await fails(client, "damaged or incomplete weights")
        await asyncio.to_thread((folder / "config.json").write_bytes, b"\xff{")
        await fails(client, "not a JSON object")
        await asyncio.to_thread(shutil.rmtree, folder)
        await asyncio.to_thread(kept.rename, folder)
        # It writes again: noise, for its numbers are drawn by chance. Most cannot be sent.
        outcome = await _outcome(client, app.chat_guid)
        assert outcome == "a draft" or "wrote no reply that could be sent" in outcome


async def _known(daemon: DaemonProcess, model: str) -> None:
    """Wait until the daemon has found its model."""
    async with asyncio.timeout(30):
        while (await daemon.ask("get_status"))["model"]["model"] != model:
            continue  # each question takes a while


async def _outcome(client: Client, chat_id: ChatId) -> str:
    """What becomes of an ask for a draft: one, or why there is none."""
    try:
        await drafted(client, chat_id)
    except ModelUnavailable as none:
        return str(none)
    return "a draft"


async def _drafted_at_last(client: Client, chat_id: ChatId) -> Draft:
    """A draft of noise, which often is no reply."""
    for _ in range(200):
        with suppress(ModelUnavailable):
            return await drafted(client, chat_id, context_messages=30)
    raise AssertionError("two hundred texts, and none that could be sent")


@needs_mlx
@pytest.mark.parametrize(("window", "fits"), [(1300, True), (128, False), (64, False)])
async def test_what_a_small_model_cannot_read_is_left_out(
    app: MessagesApp,
    short_path: Path,
    tmp_path: Path,
    now: datetime,
    window: int,
    fits: bool,
) -> None:
    """The oldest lines go; where not even one fits, it says to choose another model."""
    folder = write_tiny_model(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["max_position_embeddings"] = window
    (folder / "config.json").write_text(json.dumps(config))
    await hear(app, *(f"line {n} of a long talk" for n in range(30)), at=now)
    flags = [*on_inbox(app.path.parent, "mlx"), "--model", str(folder)]
    async with living(short_path, *flags) as daemon, Client(daemon.socket) as client:
        if fits:
            draft = await _drafted_at_last(client, app.chat_guid)
            assert 0 < draft.context_used.num_messages < 20
            assert draft.context_used.last_message == "line 29 of a long talk"
        else:
            with pytest.raises(ModelUnavailable, match=r"choose .*model"):
                await drafted(client, app.chat_guid, context_messages=30)


async def test_a_safety_filter_is_no_reply_of_the_model(
    app: MessagesApp, short_path: Path, now: datetime
) -> None:
    """Half a text that Apple's filter broke off is not offered; the reason is said and
    counted, and short answers are there all the same."""
    await hear(app, "are you coming to the lake with us?", at=now)
    cut = {"texts": [["I would rather not say what"]], "ends": ["content_filter"]}
    program = fm_program.install(short_path, **cut)
    flags = on_inbox(app.path.parent, "apple")
    fm = {"JARVIS_FM_PROGRAM": str(program)}
    home = short_path / "home"
    async with living(home, *flags, **fm) as daemon, Client(daemon.socket) as client:
        with pytest.raises(ModelUnavailable, match="its safety filter stopped it"):
            await drafted(client, app.chat_guid)
        assert len(await short_answers(client, app.chat_guid)) == 3
        metrics = await daemon.ask("get_routing_metrics")
        assert metrics["dropped"] == {"filtered": 1}
