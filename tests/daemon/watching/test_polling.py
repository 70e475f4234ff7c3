"""The backend that compares times: late, forgetful, and everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jarvis.daemon.watching.polling import PollingBackend
from tests.daemon.watching.ear import Ear, listening
from tests.daemon.watching.files import Files

TRIES = 20
TRY_S = 1.0


async def hears_in_the_end(ear: Ear, act: Callable[[], object]) -> bool:
    """Whether one of these wakes: of two changes in a second it may see only the first.

    And of none that came before it had compared for the first time.
    """
    before = ear.wakes
    for _ in range(TRIES):
        await asyncio.to_thread(act)
        if await ear.is_woken_since(before, within_s=TRY_S):
            return True
    return False


async def test_a_commit_is_heard_in_the_end(files: Files) -> None:
    """By its time alone; no size changes."""
    files.append()
    async with listening(PollingBackend(files.path)) as ear:
        assert await hears_in_the_end(ear, files.overwrite)


async def test_a_directory_may_go_and_come_back(files: Files) -> None:
    """It is waited for, and then its log is heard."""
    async with listening(PollingBackend(files.path)) as ear:
        assert await hears_in_the_end(ear, files.append)
        before = ear.wakes
        await asyncio.to_thread(files.remove_all)
        assert await ear.is_woken_since(before)
        before = ear.wakes
        await asyncio.to_thread(files.make)
        assert await ear.is_woken_since(before)
        assert await hears_in_the_end(ear, files.append)
