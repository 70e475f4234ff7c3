"""Runs the daemon in this process: its flags, and who is told that it listens.

Somebody waits for it each time a daemon starts, so click is not needed for that.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from jarvis.cli.sentences import sentence_of
from jarvis.cli.streams import whether_heard_or_not
from jarvis.errors import AlreadyRunning

if TYPE_CHECKING:
    from jarvis.daemon.assisting import ModelKinds

FLAGS: Final[Mapping[str, tuple[Callable[[str], Any], str | None]]] = {
    "--home": (os.fspath, "Where socket, jarvis.db and log are."),
    "--socket": (os.fspath, "Where to listen."),
    "--chat-db": (os.fspath, "Apple's chat.db, or a copy of it."),
    "--contacts-db": (os.fspath, "AddressBook folder or file."),
    "--engine": (str, "mlx, openai or scripted."),
    "--model": (str, "A folder, a hub id on this disk, or a server's name."),
    "--server": (str, "Where a server listens that runs models."),
    "--sender": (str, "messages, demo or none."),
    "--idle-exit-s": (float, "End so long after the last client."),
    "--ready-fd": (int, None),
}
"""What each is made of, and what it is for; the last is for whoever starts a daemon."""


def plain_flags(words: Sequence[str]) -> dict[str, Any] | None:
    """What `serve` was given; None where the words are not just flags and their values."""
    flags: dict[str, Any] = {}
    for name, value in zip(words[::2], words[1::2], strict=False):
        if name not in FLAGS or value.startswith("-") or not value.isprintable():
            return None
        kind, _ = FLAGS[name]
        try:
            flags[name.removeprefix("--").replace("-", "_")] = kind(value)
        except ValueError:
            return None
    return None if len(words) % 2 else flags


def serve(*, ready_fd: int | None = None, **flags: Any) -> None:
    """Serve until stopped. `flags` are settings by name; null ones were not given.

    Raises:
        JarvisError: it cannot; with `ready_fd` it is told there, and the process ends.
    """
    # All of this stays: looking through it for garbage would be for nothing.
    gc.disable()
    from jarvis.client.spawn import readiness_line
    from jarvis.config import load_settings
    from jarvis.daemon.main import serve as serve_until_stopped
    from jarvis.processes import FOLDER

    gc.freeze()
    gc.enable()

    def ready() -> None:
        if ready_fd is not None:
            _tell(ready_fd, readiness_line(pid=os.getpid()))
            return
        with whether_heard_or_not():
            sys.stderr.write(f"Jarvis listens on {settings.socket}\n")

    try:
        given = {name: value for name, value in flags.items() if value is not None}
        settings = load_settings(given)
        os.chdir(FOLDER)  # its paths are whole by now
        by_client = ready_fd is not None and set(given) <= {"idle_exit_s"}
        serve_until_stopped(
            settings,
            ready,
            is_replaceable=by_client,
            kinds=_kinds,
        )
    except Exception as error:
        if ready_fd is None:
            raise
        if isinstance(error, AlreadyRunning) and error.pid is not None:
            _tell(
                ready_fd, readiness_line(pid=error.pid)
            )  # it was quicker, and answers
            return
        _tell(ready_fd, readiness_line(error=sentence_of(error)))
        sys.exit(1)


def _kinds() -> ModelKinds:
    """The workers, and how models are spoken to."""
    from jarvis.cli.composition import EMBEDDER, GENERATOR, STYLES
    from jarvis.daemon.assisting import ModelKinds

    return ModelKinds(GENERATOR, EMBEDDER, STYLES)


def _tell(ready_fd: int, line: bytes) -> None:
    """Tell whoever started us, once; they may have left, or be told already."""
    with suppress(OSError):
        os.write(ready_fd, line)
        os.close(ready_fd)
