"""`jarvis demo`: a made-up inbox with its own small model, to try everything on.

Nothing of the person's own is read: the demo has a home of its own below Jarvis's, its
messages and people are invented, and new mail comes in every few seconds.
"""

from __future__ import annotations

import sys
from datetime import datetime
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
@click.option("--messages", default=10_000, show_default=True, help="How many.")
@click.option("--chats", type=int, help="How many; by size when left out.")
@click.option(
    "--seed", default=1, show_default=True, help="Another seed, other people."
)
@click.option("--end", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="Newest mail.")
@click.option("--profile", default=26, show_default=True, help="macOS; 27: late 26.")
@click.option("--filtered", default=0.0, help="Share of unknown senders, 0 to 1.")
def build(
    directory: Path,
    messages: int,
    chats: int | None,
    seed: int,
    end: datetime | None,
    profile: int,
    filtered: float,
) -> None:
    """Make a chat.db and an AddressBook in DIRECTORY; same numbers, same inbox."""
    from datetime import UTC

    from jarvis.demo.build import build as build_inbox

    moment = end.replace(tzinfo=UTC) if end else datetime.now(UTC)
    try:
        build_inbox(
            directory,
            messages=messages,
            chats=chats,
            seed=seed,
            end=moment,
            profile=profile,
            filtered=filtered,
        )
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    click.echo(f"Made {directory / 'chat.db'} with {messages} messages.")


@command.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True)
def inbox(directory: Path, seed: int) -> None:
    """Make the small inbox of the demo, its newest mail from now."""
    from datetime import UTC

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


@command.command()
@click.argument("name", required=False)
@click.argument(
    "directory", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@click.option("--list", "is_list", is_flag=True, help="Print their names and end.")
@click.option("--speed", default=1.0, show_default=True, help="2 waits half as long.")
def scenario(
    name: str | None, directory: Path | None, is_list: bool, speed: float
) -> None:
    """Let NAME happen in DIRECTORY; print the events that a daemon owes, as JSON lines."""
    import time

    import msgspec

    from jarvis.demo.scenarios import SCENARIOS, run_scenario

    if is_list:
        for each, play in SCENARIOS.items():
            click.echo(f"{each:30} {(play.__doc__ or '').partition(chr(10))[0]}")
        return
    if name not in SCENARIOS or directory is None:
        raise click.UsageError("Name a scenario of --list, and a made-up inbox.")
    if speed <= 0:
        raise click.UsageError("--speed is more than 0.")
    for event in run_scenario(
        name, directory, wait=lambda seconds: time.sleep(seconds / speed)
    ):
        click.echo(msgspec.json.encode(event).decode())
