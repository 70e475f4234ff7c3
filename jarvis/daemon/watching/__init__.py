"""Wakers: how the operating system tells that files changed, one kind a file."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from jarvis.daemon.watching.polling import PollingWaker
from jarvis.daemon.watching.trial import try_out
from jarvis.daemon.watching.waker import Waker

__all__ = ["Waker", "trial_in", "wakers_for"]


def wakers_for(database: Path) -> tuple[Waker, ...]:
    """The wakers this machine has for database, the best first."""
    polling = PollingWaker(database)
    if sys.platform == "linux":
        from jarvis.daemon.watching.inotify import InotifyWaker

        return (InotifyWaker(database), polling)
    elif sys.platform == "darwin":
        from jarvis.daemon.watching.kqueue import KqueueWaker

        return (KqueueWaker(database), polling)
    else:
        return (polling,)


def trial_in(home: Path) -> Callable[[Waker], Awaitable[str | None]]:
    """Tries out a waker of the same kind on files in home, which must exist.

    See try_out for what it tells.
    """
    return partial(try_out, scratch=home / "trial", make=wakers_for)
