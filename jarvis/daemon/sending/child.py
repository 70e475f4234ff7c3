"""A child process that is given a time: which both backends submit with."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import NamedTuple

from jarvis.processes import PIPE, start


class Ended(NamedTuple):
    """How a child ended. `code` is None when it took too long and was ended."""

    code: int | None
    complaint: str


async def run_child(command: Sequence[str], given: bytes, *, within_s: float) -> Ended:
    """Run command with `given` on stdin; it never outlives this call.

    Raises:
        OSError: it cannot be started.
    """
    child = await start(command, environment=os.environ, stdin=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(within_s):
            _, complaint = await child.communicate(given)
    except TimeoutError:
        return Ended(None, "")
    finally:
        if child.returncode is None:
            child.kill()
            await asyncio.shield(child.wait())
    return Ended(child.returncode, complaint.decode("utf-8", "replace").strip())
