"""`jarvis status`: the state of every part of the daemon."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect, print_json, read_status


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(as_json: bool) -> None:
    """Show what runs, what is missing and what to do about it."""
    with connect(start=False) as client:
        answer = client.call("get_status")
    if as_json:
        print_json(answer)
        return
    from msgspec.structs import asdict

    for part, facts in asdict(read_status(answer)).items():
        click.echo(click.style(part, bold=True))
        for name, value in asdict(facts).items():
            click.echo(f"  {name:22} {_shown(value)}")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
