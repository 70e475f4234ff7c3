"""`jarvis demo`: a made-up inbox with its own small model, to try everything on.

Nothing of the person's own is read: the demo has a home of its own below Jarvis's, its
messages and people are invented, and new mail comes in every few seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group(invoke_without_command=True)
@click.option(
    "--tour", is_flag=True, help="Print what Jarvis does instead of a screen."
)
@click.pass_context
def command(ctx: click.Context, tour: bool) -> None:
    """Try Jarvis on a made-up inbox."""
    if ctx.invoked_subcommand is not None:
        return
    from jarvis.config import load_settings

    settings = load_settings()
    home = settings.home / "demo"
    if tour or not (sys.stdin.isatty() and sys.stdout.isatty()):
        from jarvis.cli.demo_tour import print_tour

        print_tour(home)
    else:
        from jarvis.cli.demo_home import open_demo

        sys.exit(open_demo(home, theme=settings.tui.theme))


@command.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True)
def inbox(directory: Path, seed: int) -> None:
    """Make the small inbox of the demo, its newest mail from now."""
    from datetime import UTC, datetime

    from jarvis.demo.inbox import build_demo_inbox

    build_demo_inbox(directory, now=datetime.now(UTC), seed=seed)


@command.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--every", "interval_s", default=5.0, show_default=True, help="Seconds.")
@click.option("--seed", default=1, show_default=True)
@click.option("--count", type=int, help="Stop after so many; else go on.")
def play(directory: Path, interval_s: float, seed: int, count: int | None) -> None:
    """Write new mail into DIRECTORY the way Messages does, until stopped."""
    from jarvis.demo.live import play as play_mail

    play_mail(directory, interval_s=interval_s, seed=seed, count=count)
