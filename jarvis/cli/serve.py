"""`jarvis serve`: run the daemon in the foreground."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

import click

from jarvis.cli.sentences import sentence_of
from jarvis.cli.streams import whether_heard_or_not
from jarvis.errors import AlreadyRunning


@click.command()
@click.option("--home", type=click.Path(), help="Where socket, jarvis.db and log are.")
@click.option("--socket", type=click.Path(), help="Where to listen.")
@click.option("--chat-db", type=click.Path(), help="Apple's chat.db, or a copy of it.")
@click.option("--contacts-db", type=click.Path(), help="AddressBook folder or file.")
@click.option("--engine", help="mlx, openai or scripted.")
@click.option("--model", help="A folder, a hub id on this disk, or a server's name.")
@click.option("--server", help="Where a server listens that runs models.")
@click.option("--sender", help="messages, demo or none.")
@click.option("--idle-exit-s", type=float, help="End so long after the last client.")
@click.option("--ready-fd", type=int, hidden=True)
def command(ready_fd: int | None, **flags: Any) -> None:
    """Serve the socket until stopped (Ctrl-C, SIGTERM or `jarvis stop`)."""
    from jarvis.cli.composition import GENERATOR, STYLES
    from jarvis.client.spawn import readiness_line
    from jarvis.config import load_settings
    from jarvis.daemon.main import serve
    from jarvis.processes import FOLDER

    def ready() -> None:
        if ready_fd is not None:
            _tell(ready_fd, readiness_line(pid=os.getpid()))
            return
        with whether_heard_or_not():
            click.echo(f"Jarvis listens on {settings.socket}", err=True)

    try:
        given = {name: value for name, value in flags.items() if value is not None}
        settings = load_settings(given)
        os.chdir(FOLDER)  # its paths are whole by now
        by_client = ready_fd is not None and set(given) <= {"idle_exit_s"}
        serve(
            settings,
            ready,
            is_replaceable=by_client,
            generator=GENERATOR,
            styles=STYLES,
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


def _tell(ready_fd: int, line: bytes) -> None:
    """Tell whoever started us, once; they may have left, or be told already."""
    with suppress(OSError):
        os.write(ready_fd, line)
        os.close(ready_fd)
