"""What Jarvis starts is Jarvis's alone, whatever folder and variables it is called from."""

from __future__ import annotations

import asyncio
import os
import site
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from jarvis.cli.demo_home import DemoHome
from jarvis.client import BlockingClient, start_daemon
from jarvis.config import load_settings
from jarvis.daemon.sending.backend import SendTarget
from jarvis.daemon.sending.demo import DemoBackend
from jarvis.demo.inbox import build_demo_inbox
from jarvis.inference.models.pulling import pull_model
from tests.daemon.inbox.messages_app import MessagesApp
from tests.inference.models.hub import HUB_ID, Hub, serving
from tests.journeys.daemon_process import on_inbox
from tests.journeys.foreign import ForeignFolder

JARVIS = Path(sys.executable).with_name("jarvis")


@pytest.fixture
def foreign(tmp_path: Path) -> ForeignFolder:
    """Somebody else's folder."""
    return ForeignFolder(tmp_path / "foreign")


@contextmanager
def ended_after(home: Path) -> Iterator[None]:
    """Whatever daemon of this home was started within the block is ended after it."""
    try:
        yield
    finally:
        with BlockingClient(home / "jarvis.sock") as client:
            process = psutil.Process(client.call("ping")["pid"])
            client.call("shutdown")
        psutil.wait_procs([process], timeout=50)


def test_the_daemon_and_its_worker_stand_on_their_own(
    app: MessagesApp,
    short_path: Path,
    foreign: ForeignFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No module of the caller's folder runs, no volume is busy, no variable leaks in."""
    foreign.stand_in(monkeypatch)
    flags = ["--home", str(short_path), *on_inbox(app.path.parent)]
    pid = start_daemon(flags)
    with ended_after(short_path), BlockingClient(short_path / "jarvis.sock") as client:
        client.call("generate_draft", chat_id=app.chat_guid, stream=False)
        worker = client.call("get_status")["model"]["pid"]
        for process in (psutil.Process(pid), psutil.Process(worker)):
            assert process.cwd() == "/"
            seen = process.environ()
            assert "SECRET_TOKEN" not in seen
            assert seen["HOME"] == os.environ["HOME"]
            assert {name for name in seen if name.startswith("PYTHON")} <= {
                "PYTHONPATH"
            }
            assert str(foreign.path) not in seen.get("PYTHONPATH", "")
    assert foreign.ran == ""


async def test_the_fetcher_reads_nothing_of_the_callers_folder(
    tmp_path: Path, foreign: ForeignFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still finds the hub that the person's variables name."""
    with serving(Hub()) as hub:
        foreign.stand_in(monkeypatch)
        for name, value in hub.environment.items():
            monkeypatch.setenv(name, value)
        found = await pull_model(HUB_ID, tmp_path / "models", tmp_path / "pull.log")
    assert found.size_bytes
    assert foreign.ran == ""


async def test_the_demos_sender_reads_nothing_of_it(
    tmp_path: Path, foreign: ForeignFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is written all the same."""
    inbox = tmp_path / "Messages"
    await asyncio.to_thread(build_demo_inbox, inbox, now=datetime.now(UTC))
    foreign.stand_in(monkeypatch)
    with closing(sqlite3.connect(inbox / "chat.db")) as db:
        ((guid,),) = db.execute("SELECT guid FROM chat LIMIT 1").fetchall()
        before = _count(db)
        await DemoBackend(inbox / "chat.db").submit(
            SendTarget(guid, None, None), "hello"
        )
        assert _count(db) == before + 1
    assert foreign.ran == ""


def _count(db: sqlite3.Connection) -> int:
    ((count,),) = db.execute("SELECT count(*) FROM message").fetchall()
    return int(count)


def test_the_demo_reads_nothing_of_it(
    short_path: Path, foreign: ForeignFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inbox, daemon and live mail are three processes."""
    foreign.stand_in(monkeypatch)
    demo = DemoHome(short_path / "d")
    try:
        demo.bring_up()
        folders = set()
        for each in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):  # one has done its work meanwhile
                folders.add(each.cwd())
        assert folders == {"/"}
    finally:
        demo.take_down()
    assert foreign.ran == ""


@pytest.mark.parametrize(
    "words",
    [[str(JARVIS)], [sys.executable, "-m", "jarvis"]],
    ids=["jarvis", "python -m jarvis"],
)
def test_a_command_reads_nothing_of_the_folder_it_is_typed_in(
    app: MessagesApp, short_path: Path, foreign: ForeignFolder, words: list[str]
) -> None:
    """Nor of PYTHONPATH, beyond what Python itself loads before Jarvis begins."""
    for name in ("sitecustomize.py", "usercustomize.py"):
        (foreign.path / name).unlink()
    (foreign.path / "jarvis" / "__init__.py").unlink()
    (foreign.path / "jarvis").rmdir()
    environment = {
        **os.environ,
        "JARVIS_HOME": str(short_path),
        "JARVIS_CHAT_DB": str(app.path),
        "JARVIS_ENGINE": "scripted",
        "PYTHONPATH": str(foreign.path),
    }
    if words[-1] == "jarvis":
        # Python loads these few to find `-m jarvis` at all.
        del environment["PYTHONPATH"]
    with ended_after(short_path):
        listed = subprocess.run(
            [*words, "list"],
            cwd=foreign.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert (listed.returncode, listed.stderr) == (0, "")
    assert foreign.ran == ""


def test_packages_that_pythonpath_names_too_are_found() -> None:
    """Some shells name the folder of installed packages there."""
    named = {**os.environ, "PYTHONPATH": os.pathsep.join(site.getsitepackages())}
    ended = subprocess.run(
        [JARVIS, "--version"], env=named, capture_output=True, timeout=50, check=False
    )
    assert ended.returncode == 0


def test_a_daemon_served_by_hand_keeps_no_folder_busy(
    app: MessagesApp, short_path: Path, tmp_path: Path
) -> None:
    """Paths that count from the folder it was started in still mean what they did."""
    volume = tmp_path / "volume"
    volume.mkdir()
    (volume / "mail").symlink_to(app.path.parent)
    home = Path(os.path.relpath(short_path, volume))
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jarvis", "serve", "--home", str(home)),
            *on_inbox(Path("mail")),
        ],
        cwd=volume,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process, process.stderr:
        try:
            process.stderr.readline()
            connected = _connected(short_path / "jarvis.sock", process)
            with connected as client:
                status = client.call("get_status")
                assert status["stores"]["chat_db"] == str(volume / "mail" / "chat.db")
                assert psutil.Process(process.pid).cwd() == "/"
        finally:
            process.terminate()


def _connected(path: Path, process: subprocess.Popen[bytes]) -> BlockingClient:
    """A connection, as soon as it listens."""
    while True:
        assert process.poll() is None
        if path.exists():
            return BlockingClient(path)


def test_paths_in_variables_count_from_the_callers_folder(
    app: MessagesApp, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon, which runs elsewhere, is told them in full."""
    monkeypatch.chdir(short_path)
    monkeypatch.setenv("JARVIS_HOME", "home")
    monkeypatch.setenv("JARVIS_CHAT_DB", os.path.relpath(app.path, short_path))
    monkeypatch.setenv("JARVIS_ENGINE", "scripted")
    start_daemon()
    with ended_after(short_path / "home"):
        settings = load_settings()
        with BlockingClient(settings.socket) as client:
            stores = client.call("get_status")["stores"]
        assert Path(stores["chat_db"]).samefile(app.path)
        assert stores["problem"] is None


def test_paths_in_the_file_count_from_the_file(
    short_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that every process finds the same, wherever it runs."""
    (short_path / "config.toml").write_text(
        'socket = "j.sock"\nchat_db = "../mail/chat.db"\nmodel = "./models/mine"\n'
    )
    (short_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"home": str(short_path)}, {})
    assert settings.socket == short_path / "j.sock"
    assert settings.chat_db == short_path.parent / "mail" / "chat.db"
    assert settings.model == str(short_path / "models" / "mine")
