"""The inboxes that routes are judged on: a made-up one, and those of real chit-chat."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.harness import BUILT_FOR
from benchmarks.judging import OWNERS
from fixtures.chitchat import build_chitchat, installed_dataset
from jarvis.demo.inbox import build_demo_inbox
from jarvis.errors import JarvisError

MADE_UP: Final = "made-up inbox"
REPORTED: Final = ("549cc1d1", "0f9fe1f8", "60576dcf")
"""Owners of the chit-chat set on whom nothing was chosen; that is done on others."""
_LOOKED_AT: Final = "01234567"
"""How the ids of owners begin that Jarvis's own figures may come from."""


def names() -> list[str]:
    """The made-up inbox, then the owners that are asked for or those that are reported.

    Raises:
        JarvisError: one of them is left for judging Jarvis.
    """
    owners = os.environ.get(OWNERS, " ".join(REPORTED)).split()
    for owner in owners:
        if owner[0] not in _LOOKED_AT:
            raise JarvisError(
                f"{owner}: owners whose id begins with 8 to f are left for judging; "
                "choose one whose id begins with 0 to 7."
            )
    return [MADE_UP, *owners]


@contextmanager
def built(name: str) -> Iterator[Path]:
    """The inbox of that name, for as long as the block runs.

    Raises:
        JarvisError: the chit-chat set is not installed, or has no such owner.
    """
    with tempfile.TemporaryDirectory(prefix="jb") as folder:
        directory, end = Path(folder), datetime.fromisoformat(BUILT_FOR)
        if name == MADE_UP:
            build_demo_inbox(directory, now=end)
        else:
            build_chitchat(directory, name, end=end, dataset=installed_dataset())
        yield directory
