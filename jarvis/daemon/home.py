"""Jarvis's directory: made for its user alone, or looked at before it is used."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from jarvis.errors import ConfigError
from jarvis.ownership import refuse_somebody_elses, refuse_to_make_as_root


def prepare_home(home: Path) -> None:
    """Make the directory, or check that it belongs to this user alone.

    Raises:
        ConfigError: it cannot be made or written, or is somebody else's.
    """
    refuse_to_make_as_root(home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = home.lstat()
        if stat.S_ISLNK(status.st_mode):
            if status.st_uid != os.getuid():
                reason = (
                    f"{home} is a link made by another user; Jarvis will not follow it."
                )
                raise ConfigError(reason)
            status = home.stat()
        refuse_somebody_elses(home)
        if stat.S_IMODE(status.st_mode) != 0o700:
            home.chmod(0o700)
    except FileExistsError:
        kind = "a file"
        if home.is_symlink():
            kind = f"a link to {home.readlink()}, which is no directory"
        raise ConfigError(
            f"{home} is {kind}; Jarvis needs a directory. Move it or set JARVIS_HOME."
        ) from None
    except OSError as error:
        reason = f"{home} cannot be made ({error.strerror}). Set JARVIS_HOME elsewhere."
        raise ConfigError(reason) from None
    if not os.access(home, os.W_OK | os.X_OK):
        reason = (
            f"{home} cannot be written to. Mend its permissions or set JARVIS_HOME."
        )
        raise ConfigError(reason)
