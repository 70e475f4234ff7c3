"""`jarvis stop`: end the daemon of this home."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect
from jarvis.client import RemoteError
from jarvis.errors import NotRunning


@click.command()
def command() -> None:
    """Ask the daemon to finish what it does and end."""
    try:
        with connect(start=False) as client:
            client.call("shutdown")
    except (NotRunning, RemoteError) as error:
        # Or it takes no more connections: its process can be told all the same.
        is_refused = isinstance(error, RemoteError) and error.kind != "Busy"
        if is_refused or not _was_told_otherwise():
            raise
    click.echo("Jarvis is shutting down.")


def _was_told_otherwise() -> bool:
    """Whether there is one, by its lock; its process is told then."""
    from jarvis.config import load_settings
    from jarvis.lock import holder_of

    holder = holder_of(load_settings().lock_file)
    return holder is not None and holder.end()
