"""`jarvis status`: the state of every part of the daemon."""

from __future__ import annotations

import click

from jarvis.cli.connect import connect, print_json, read_status
from jarvis.cli.render import table


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
        rows = [("", name, _shown(value)) for name, value in asdict(facts).items()]
        click.echo(table(rows, None, None, None))


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
