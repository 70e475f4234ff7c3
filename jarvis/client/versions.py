"""A daemon and a client of different versions: which is older, and what to say of it."""

from __future__ import annotations

import re

from jarvis import __version__


def is_older(version: str) -> bool:
    """Whether a daemon of this version is older than we are."""
    return version != __version__ and _numbers(version) <= _numbers(__version__)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def difference(pid: int, version: str) -> str | None:
    """What to tell the person; None where both are of one version."""
    if version == __version__:
        return None
    if is_older(version):
        return (
            f"The daemon (pid {pid}) is still of version {version}, and this is "
            f"{__version__}. To have the new one, when it is not busy: jarvis stop."
        )
    return (
        f"The daemon (pid {pid}) is of version {version}, newer than this "
        f"({__version__}). Start this anew, or update it."
    )
