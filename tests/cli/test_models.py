"""`jarvis models`: a daemon and a hub of the test's own, and the command in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.daemon.inbox.messages_app import MessagesApp
from tests.daemon.server import in_thread
from tests.inference import fm_program
from tests.inference.embedders.folders import write_word_piece_folder
from tests.inference.model_server import models as listed
from tests.inference.model_server import serving as model_serving
from tests.inference.models.hub import HUB_ID, WEIGHTS, Hub, serving
from tests.journeys.daemon_process import DaemonProcess, living
from tests.needs import needs_mlx

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that behaves until a test says otherwise."""
    with serving(Hub()) as hub:
        yield hub


@pytest.fixture
async def daemon(
    short_path: Path, app: MessagesApp, hub: Hub
) -> AsyncIterator[DaemonProcess]:
    """A daemon that asks this hub."""
    flags = ["--chat-db", str(app.path), "--contacts-db", str(short_path / "none")]
    async with living(short_path, *flags, HF_ENDPOINT=hub.address) as daemon:
        yield daemon


def start(
    daemon: DaemonProcess, *arguments: str, answers: int | IO[str] = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """`jarvis models` with these arguments."""
    return subprocess.Popen(
        [sys.executable, "-m", "jarvis", "models", *arguments],
        stdin=answers,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "JARVIS_HOME": str(daemon.home)},
    )


def ended(process: subprocess.Popen[str]) -> Done:
    """What it printed, once it has ended."""
    with process:
        out, err = process.communicate(timeout=50)
    return Done(process.args, process.returncode, out, err)


async def run(daemon: DaemonProcess, *arguments: str) -> Done:
    """The command from its start to its end."""
    return await asyncio.to_thread(lambda: ended(start(daemon, *arguments)))


async def test_the_list_marks_what_is_there_and_what_is_too_large(
    daemon: DaemonProcess,
) -> None:
    """A line each; the same as JSON for scripts."""
    result = await run(daemon, "list")
    answer = json.loads((await run(daemon, "list", "--json")).stdout)
    lines = result.stdout.splitlines()
    assert len(lines) == len(answer["models"]) + len(answer["embedders"]) + 2
    assert lines[-1].startswith(f"To search, {answer['suited_embedder']} suits you: ")
    (active,) = [line for line in lines if line.startswith("*")]
    assert active.split()[1:4] == ["static", "searches", "ready"]
    for line, model in zip(lines, answer["models"], strict=False):
        assert model["model"] in line
        assert "available" in line
        assert ("too large" in line) != model["fits"]


@needs_mlx
async def test_a_model_is_shown_fetched_and_used(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """Size, licence, memory and folder first; then where it lies and that it writes."""
    result = await run(daemon, "pull", HUB_ID, "--yes")
    assert result.returncode == 0, result.stderr
    for fact in ("size     0.00 GB", "apache-2.0", "memory", "org--small"):
        assert fact in result.stderr
    assert "It writes from now on." in result.stdout
    assert (daemon.home / "models" / "org--small" / WEIGHTS).exists()
    assert "* org/small" in (await run(daemon, "list")).stdout
    known = json.loads((await run(daemon, "info", "small", "--json")).stdout)
    assert (known["model"], known["active"]) == (HUB_ID, True)


@needs_mlx
async def test_models_are_chosen_and_removed_by_name(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """A model that writes stays until another is chosen."""
    await run(daemon, "pull", HUB_ID, "--yes")
    refused = await run(daemon, "rm", HUB_ID, "--yes")
    assert refused.returncode == 1
    assert "use none" in refused.stderr
    assert "No model writes" in (await run(daemon, "use", "none")).stdout
    assert "deleted" in (await run(daemon, "rm", HUB_ID, "--yes")).stdout
    assert not (daemon.home / "models" / "org--small").exists()


@needs_mlx
async def test_a_folder_is_told_in_full(
    daemon: DaemonProcess, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon runs in another directory than the person."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name, content in hub.files.items():
        (folder / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    assert "own writes from now on" in (await run(daemon, "use", "own")).stdout
    answer = await daemon.ask("list_models")
    assert answer["models"][0]["path"] == str(folder)


async def test_ctrl_c_stops_a_download_and_says_that_it_resumes(
    daemon: DaemonProcess, hub: Hub
) -> None:
    """The daemon lets go of it; what came is on the disk."""
    hub.cuts, hub.holds_at = [100_000], 0
    process = await asyncio.to_thread(start, daemon, "pull", HUB_ID, "--yes")
    assert await asyncio.to_thread(hub.is_holding.wait, 20)
    process.send_signal(signal.SIGINT)
    result = await asyncio.to_thread(ended, process)
    assert result.returncode == 130
    assert "it goes on there" in result.stderr
    assert "Traceback" not in result.stderr
    part = daemon.home / "models" / "org--small.partial" / f"{WEIGHTS}.part"
    assert part.stat().st_size == 100_000
    async with asyncio.timeout(30):
        state = "downloading"
        while state == "downloading":
            answer = await daemon.ask("list_models")
            state = answer["models"][0]["state"]
    assert state == "partial"


async def test_what_goes_wrong_is_one_sentence(daemon: DaemonProcess, hub: Hub) -> None:
    """From the hub, through the daemon, to the terminal."""
    hub.status = 404
    for arguments in (("pull", HUB_ID), ("use", "/no/such"), ("info", "nothing")):
        result = await run(daemon, *arguments)
        assert result.returncode == 1
        assert result.stderr.startswith("jarvis: ")
        assert result.stderr.count("\n") == 1


async def test_a_model_that_a_server_lacks_is_not_chosen(daemon: DaemonProcess) -> None:
    """It is said at once, with what the server has, and the choice stays as it was."""
    async with in_thread(model_serving(listed=listed("the-only-one"))) as server:
        refused = await run(daemon, "use", f"openai:other@{server.address}")
        bare = server.address.removeprefix("http://").removesuffix("/v1")
        chosen = await run(daemon, "use", f"openai:the-only-one@{bare}")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "has no model other (it has the-only-one)" in refused.stderr
    assert f"jarvis models use openai:the-only-one@{server.address}" in refused.stderr
    assert chosen.returncode == 0
    gone = await run(daemon, "use", f"openai:later@{server.address}")
    assert gone.returncode == 0, "it may be started later"


async def test_servers_that_run_are_listed_by_the_name_to_choose(
    short_path: Path, app: MessagesApp
) -> None:
    """Without typing an address from memory."""
    async with in_thread(model_serving(listed=listed("the-only-one"))) as server:
        port = server.address.rpartition(":")[2].removesuffix("/v1")
        flags = ["--chat-db", str(app.path)]
        ports = {"JARVIS_SERVER_PORTS": port}
        async with living(short_path, *flags, **ports) as daemon:
            shown = (await run(daemon, "list")).stdout
            name = f"openai:the-only-one@{server.address}"
            assert (
                f"No model is chosen. It can write at once: `jarvis models use {name}`."
                in shown
            )
            assert (await run(daemon, "use", name)).returncode == 0
            answer = await daemon.ask("list_models")
            names = [each["model"] for each in answer["models"] if each["active"]]
            assert names == [name]


async def test_apples_model_is_one_word_away(
    short_path: Path, app: MessagesApp
) -> None:
    """Where the program is there it is offered; choosing it downloads nothing."""
    program = fm_program.install(short_path)
    flags = ["--chat-db", str(app.path)]
    fm = {"JARVIS_FM_PROGRAM": str(program)}
    async with living(short_path / "home", *flags, **fm) as daemon:
        async with asyncio.timeout(30):
            reason = None
            while reason is None:  # which model it is, is looked up after the start
                reason = (await daemon.ask("get_status"))["model"]["reason"]
        assert "jarvis models use apple" in reason
        assert "`jarvis models use apple`" in (await run(daemon, "list")).stdout
        used = await run(daemon, "use", "apple")
        assert used.stdout == "apple writes from now on.\n"
        assert "No model is chosen" not in (await run(daemon, "list")).stdout
        status = await daemon.ask("get_status")
        assert (status["model"]["engine"], status["model"]["model"]) == ("apple",) * 2
        off = [1, "System model unavailable: appleIntelligenceNotEnabled"]
        fm_program.tell(program, available=off)
        refused = await run(daemon, "use", "apple")
        assert "Apple Intelligence is off" in refused.stderr


async def test_a_model_that_searches_is_chosen_by_name(
    daemon: DaemonProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said what it does; without one, words alone are looked for."""
    await asyncio.to_thread(write_word_piece_folder, tmp_path / "own")
    monkeypatch.chdir(tmp_path)
    for name, said in (
        ("own", "own searches from now on.\n"),
        ("static", "static searches from now on.\n"),
        ("embedder:own", "embedder:own searches from now on.\n"),
        ("embedder:none", "No model searches from now on.\n"),
    ):
        assert (await run(daemon, "use", name)).stdout == said
    assert "static" in (await run(daemon, "info", "static")).stdout
