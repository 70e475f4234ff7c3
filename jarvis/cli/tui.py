"""`jarvis tui`: the terminal client."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option(
    "--theme",
    metavar="NAME",
    help="light, dark, a theme of Textual's, or auto: as the terminal is.",
)
def command(theme: str | None) -> None:
    """Open the terminal client; starts the daemon when none runs."""
    import asyncio

    from jarvis.cli.connect import make_way
    from jarvis.client import start_daemon
    from jarvis.config import load_settings
    from jarvis.tui.launch import run_tui

    async def start() -> None:
        await asyncio.to_thread(start_daemon)

    settings = load_settings()
    make_way(settings)
    sys.exit(
        run_tui(
            settings.socket,
            start=start,
            theme_flag=theme,
            theme_setting=settings.tui.theme,
        )
    )
