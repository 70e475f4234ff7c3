"""Models that search, through the socket of a real daemon; and which suits whose mail."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from jarvis.daemon.embedders import languages_of
from jarvis.inference.models.embedder_registry import KNOWN_EMBEDDERS
from jarvis.records import ChatId, PlainMessage
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.embedders.folders import write_word_piece_folder
from tests.inference.models.hub import HUB_ID, Hub, serving
from tests.journeys.daemon_process import DaemonProcess, living

ENGLISH: Final = (
    "where are you? we are at the lake and it is so nice here",
    "I will be there in ten minutes, the train was late again",
    "do you have the keys with you or are they still at home?",
    "they are in the drawer, I think. have a look when you can",
)
GERMAN: Final = (
    "wo bist du denn? wir sind schon am See und es ist so schön hier",
    "ich bin in zehn Minuten da, der Zug war wieder zu spät",
    "hast du die Schlüssel mit oder sind die noch zu Hause?",
    "die sind in der Schublade, glaube ich. schau mal nach",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small model that makes vectors."""
    return write_word_piece_folder(tmp_path / "own")


@pytest.fixture
def hub(folder: Path) -> Iterator[Hub]:
    """A hub that has this model, beside what no model needs."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    others = {
        "onnx/model.onnx": b"onnx",
        "modeling.py": b"code",
        "3_Code/run.py": b"no",
    }
    with serving(Hub(files={**files, **others})) as hub:
        yield hub


def flags(app: MessagesApp) -> list[str]:
    """Of a daemon on this inbox."""
    contacts = app.path.with_name("AddressBook")
    return ["--chat-db", str(app.path), "--contacts-db", str(contacts)]


@pytest.fixture
async def daemon(
    short_path: Path, app: MessagesApp, hub: Hub
) -> AsyncIterator[DaemonProcess]:
    """A daemon in which nobody has chosen a model."""
    async with living(short_path, *flags(app), HF_ENDPOINT=hub.address) as daemon:
        yield daemon


def names_in(folder: Path) -> list[str]:
    """Every file in it, and below."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files]


async def listed(daemon: DaemonProcess) -> dict[str, dict[str, Any]]:
    """The models that search, by name."""
    answer = await daemon.ask("list_models")
    return {each["model"]: each for each in answer["embedders"]}


async def active(daemon: DaemonProcess) -> list[str]:
    """Those that search now: one, or none."""
    return [name for name, each in (await listed(daemon)).items() if each["active"]]


async def test_the_table_searches_until_somebody_chooses(daemon: DaemonProcess) -> None:
    """It is there without a download; the others can be pulled, with size and licence."""
    found = await listed(daemon)
    assert list(found) == ["static", *(known.name for known in KNOWN_EMBEDDERS)]
    assert found["static"]["active"]
    assert found["static"]["state"] == "ready"
    others = [each for name, each in found.items() if name != "static"]
    assert {each["state"] for each in others} == {"available"}
    assert all(each["licence"] and each["size_bytes"] > 10**7 for each in others)
    writing = await daemon.ask("list_models")
    assert not {each["model"] for each in writing["models"]} & {*found}


async def test_a_folder_of_ones_own_searches_from_then_on(
    short_path: Path, app: MessagesApp, folder: Path
) -> None:
    """After a restart too; a variable goes before it, the settings' file does not."""
    (short_path / "config.toml").write_text('embedder = "none"')
    async with living(short_path, *flags(app)) as daemon:
        assert await active(daemon) == []
        assert await daemon.ask("use_model", model=str(folder)) == {"success": True}
        assert await active(daemon) == [str(folder)]
    kept = json.loads((short_path / "embedder.json").read_text())
    assert kept == {"model": str(folder)}
    async with living(short_path, *flags(app)) as daemon:
        assert await active(daemon) == [str(folder)]
    async with living(short_path, *flags(app), JARVIS_EMBEDDER="static") as daemon:
        assert await active(daemon) == ["static"]


async def test_what_searches_has_nothing_to_do_with_what_writes(
    daemon: DaemonProcess, folder: Path
) -> None:
    """Neither choice touches the other, nor does having none."""
    await daemon.ask("use_model", model="openai:phi4")
    await daemon.ask("use_model", model=str(folder))
    await daemon.ask("use_model", model="none")
    assert await active(daemon) == [str(folder)]
    await daemon.ask("use_model", model="openai:phi4")
    await daemon.ask("use_model", model="embedder:none")
    assert await active(daemon) == []
    answer = await daemon.ask("list_models")
    assert [each["kind"] for each in answer["models"] if each["active"]] == ["openai"]


async def test_the_first_that_is_pulled_searches_and_is_not_removed(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """All of its folder is fetched, and no code; another must be chosen first."""
    pulled = await daemon.ask("pull_model", model=HUB_ID)
    assert pulled["active"]
    assert await active(daemon) == [HUB_ID]
    names = await asyncio.to_thread(names_in, Path(pulled["path"]))
    assert "1_Pooling/config.json" in names
    assert not [name for name in names if name.endswith((".py", ".onnx"))]
    refused = await daemon.ask("remove_model", model=HUB_ID)
    assert "models use static" in refused["message"]
    await daemon.ask("use_model", model="static")
    assert await daemon.ask("remove_model", model=HUB_ID) == {"success": True}
    assert not await asyncio.to_thread(names_in, Path(pulled["path"]))


async def test_who_has_chosen_keeps_the_choice_when_another_is_pulled(
    daemon: DaemonProcess,
) -> None:
    """It lies there, and is used when it is named."""
    await daemon.ask("use_model", model="static")
    assert not (await daemon.ask("pull_model", model=HUB_ID))["active"]
    assert await active(daemon) == ["static"]
    assert (await listed(daemon))[HUB_ID]["state"] == "ready"
    named = f"embedder:{HUB_ID}"
    assert await daemon.ask("use_model", model=named) == {"success": True}
    assert await active(daemon) == [HUB_ID]


async def test_a_folder_that_is_gone_is_shown_with_what_is_wrong(
    daemon: DaemonProcess, folder: Path
) -> None:
    """And it stays chosen: a disk may only be away for a while."""
    await daemon.ask("use_model", model=str(folder))
    await asyncio.to_thread(shutil.move, folder, folder.with_name("away"))
    found = (await listed(daemon))[str(folder)]
    assert (found["state"], found["active"]) == ("failed", True)
    assert "no model folder" in found["reason"]
    wrong = await daemon.ask("use_model", model="embedder:no/such")
    assert "`jarvis models pull no/such`" in wrong["message"]


@pytest.mark.parametrize(
    ("texts", "suits", "said"),
    [
        (ENGLISH, KNOWN_EMBEDDERS[0].name, "of your mail is in English"),
        (GERMAN, KNOWN_EMBEDDERS[1].name, "% German"),
    ],
    ids=["English", "German too"],
)
async def test_the_mails_language_says_which_suits(
    short_path: Path, app: MessagesApp, texts: tuple[str, ...], suits: str, said: str
) -> None:
    """In words, from the mail itself: two hundred messages in English, and some more."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await asyncio.to_thread(app.write, *(texts * 10), date=yesterday)
    async with living(short_path, *flags(app)) as daemon:
        answer = await daemon.ask("list_models")
    assert answer["suited_embedder"] == suits
    assert said in answer["suited_embedder_reason"]


def test_languages_are_counted_by_messages() -> None:
    """A short one counts for the language of those around it."""

    def said(chat: str, *texts: str) -> list[PlainMessage]:
        chat_id = ChatId(chat)
        return [
            PlainMessage(id=1, chat_id=chat_id, sender=None, sent_ms=0, text=text)
            for text in texts
        ]

    mail = [*said("a", *ENGLISH, "ok", "haha"), *said("b", *GERMAN), *said("c", "hm")]
    assert languages_of(mail) == {"English": 6, "German": 4}
