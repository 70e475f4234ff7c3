"""Models through the socket of a real daemon: listed, chosen, fetched, removed."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from jarvis.inference.models.registry import REGISTRY
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.models.hub import HUB_ID, WEIGHTS, Hub, serving
from tests.journeys.daemon_process import DaemonProcess, living
from tests.needs import needs_mlx


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that behaves until a test says otherwise."""
    with serving(Hub()) as hub:
        yield hub


def flags(app: MessagesApp, *more: str) -> list[str]:
    """Of a daemon on this inbox; what is in config.toml decides on the model."""
    contacts = app.path.with_name("AddressBook")
    return ["--chat-db", str(app.path), "--contacts-db", str(contacts), *more]


@pytest.fixture
async def daemon(
    short_path: Path, app: MessagesApp, hub: Hub
) -> AsyncIterator[DaemonProcess]:
    """A daemon in which nobody has chosen a model."""
    async with living(short_path, *flags(app), HF_ENDPOINT=hub.address) as daemon:
        yield daemon


async def named(daemon: DaemonProcess, model: str) -> dict[str, Any]:
    """What the list says of one model."""
    answer = await daemon.ask("list_models")
    (found,) = [each for each in answer["models"] if each["model"] == model]
    return dict(found)


async def held(hub: Hub) -> None:
    """Until the hub holds a file back."""
    assert await asyncio.to_thread(hub.is_holding.wait, 20)


async def test_the_list_says_what_could_be_pulled(daemon: DaemonProcess) -> None:
    """The registry with size, licence, memory, and whether that fits here."""
    answer = await daemon.ask("list_models")
    assert [each["model"] for each in answer["models"]] == [m.name for m in REGISTRY]
    assert {each["state"] for each in answer["models"]} == {"available"}
    assert not any(each["active"] for each in answer["models"])
    assert answer["suited"] in {known.name for known in REGISTRY[:2]}


async def test_with_no_model_chosen_the_daemon_says_what_to_type(
    daemon: DaemonProcess,
) -> None:
    """And nothing is fetched by itself."""
    status = await daemon.ask("get_status")
    async with asyncio.timeout(30):
        while not (reason := status["model"]["reason"]):
            status = await daemon.ask("get_status")
    assert "No model is chosen" in reason
    assert status["model"]["state"] == "unloaded"


async def test_to_have_no_model_is_a_choice(daemon: DaemonProcess) -> None:
    """Nothing has to be offered to who made it."""
    assert not (await daemon.ask("list_models"))["chosen"]
    await daemon.ask("use_model", model="none")
    assert (await daemon.ask("list_models"))["chosen"]


@needs_mlx
async def test_the_first_model_pulled_is_the_one_that_writes(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """Also after a restart: the selection is kept, for this user's eyes alone."""
    looked = await daemon.ask("pull_model", model=HUB_ID, look_only=True)
    assert (looked["licence"], looked["active"]) == ("apache-2.0", False)
    assert hub.asked_for(WEIGHTS) == []
    pulled = await daemon.ask("pull_model", model=HUB_ID)
    assert pulled["active"]
    assert pulled["path"] == str(daemon.home / "models" / "org--small")
    listed = await named(daemon, HUB_ID)
    assert (listed["state"], listed["active"]) == ("ready", True)
    assert listed["size_bytes"] == len(hub.files[WEIGHTS])
    kept = daemon.home / "model.json"
    assert json.loads(kept.read_text()) == {"model": HUB_ID}
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_a_download_is_told_and_cancelling_keeps_what_came(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """Whoever listens sees it grow; the next pull goes on where it stopped."""
    hub.cuts, hub.holds_at = [100_000], 0
    async with daemon.raw() as client, daemon.raw() as ear:
        ear.ask(1, "subscribe", events=["model_progress"])
        await ear.answer(1)
        client.ask(2, "pull_model", model=HUB_ID)
        await held(hub)
        assert (await named(daemon, HUB_ID))["state"] == "downloading"
        again = await daemon.ask("pull_model", model=HUB_ID)
        assert again["data"]["kind"] == "Busy"
        client.notify("$/cancelRequest", id=2)
        assert (await client.answer(2))["error"]["code"] == -32800
        told = (await ear.line())["params"]
    assert (told["model"], told["state"]) == (HUB_ID, "downloading")
    assert 0 <= told["done_bytes"] < told["total_bytes"]
    assert (await named(daemon, HUB_ID))["state"] == "partial"
    hub.holds_at = None
    assert (await daemon.ask("pull_model", model=HUB_ID))["model"] == HUB_ID
    assert hub.asked_for(WEIGHTS)[-1] == "bytes=100000-"


async def test_a_pull_that_fails_says_why(daemon: DaemonProcess, hub: Hub) -> None:
    """The hub's answer and a strange name alike, as errors that clients know."""
    hub.status = 403
    refused = await daemon.ask("pull_model", model=HUB_ID)
    assert refused["data"]["kind"] == "ModelUnavailable"
    assert "HF_TOKEN" in refused["message"]
    for strange in ("small", "../../x/y", "org/a--b"):
        wrong = await daemon.ask("pull_model", model=strange)
        assert wrong["data"]["field"] == "model"


@needs_mlx
async def test_only_what_was_pulled_is_removed(
    daemon: DaemonProcess, hub: Hub, tmp_path: Path
) -> None:
    """Not the one that writes, and never a folder that a person named."""
    await daemon.ask("pull_model", model=HUB_ID)
    in_use = await daemon.ask("remove_model", model=HUB_ID)
    assert (in_use["data"]["kind"], "writes" in in_use["message"]) == ("Busy", True)
    own = tmp_path / "own"
    own.mkdir()
    for name, content in hub.files.items():
        (own / name).write_bytes(content)
    assert await daemon.ask("use_model", model=str(own)) == {"success": True}
    assert (await daemon.ask("remove_model", model=str(own)))["data"][
        "field"
    ] == "model"
    assert await daemon.ask("remove_model", model=HUB_ID) == {"success": True}
    assert not list((daemon.home / "models").iterdir())
    gone = await daemon.ask("remove_model", model=HUB_ID)
    assert "was not pulled" in gone["message"]
    assert (own / WEIGHTS).exists()


async def test_a_model_that_cannot_be_used_is_not_chosen(daemon: DaemonProcess) -> None:
    """The sentence says why, and the selection before stays."""
    assert await daemon.ask("use_model", model="openai:phi4") == {"success": True}
    for wrong, kind in (
        ("/no/such/folder", "ModelUnavailable"),
        ("openai:a@http://192.0.2.1/v1", "ModelUnavailable"),
    ):
        assert (await daemon.ask("use_model", model=wrong))["data"]["kind"] == kind
    listed = await named(daemon, "openai:phi4@http://127.0.0.1:11434/v1")
    assert listed["active"]
    assert listed["kind"] == "openai"


async def test_a_flag_goes_before_the_choice_and_that_before_the_file(
    short_path: Path, app: MessagesApp
) -> None:
    """But a selection made now counts now, whatever the flag said."""
    (short_path / "config.toml").write_text('engine = "openai"\nmodel = "in-file"')
    at = "@http://127.0.0.1:11434/v1"
    async with living(short_path, *flags(app)) as daemon:
        assert (await named(daemon, f"openai:in-file{at}"))["active"]
        await daemon.ask("use_model", model="openai:chosen")
        assert (await named(daemon, f"openai:chosen{at}"))["active"]
    async with living(short_path, *flags(app)) as daemon:
        assert (await named(daemon, f"openai:chosen{at}"))["active"]
    async with living(short_path, *flags(app), JARVIS_MODEL="given") as daemon:
        assert (await named(daemon, f"openai:given{at}"))["active"]
        await daemon.ask("use_model", model="none")
        answer = await daemon.ask("list_models")
        assert not any(each["active"] for each in answer["models"])


async def test_an_engine_alone_is_no_choice(short_path: Path, app: MessagesApp) -> None:
    """Who set one in the environment is not asked to choose anew at each start."""
    for _ in range(2):
        async with living(short_path, *flags(app), JARVIS_ENGINE="openai") as daemon:
            if not (short_path / "model.json").exists():
                await daemon.ask("use_model", model="openai:chosen")
            assert (await named(daemon, "openai:chosen@http://127.0.0.1:11434/v1"))[
                "active"
            ]


async def test_the_list_says_whether_the_model_is_in_memory(
    short_path: Path, app: MessagesApp
) -> None:
    """Before the first text it is ready, after it loaded."""
    async with living(short_path, *flags(app, "--engine", "scripted")) as daemon:
        assert (await named(daemon, "scripted"))["state"] == "ready"
        draft = await daemon.ask("generate_draft", chat_id=app.chat_guid)
        assert draft["suggestions"]
        assert (await named(daemon, "scripted"))["state"] == "loaded"


async def test_a_damaged_choice_is_forgotten_with_a_notice(
    short_path: Path, app: MessagesApp
) -> None:
    """The daemon starts all the same."""
    (short_path / "model.json").write_text('{"model": ')
    async with living(short_path, *flags(app)) as daemon:
        status = await daemon.ask("get_status")
        assert "choose it again" in status["model"]["notice"]
        await daemon.ask("use_model", model="none")
        assert (await daemon.ask("get_status"))["model"]["notice"] is None


async def test_a_daemon_that_is_killed_leaves_no_download_running(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """The process ends when nobody hears it any more; what came stays."""
    hub.cuts, hub.holds_at = [100_000], 0
    async with daemon.raw() as client:
        client.ask(1, "pull_model", model=HUB_ID)
        await held(hub)
        daemon.process.kill()
        await daemon.ended()
    part = daemon.home / "models" / "org--small.partial" / f"{WEIGHTS}.part"
    assert part.stat().st_size == 100_000
    hub.go.set()
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(_is_free, part.parent):
            pass


def _is_free(folder: Path) -> bool:
    """Whether no process works in the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
