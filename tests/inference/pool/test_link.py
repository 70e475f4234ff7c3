"""One worker process, and what becomes of a request when it misbehaves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jarvis.errors import ModelUnavailable
from jarvis.inference.pool import link as link_module
from jarvis.inference.pool.link import WorkerLink
from jarvis.protocol.peer import Pending

FIRST_LINES = """
import socket, sys, time
connection = socket.socket(fileno=int(sys.argv[-1]))
connection.recv(2**16)
"""
HANG = "time.sleep(60)"


@pytest.fixture(autouse=True)
def _little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits two seconds for a process that will not end by itself."""
    monkeypatch.setattr(link_module, "GRACE_S", 0.2)


@asynccontextmanager
async def started(script: str, log: Path) -> AsyncIterator[WorkerLink]:
    """A child process that reads a request and then does what the script says."""
    async with asyncio.timeout(30):
        link = await WorkerLink.start(["-c", FIRST_LINES + script], log)
        try:
            yield link
        finally:
            link.hang_up()
            await link.ended()


async def ask(link: WorkerLink, patience_s: float = 60.0) -> object:
    """Ask for anything."""
    return await link.ask("generate", {}, patience_s=patience_s)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"Loading weights... 100%\n", "not in the protocol"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}\n', "not in the protocol"),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "x"}\n', "asked for something"),
        (b'{"jsonrpc": "2.0", "id": null, "error": 1}\n', "could not read"),
        (b"\xff\xfe\n", "not in the protocol"),
        (b"x" * (5 * 2**20), "not in the protocol"),
    ],
)
async def test_garbage_breaks_the_link(
    said: bytes, reason: str, tmp_path: Path
) -> None:
    """The request fails at once, with a reason, although the process lives on."""
    script = f"connection.sendall({said[:60]!r} * {max(1, len(said) // 60)}); {HANG}"
    async with started(script, tmp_path / "log") as link:
        with pytest.raises(ModelUnavailable, match=reason):
            await ask(link)
        assert link.is_broken


async def test_a_process_that_dies_fails_its_requests(tmp_path: Path) -> None:
    """The sentence says how it ended, and that asking again helps."""
    async with started("sys.exit(3)", tmp_path / "log") as link:
        with pytest.raises(ModelUnavailable, match="exit code 3; ask again") as raised:
            await asyncio.gather(ask(link), ended(link))
        assert raised.value.retryable


async def ended(link: WorkerLink) -> None:
    """See the process to its end, as the supervisor does."""
    await link.ended()


async def test_a_killed_process_is_named_by_its_signal(tmp_path: Path) -> None:
    """So that somebody who reads the status knows about memory."""
    async with started(HANG, tmp_path / "log") as link:
        assert link.pid is not None
        os.kill(link.pid, signal.SIGKILL)
        with pytest.raises(ModelUnavailable, match="was ended by SIGKILL"):
            await asyncio.gather(ask(link), ended(link))


async def test_a_process_that_hangs_is_taken_for_dead(tmp_path: Path) -> None:
    """When it gives no sign of life for as long as the request bears."""
    async with started(HANG, tmp_path / "log") as link:
        with pytest.raises(ModelUnavailable, match=r"no sign of life for 0\.05 s"):
            await ask(link, patience_s=0.05)
        await link.ended()


async def test_taking_back_shortens_the_patience(tmp_path: Path) -> None:
    """A worker that cannot even let go of a text is taken for dead soon."""
    async with started(HANG, tmp_path / "log") as link:
        answers: asyncio.Queue[object] = asyncio.Queue()
        asked = link.call("x", {}, Pending(answers.put_nowait, patience_s=60))
        link.take_back(asked, patience_s=0.05)
        assert isinstance(await answers.get(), ModelUnavailable)


async def test_what_it_was_silent_for_before_is_no_part_of_letting_go(
    tmp_path: Path,
) -> None:
    """A long step of a slow model may end after the text was taken back."""
    answer = json.dumps({"jsonrpc": "2.0", "id": 1, "result": "let go"})
    script = f"connection.sendall({answer.encode()!r} + b'\\n');{HANG}"
    async with started(script, tmp_path / "log") as link:
        answers: asyncio.Queue[object] = asyncio.Queue()
        asked = link.call("x", {}, Pending(answers.put_nowait, patience_s=60))
        link._last_sign_s -= 30
        link.take_back(asked, patience_s=20)
        assert await answers.get() == "let go"


async def test_one_that_ignores_everything_is_killed(tmp_path: Path) -> None:
    """Hanging up, then SIGTERM, then SIGKILL."""
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    script = f"{deaf} connection.sendall(b'1\\n'); {HANG}"
    async with started(script, tmp_path / "log") as link:
        with pytest.raises(ModelUnavailable):
            await ask(link)
        assert "not in the protocol" in await link.ended()
    assert link.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(link.pid, 0)


async def test_an_answer_in_time_ends_the_waiting(tmp_path: Path) -> None:
    """The clock of a request that was answered does not break the link later."""
    answer = b'{"jsonrpc": "2.0", "id": 1, "result": 7}\n'
    async with started(
        f"connection.sendall({answer!r}); {HANG}", tmp_path / "log"
    ) as link:
        assert await ask(link, patience_s=0.5) == 7
        with pytest.raises(ModelUnavailable, match=r"0\.7 s"):
            await ask(link, patience_s=0.7)


async def test_a_broken_link_answers_at_once(tmp_path: Path) -> None:
    """Nobody waits for a process that is gone."""
    async with started("", tmp_path / "log") as link:
        await asyncio.gather(ended(link), ignore_failure(link))
        with pytest.raises(ModelUnavailable):
            await ask(link)


async def ignore_failure(link: WorkerLink) -> None:
    """Ask for something that will fail."""
    with pytest.raises(ModelUnavailable):
        await ask(link)


async def test_what_it_prints_goes_to_a_private_log(tmp_path: Path) -> None:
    """Both outputs, appended, in a folder and a file for the user alone."""
    log = tmp_path / "logs" / "worker.log"
    script = "print('out', flush=True); print('err', file=sys.stderr, flush=True)"
    for _ in range(2):
        async with started(script, log) as link:
            await asyncio.gather(ended(link), ignore_failure(link))
    assert log.read_text() == "out\nerr\n" * 2
    assert log.stat().st_mode & 0o777 == 0o600


async def test_a_process_that_cannot_be_started_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No place for its log, or no program: one sentence, nothing left open."""
    (tmp_path / "file").touch()
    with pytest.raises(ModelUnavailable, match="cannot be started"):
        await WorkerLink.start(["-c", ""], tmp_path / "file" / "log")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(ModelUnavailable, match="updated or removed"):
        await WorkerLink.start(["-c", ""], tmp_path / "log")
