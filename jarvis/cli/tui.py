"""`jarvis tui`: the terminal client."""

from __future__ import annotations

import sys

import click


@click.command()
def command() -> None:
    """Open the terminal client; starts the daemon when none runs."""
    import asyncio

    from jarvis.cli.connect import socket_path
    from jarvis.client import start_daemon
    from jarvis.tui.launch import run_tui

    async def start() -> None:
        await asyncio.to_thread(start_daemon)

    sys.exit(run_tui(socket_path(), start=start, demo=False))
