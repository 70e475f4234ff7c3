"""`jarvis stop`: end the daemon of this home."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect


@click.command()
def command() -> None:
    """Ask the daemon to finish what it does and end."""
    with connect(start=False) as client:
        client.call("shutdown")
    click.echo("Jarvis is shutting down.")
