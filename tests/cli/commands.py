"""Commands in a process of their own, of a home that the test made."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from jarvis.daemon.dispatch import Handler
from tests.daemon.server import open_server

LONGEST_S = 60


class Printed(NamedTuple):
    """What a command ended with, and what it printed."""

    code: int | None
    out: str
    err: str


async def run(home: Path, *words: str) -> Printed:
    """Run `jarvis WORDS` where nobody watches."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jarvis", *words),
        env=os.environ | {"JARVIS_HOME": str(home), "HOME": str(home)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(LONGEST_S):
        out, err = await process.communicate()
    return Printed(process.returncode, out.decode(), err.decode())


async def run_against(
    handlers: Mapping[str, Handler[None]], home: Path, *words: str
) -> Printed:
    """The same, asked of a daemon that answers so."""
    async with open_server(home / "jarvis.sock", handlers):
        return await run(home, *words)
