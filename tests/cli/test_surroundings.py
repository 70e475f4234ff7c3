"""The command line where something around it is broken: a sentence, never a traceback."""

from __future__ import annotations

import errno
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis.cli.entry import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_NOT_RUNNING
from jarvis.cli.sentences import sentence_of
from jarvis.client import BlockingClient, start_daemon
from jarvis.demo.inbox import build_demo_inbox
from jarvis.errors import JarvisError
from tests.cli.test_main import run
from tests.daemon.inbox.messages_app import MessagesApp
from tests.thorough import one_in

FULL = ">/dev/full"
UNHEARD = (
    *("<&-", ">&-", "2>&-", "<&- >&- 2>&-"),
    *(FULL, "2>/dev/full", ">/dev/full 2>&1", "| true"),
)
"""What may have become of a command's streams: each command meets a full disk and, in
turn, one of the others; all of them with `./dev test --thorough`."""
COMMANDS = (
    *("--help", "--version", "nonsense", "tui", "demo inbox --help", "demo play"),
    *("list", "list --json", "list --help", "draft CHAT", "draft CHAT --json"),
    *("summarize CHAT", "send CHAT hi --yes", "send CHAT", "ping", "status --json"),
    *("models list", "models info no/no", "models use none", "models rm no/no"),
    *("models pull no/no", "forget index", "eval --last 1", "serve"),
)
SILENT = (
    *("models info", "models rm", "models pull"),
    *("nonsense", "tui", "demo play", "send", "serve"),
)
"""They print nothing on standard output here, or have something to say by exit code."""


@pytest.fixture
def daemon(
    app: MessagesApp, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A daemon for the commands of a test, and the id of a chat."""
    monkeypatch.setenv("JARVIS_HOME", str(short_path))
    monkeypatch.setenv("JARVIS_CHAT_DB", str(app.path))
    monkeypatch.setenv("JARVIS_ENGINE", "scripted")
    monkeypatch.setenv("JARVIS_SCRIPTED_TOKEN_MS", "20")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    start_daemon(["--sender", "demo"])
    yield app.chat_guid
    with BlockingClient(short_path / "jarvis.sock") as client:
        client.call("shutdown")
        while client.read().get("method") != "subscription.closed":
            pass


def shell(words: str, redirection: str = "") -> subprocess.CompletedProcess[str]:
    """`jarvis` with these words, its streams as a shell would leave them."""
    command = f'"{sys.executable}" -m jarvis {words} {redirection}'
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk, on Linux")
@pytest.mark.parametrize("words", COMMANDS)
def test_closed_and_full_streams_are_no_disaster(daemon: str, words: str) -> None:
    """Whatever a cron job or a broken pipe left of them."""
    line = words.replace("CHAT", f"'{daemon}'")
    others = [each for each in UNHEARD if each != FULL]
    for redirection in (
        FULL,
        *one_in(len(others), others, first=COMMANDS.index(words)),
    ):
        ended = shell(line, redirection)
        said = ended.stdout + ended.stderr
        assert "Traceback" not in said, redirection
        assert "Exception ignored" not in said, redirection
        assert ended.returncode in (0, 1, 2), redirection
        if redirection == FULL and not words.startswith(SILENT):
            assert ended.returncode == EXIT_FAILED
            assert "cannot be (No space left on device)" in ended.stderr


def test_what_was_sent_is_never_called_not_sent(
    short_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The exit code speaks of the message, not of the paper it is reported on."""
    from datetime import UTC, datetime

    build_demo_inbox(tmp_path / "Messages", now=datetime.now(UTC))
    monkeypatch.setenv("JARVIS_HOME", str(short_path))
    monkeypatch.setenv("JARVIS_CHAT_DB", str(tmp_path / "Messages" / "chat.db"))
    monkeypatch.setenv("JARVIS_ENGINE", "scripted")
    start_daemon(["--sender", "demo"])
    with BlockingClient(short_path / "jarvis.sock") as client:
        page = client.call("list_conversations", limit=1)
        chat_id = page["conversations"][0]["chat_id"]
        for redirection in (">/dev/full", ">&-", "| true"):
            ended = shell(f"send '{chat_id}' hello --yes", redirection)
            assert ended.returncode == 0, ended.stderr
        client.call("shutdown")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_letters_that_the_terminal_lacks_are_replaced(
    daemon: str, app: MessagesApp, encoding: str
) -> None:
    """Not fatal; and --json loses nothing."""
    app.write("good night 🌙")
    while "good night" not in (plain := run("list", PYTHONIOENCODING=encoding)).stdout:
        assert (plain.returncode, plain.stderr) == (0, "")
    assert (plain.returncode, plain.stderr) == (0, "")
    as_json = run("list", "--json", PYTHONIOENCODING=encoding)
    assert "🌙" in as_json.stdout or "\\ud83c\\udf19" in as_json.stdout


@pytest.mark.parametrize("words", ["list", "draft x", "send x y --yes", "serve", "tui"])
def test_a_home_that_is_not_text_is_said(words: str, short_path: Path) -> None:
    """As Jarvis tells paths to programs, in JSON."""
    home = bytes(short_path) + b"/caf\xe9"
    environment = {**os.environb, b"JARVIS_HOME": home}
    ended = subprocess.run(
        [sys.executable, "-m", "jarvis", *words.split()],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ended.returncode == EXIT_FAILED
    assert ended.stderr.count("\n") == 1
    assert r"caf\xe9 is not UTF-8" in ended.stderr


def test_words_that_are_not_text_are_said() -> None:
    """Before anybody is asked to do something with them."""
    ended = shell(r"""draft $'caf\xe9'""")
    assert ended.returncode == 2
    assert r"caf\xe9 is not text" in ended.stderr


def test_nobody_who_knows_a_home_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the settings that would do instead."""
    from jarvis import config
    from jarvis.errors import ConfigError

    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(ConfigError, match="set HOME, or all of JARVIS_HOME"):
        config.load_settings({}, {})
    given = {
        "JARVIS_HOME": "/h",
        "JARVIS_CHAT_DB": "/c",
        "JARVIS_CONTACTS_DB": "/a",
    }
    assert config.load_settings({}, given).home == Path("/h")


@pytest.mark.parametrize("command", ["list", "serve", "demo --tour"])
def test_a_home_that_is_a_dangling_link_is_called_one(
    short_path: Path, command: str
) -> None:
    """With where it leads to."""
    (short_path / "home").symlink_to("nowhere")
    ended = run(*command.split(), JARVIS_HOME=str(short_path / "home"))
    assert ended.returncode in (EXIT_FAILED, EXIT_NOT_RUNNING)
    assert "link to nowhere" in ended.stderr or "home/demo" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_start_that_fails_in_any_way_is_told_to_who_waits(
    short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that nobody thought of: a lock that cannot be written, as on a full disk."""
    (short_path / "daemon.lock").symlink_to("/dev/full")
    ended = run("list", JARVIS_HOME=str(short_path))
    assert ended.returncode == EXIT_NOT_RUNNING
    assert "Traceback" not in ended.stderr
    assert "serve" not in ended.stderr


def test_ctrl_c_ends_it_without_a_word(
    daemon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the exit code that shells know."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jarvis", "draft", daemon],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=50)
    assert process.returncode == EXIT_INTERRUPTED
    assert b"Traceback" not in complaint


def test_the_screen_says_why_nobody_could_be_started(short_path: Path) -> None:
    """And goes on saying so, instead of only trying again."""
    home = short_path / ("h" * 120)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "jarvis", "tui"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={
            **os.environ,
            "JARVIS_HOME": str(home),
            "TERM": "xterm-256color",
            "COLUMNS": "120",
            "LINES": "30",
        },
    )
    os.close(theirs)
    painted = b""
    try:
        while b"bytes long" not in painted:
            painted += os.read(ours, 65_536)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "cannot be (No space"),
        (OSError(errno.EBADF, "Bad file descriptor"), "failed (Bad file"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x cannot be used"),
        (sqlite3.OperationalError("database or disk is full"), "or disk is full"),
        (JarvisError("As it is."), "As it is."),
        (ValueError("a word of somebody's"), "went wrong: ValueError at"),
        (BrokenPipeError(), None),
        (KeyboardInterrupt(), None),
    ],
)
def test_every_error_has_a_sentence(error: BaseException, told: str | None) -> None:
    """And one that nobody foresaw names the place, never the words."""
    sentence = sentence_of(error)
    assert (sentence is None) == (told is None)
    assert (told or "") in (sentence or "")
    assert "somebody" not in (sentence or "")
