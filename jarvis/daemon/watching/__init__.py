"""Backends: how the operating system tells that files changed, one kind a file."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from jarvis.daemon.watching.backend import WatchBackend
from jarvis.daemon.watching.polling import PollingBackend
from jarvis.daemon.watching.self_test import self_test

__all__ = ["WatchBackend", "backends_for", "self_test_in"]


def backends_for(database: Path) -> tuple[WatchBackend, ...]:
    """The backends this machine has for database, the best first."""
    polling = PollingBackend(database)
    if sys.platform == "linux":
        from jarvis.daemon.watching.inotify import InotifyBackend

        return (InotifyBackend(database), polling)
    elif sys.platform == "darwin":
        from jarvis.daemon.watching.kqueue import KqueueBackend

        return (KqueueBackend(database), polling)
    else:
        return (polling,)


def self_test_in(home: Path) -> Callable[[WatchBackend], Awaitable[str | None]]:
    """A self-test of a backend of the same kind, on files in home, which must exist.

    See self_test for what it answers.
    """
    return partial(self_test, scratch=home / "trial", make=backends_for)
