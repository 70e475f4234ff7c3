"""Opening the terminal client, or saying why this terminal cannot show it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TextIO


def refusal(
    stdin: TextIO, screen: TextIO, environment: Mapping[str, str]
) -> str | None:
    """Why no screen can be drawn here; None when one can."""
    if not stdin.isatty() or not screen.isatty():
        return (
            "jarvis tui needs a terminal for its keys and its screen (standard input and"
            " standard error). Without one: jarvis list, jarvis draft CHAT."
        )
    if environment.get("TERM", "dumb") == "dumb":
        return (
            "jarvis tui needs a terminal that can move its cursor, and TERM is"
            " 'dumb' or unset. Set TERM (xterm-256color), or use: jarvis list."
        )
    return None


def run_tui(
    socket_path: Path,
    *,
    start: Callable[[], Awaitable[None]] | None = None,
    demo: bool = False,
    theme_flag: str | None = None,
    theme_setting: str = "auto",
) -> int:
    """Run the screen until the reader leaves; the exit code of the command.

    Args:
        socket_path: where the daemon listens.
        start: called when nobody listens there; it starts a daemon.
        demo: mark the screen as showing made-up messages.
        theme_flag: the theme that the command line names.
        theme_setting: the one that the settings name.

    Raises:
        ConfigError: there is no theme of that name.
    """
    # Textual paints on standard error, not on standard output.
    reason = refusal(sys.stdin, sys.__stderr__ or sys.stderr, os.environ)
    if reason is not None:
        sys.stderr.write(reason + "\n")
        return 2
    # What is made before the first frame stays: looking for garbage in it, over and over
    # as it grows, takes a tenth of the time until then.
    gc.disable()
    # 0.2 s of imports that a refusal need not pay.
    from jarvis.client import Client
    from jarvis.tui.app import JarvisApp

    app = JarvisApp(
        Client(socket_path, start=start),
        on_first_frame=_collect_garbage,
        demo=demo,
        theme_flag=theme_flag,
        theme_setting=theme_setting,
    )
    app.run()
    return app.return_code or 0


def _collect_garbage() -> None:
    """Look for garbage from now on, and never among what exists by now."""
    gc.freeze()
    gc.enable()
