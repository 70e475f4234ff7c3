"""`jarvis send`: where it goes, the question, the answer, and exit codes for scripts."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from jarvis import __version__
from jarvis.protocol.methods.status import SendingStatus
from tests.status import STATUS

SECRET = "the words themselves"
NOT_SIGNED_IN = "Messages is not signed in."
MUM = "any;-;+15550100"
ROW = {
    "chat_id": MUM,
    "display_name": "Mum",
    "participants": ["+15550100"],
    "service": "iMessage",
}


class Daemon:
    """A daemon that knows one conversation, and answers a sending as it was told to."""

    def __init__(self, path: Path) -> None:
        self.sent: list[dict[str, Any]] = []
        self.can_send = True
        self.fitting: list[dict[str, Any]] = []
        self.answer: dict[str, Any] | None = {
            "result": {"status": "sent", "guid": "G1", "reason": None}
        }
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Hear nobody any more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                for line in lines:
                    request = json.loads(line)
                    answer = self._answer(request["method"], request["params"])
                    if answer is None:
                        break
                    told = {"jsonrpc": "2.0", "id": request["id"], **answer}
                    lines.write(json.dumps(told).encode() + b"\n")
                    lines.flush()

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any] | None:
        match method:
            case "ping":
                told = {"status": "ok", "version": __version__}
                return {"result": {**told, "can_send": self.can_send}}
            case "get_status":
                sending = SendingStatus(can_send=False, reason=NOT_SIGNED_IN)
                return {"result": msgspec.to_builtins(replace(STATUS, sending=sending))}
            case "resolve_conversation" if params["name"].casefold() in (MUM, "mum"):
                return {"result": {"chat_id": MUM, "conversations": [ROW]}}
            case "resolve_conversation":
                return {"result": {"chat_id": None, "conversations": self.fitting}}
            case "resolve_contacts":
                return {"result": {"+15550100": "Mum"}}
        self.sent.append(params)
        return self.answer


def _error(kind: str, sentence: str) -> dict[str, Any]:
    return {"error": {"code": -32000, "message": sentence, "data": {"kind": kind}}}


@pytest.fixture
def daemon(short_path: Path) -> Iterator[Daemon]:
    """One that answers in the home of `send`."""
    daemon = Daemon(short_path / "jarvis.sock")
    yield daemon
    daemon.close()


def send(
    home: Path, *arguments: str, text: str = "", stdin: int | None = None
) -> subprocess.CompletedProcess[str]:
    """`jarvis send` with these arguments, fed through a pipe or at a terminal."""
    fed: dict[str, Any] = {"input": text} if stdin is None else {"stdin": stdin}
    return subprocess.run(
        [sys.executable, "-m", "jarvis", "send", *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "JARVIS_HOME": str(home)},
        check=False,
        **fed,
    )


def test_it_says_where_it_goes_and_that_it_was_sent(
    daemon: Daemon, short_path: Path
) -> None:
    """By a name; the words joined; a key of its own each time."""
    for _ in range(2):
        result = send(short_path, "mum", "the words", "themselves")
        assert (result.returncode, result.stdout) == (0, "sent\n")
        assert result.stderr == "To: Mum (+15550100, iMessage)\n"
    first, second = daemon.sent
    assert (first["chat_id"], first["text"]) == (MUM, SECRET)
    assert first["idempotency_key"] != second["idempotency_key"]


@pytest.mark.parametrize("words", [(), ("-",)])
def test_a_message_can_come_from_a_pipe(
    words: tuple[str, ...], daemon: Daemon, short_path: Path
) -> None:
    """With its lines, without the line end that closes it."""
    result = send(short_path, "Mum", *words, text="one\ntwo\n")
    assert result.returncode == 0
    assert [each["text"] for each in daemon.sent] == ["one\ntwo"]


def test_a_script_gets_json_and_may_bring_its_own_key(
    daemon: Daemon, short_path: Path
) -> None:
    """Everything needed to ask again."""
    result = send(short_path, MUM, SECRET, "--json", "--key", "k-1")
    assert json.loads(result.stdout) == {
        **{"status": "sent", "guid": "G1", "reason": None},
        **{"chat_id": MUM, "idempotency_key": "k-1"},
    }
    assert daemon.sent[0]["idempotency_key"] == "k-1"


@pytest.mark.parametrize(("typed", "code"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1)])
def test_at_a_terminal_it_asks_first(
    typed: bytes, code: int, daemon: Daemon, short_path: Path
) -> None:
    """Anything but yes sends nothing."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, typed)
        result = send(short_path, "Mum", SECRET, stdin=terminal)
        assert "Send to Mum? [y/N]" in result.stderr
        assert result.returncode == code
        assert len(daemon.sent) == (code == 0)
        assert send(short_path, "Mum", SECRET, "--yes", stdin=terminal).returncode == 0
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_what_failed_is_said_with_its_reason(daemon: Daemon, short_path: Path) -> None:
    """And with exit code 1."""
    daemon.answer = {"result": {"status": "failed", "reason": "No such number."}}
    result = send(short_path, "Mum", SECRET)
    assert (result.returncode, result.stdout) == (1, "failed\n")
    assert "No such number." in result.stderr


def test_a_daemon_that_cannot_send_is_one_sentence(
    daemon: Daemon, short_path: Path
) -> None:
    """Before anything is asked, or as the answer."""
    daemon.answer = _error("CannotSend", "Messages may not be steered.")
    result = send(short_path, "Mum", SECRET)
    assert (result.returncode, result.stdout) == (1, "")
    assert "jarvis: Messages may not be steered.\n" in result.stderr
    daemon.can_send = False
    result = send(short_path, "Mum", SECRET)
    assert (result.returncode, result.stderr) == (
        1,
        f"jarvis: {NOT_SIGNED_IN}\n",
    )
    assert len(daemon.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"result": {"status": "unknown", "guid": None, "reason": None}},
        _error("InternalError", "A defect; incident 1."),
        None,
    ],
    ids=["said so", "a defect", "the connection broke"],
)
def test_what_nobody_knows_is_not_called_sent_nor_failed(
    answer: dict[str, Any] | None, daemon: Daemon, short_path: Path
) -> None:
    """Exit code 4, and how to ask again without sending twice."""
    daemon.answer = answer
    result = send(short_path, "Mum", SECRET, "--key", "k-2")
    assert (result.returncode, result.stdout) == (4, "unknown\n")
    assert "it may still go out" in result.stderr
    assert "--key k-2" in result.stderr
    assert len(daemon.sent) == 1


def test_nothing_is_not_sent(daemon: Daemon, short_path: Path) -> None:
    """Blanks are nothing."""
    result = send(short_path, "Mum", " ", text="")
    assert result.returncode == 2
    assert "nothing to send" in result.stderr
    assert not daemon.sent


@pytest.mark.parametrize(
    "answer",
    [
        {"result": {"status": "failed", "guid": None, "reason": None}},
        {"result": {"status": "unknown", "guid": None, "reason": None}},
        _error("Busy", "A limit is reached."),
    ],
    ids=["failed", "unknown", "refused"],
)
def test_the_words_are_never_repeated(
    answer: dict[str, Any], daemon: Daemon, short_path: Path
) -> None:
    """Not on stdout, not on stderr."""
    daemon.answer = answer
    result = send(short_path, "Mum", SECRET)
    assert result.returncode != 0
    assert SECRET not in result.stdout + result.stderr
