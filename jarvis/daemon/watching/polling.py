"""Any system: watchfiles, comparing file times; for where kernel events are not to be had.

It compares whole seconds, so of two changes in one second it may report only the first:
whoever uses it must also poll each second, as Watcher does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from jarvis.daemon.watching.backend import WatchTarget, target_of, to_the_end

_POLL_MS: Final = 300


class PollingBackend:
    """Compares the times of the files beside a database three times a second."""

    name = "polling"
    is_exact = False

    def __init__(self, database: Path) -> None:
        self._database = database

    async def run(self, wake: Callable[[], None]) -> None:
        """Wake at every change of a file's time, until cancelled."""
        # Loaded when it is needed, which where the kernel tells is never.
        await to_the_end(import_module, "watchfiles")
        while True:
            target = await to_the_end(target_of, self._database)
            wake()
            with contextlib.suppress(FileNotFoundError):  # vanished just now
                await self._compare(target, wake)

    async def _compare(self, target: WatchTarget, wake: Callable[[], None]) -> None:
        """Until there may be another target."""
        from watchfiles import Change, awatch

        comparing = awatch(
            target.directory,
            watch_filter=None,
            recursive=False,  # attachments lie below, thousands of them
            force_polling=True,  # FSEvents is deaf to an open write-ahead log
            poll_delay_ms=_POLL_MS,
            debounce=_POLL_MS,
            step=_POLL_MS,
        )
        async with contextlib.aclosing(comparing):
            async for changes in comparing:
                if (
                    not target.is_own
                    or (Change.deleted, str(target.directory)) in changes
                ):
                    return
                if any(Path(path).name in target.names for _, path in changes):
                    wake()
