"""Whose a directory is, and what to do about one that is somebody else's."""

from __future__ import annotations

import os
from pathlib import Path

from jarvis.errors import ConfigError


def refuse_to_make_as_root(home: Path) -> None:
    """What root makes in somebody's directory (`sudo jarvis`), they cannot use.

    Raises:
        ConfigError: that would happen.
    """
    if os.getuid() != 0 or home.exists():
        return
    above = next(parent for parent in home.parents if parent.exists())
    owner = above.stat().st_uid
    if owner != 0:
        raise ConfigError(
            f"Root will not make {home}: {above} belongs to {_name_of(owner)}, who could "
            "not use it. Run jarvis as that user, or set JARVIS_HOME."
        )


def refuse_somebody_elses(home: Path) -> None:
    """A home holds what its owner was written, and is for them alone.

    Raises:
        ConfigError: it belongs to another user; the sentence says how to mend that.
        OSError: nobody can tell, because it is not there or not to be seen.
    """
    owner = home.stat().st_uid
    if owner == os.getuid():
        return
    mend = f"Run jarvis as {_name_of(owner)}"
    if owner == 0:
        import shlex

        whose = shlex.quote(str(home))
        mend = f"If it is yours: sudo chown -R {_name_of(os.getuid())} {whose}"
    raise ConfigError(
        f"{home} belongs to {_name_of(owner)}. {mend}; or set JARVIS_HOME."
    )


def _name_of(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
