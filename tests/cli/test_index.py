"""`jarvis index`: what it says of each state, and what it does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import sys
from pathlib import Path

import msgspec
import pytest

from jarvis.cli.index import sentence
from jarvis.protocol.methods.search import IndexState
from tests.cli.commands import run
from tests.daemon.inbox.messages_app import MessagesApp
from tests.journeys.daemon_process import living, on_inbox

HALF = IndexState(
    state="vectors", indexed=2000, total=2000, embedded=500, to_embed=1500
)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (IndexState(state="waiting"), "It waits for the conversation list."),
        (
            IndexState(state="ready", indexed=2000, total=2000, model="static"),
            "All 2,000 messages can be found, by what they mean too (static).",
        ),
        (
            IndexState(state="ready", indexed=2000, total=2000, reason="None chosen."),
            "All 2,000 messages can be found by their words. None chosen.",
        ),
        (
            msgspec.structs.replace(HALF, per_s=20.0, eta_s=50.0),
            "Found so far: 2,000 of 2,000 messages by their words, "
            "500 of 1,500 texts by their meaning (20 a second, about 50 s left).",
        ),
        (
            msgspec.structs.replace(HALF, state="paused", reason="You paused it."),
            "Paused: You paused it. Found so far: 2,000 of 2,000 messages by their "
            "words, 500 of 1,500 texts by their meaning.",
        ),
        (
            msgspec.structs.replace(HALF, state="failed", reason="The disk is full."),
            "It cannot go on: The disk is full. Found so far: 2,000 of 2,000 messages "
            "by their words, 500 of 1,500 texts by their meaning.",
        ),
    ],
)
def test_each_state_is_a_sentence(state: IndexState, said: str) -> None:
    """With what is found by now, and why there is not more."""
    assert sentence(msgspec.to_builtins(state)) == said


async def told(home: Path, *words: str) -> str:
    """What the command prints where nobody watches."""
    done = await run(home, "index", *words)
    assert done.code == 0
    return done.out


async def test_it_is_paused_and_started_from_the_command_line(
    app: MessagesApp, short_path: Path
) -> None:
    """A script gets the state as the daemon has it, a person a sentence."""
    async with living(short_path, *on_inbox(app.path.parent)):
        assert (
            json.loads(await told(short_path, "pause", "--json"))["state"] == "paused"
        )
        assert (await told(short_path)).startswith("Paused: You paused it;")
        await told(short_path, "start")
        async with asyncio.timeout(60):
            while not (await told(short_path)).startswith("All "):
                continue


async def test_a_terminal_sees_the_work_until_it_is_done(
    app: MessagesApp, short_path: Path
) -> None:
    """A bar, and the sentence at the end."""
    async with living(short_path, *on_inbox(app.path.parent)):
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jarvis", "index", "rebuild"),
            env=os.environ | {"JARVIS_HOME": str(short_path), "HOME": str(short_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        drawn = asyncio.create_task(asyncio.to_thread(_read_all, ours))
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
            assert "By " in await drawn
        assert process.returncode == 0
        assert out.decode().startswith("All ")


def _read_all(terminal: int) -> str:
    """What was written to a terminal until nobody has it open any more."""
    seen = b""
    with os.fdopen(terminal, "rb", buffering=0) as pipe, contextlib.suppress(OSError):
        while data := pipe.read(4096):
            seen += data
    return seen.decode(errors="replace")
