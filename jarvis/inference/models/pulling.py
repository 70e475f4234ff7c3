"""A download as the daemon sees it: a process that it starts and listens to."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from jarvis.errors import Busy, ModelUnavailable
from jarvis.inference.models.progress import FailedLine, FoundLine, Line, ProgressLine
from jarvis.inference.process import check_program, describe_end, open_log
from jarvis.processes import PIPE, python, start

_GRACE_S: Final = 2.0
"""How long the process may take to end after SIGTERM."""


async def pull_model(
    hub_id: str,
    models_folder: Path,
    log_path: Path,
    *,
    on_progress: Callable[[ProgressLine], None] = lambda progress: None,
    look_only: bool = False,
) -> FoundLine:
    """Fetch a model, or only see what it would be. Cancelling keeps what came so far.

    Raises:
        ModelUnavailable: it cannot be fetched; the sentence says what to do.
        Busy: another process is fetching it.
    """
    arguments = [hub_id, str(models_folder), *(["--look"] if look_only else [])]
    found: FoundLine | None = None
    async with _fetching(arguments, log_path) as process:
        assert process.stdout is not None
        async for text in process.stdout:
            line = msgspec.json.decode(text, type=Line)
            if isinstance(line, ProgressLine):
                on_progress(line)
            elif isinstance(line, FoundLine):
                found = line
            else:
                raise _failure(line)
        code = await process.wait()
    if code or found is None:
        raise ModelUnavailable(
            f"The download {describe_end(code)}: pull again, it goes on where it stopped."
        )
    return found


def _failure(line: FailedLine) -> ModelUnavailable | Busy:
    return Busy(line.reason) if line.is_busy else ModelUnavailable(line.reason)


@asynccontextmanager
async def _fetching(arguments: list[str], log_path: Path) -> AsyncIterator[Process]:
    """The process, which has ended when the block is left."""
    await asyncio.to_thread(check_program)
    log = await asyncio.to_thread(open_log, log_path)
    try:
        process = await start(
            python("-m", "jarvis.inference.models.fetching", *arguments),
            environment=os.environ,
            stdout=PIPE,
            stderr=log,
        )
    finally:
        os.close(log)
    try:
        yield process
    finally:
        await asyncio.shield(_end(process))


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(_GRACE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
